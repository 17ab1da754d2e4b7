"""The page that enrols boards, in a browser whose Web Serial leads to boards of the rig."""

import asyncio
import errno
import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, WebSocket
from starlette.routing import WebSocketRoute

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows import sign_in
from fleet.flows.changes import Changes
from fleet.laptop.mosquitto import Mosquitto
from fleet.wiring import web
from hil_tests.at_the_cable import ENROLLED, Cables
from tests.fleet.pages.town import PASSWORD, Town, serving
from tests.fleet.workers.house import House, Loop, two_ports

WEB_SERIAL = Path(__file__).with_name("web_serial.js").read_text()
READ_BYTES = 4096
BRIDGE = {"usbVendorId": 0x10C4, "usbProductId": 0xEA60}  # of a CP210x, whose port stays through a reset
OWN_USB = {"usbVendorId": 0x2E8A, "usbProductId": 0x0005}  # of an RP2, whose port goes with it


class Told:
    """Where workers tell of changes; the pages hear of them."""

    def __init__(self, changes: Changes) -> None:
        self.put = changes.tell


class Site:
    """An office where everything runs, its pages, and boards on cables."""

    def __init__(self, folder: Path, house: House, cables: Cables, app: FastAPI, changes: Changes) -> None:
        self.house, self.cables = house, cables
        sign_in.add_person(house.store, "ky-thuat", PASSWORD, Role.TECHNICIAN, now_ms())
        self.town: Any = Town(house.store, changes, app, *[None] * 6)  # type: ignore[arg-type]
        self.address = ""

    def ids(self, statement: Any = ENROLLED) -> set[str]:
        """Devices that the fleet has welcomed, or all that it knows."""
        with self.house.store.reading() as connection:
            return {row.id for row in connection.execute(statement)}


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """The office, its pages served with a bridge to the cables."""
    loop, changes = Loop(), Changes()
    house = House(folder, Mosquitto(folder / "broker", *two_ports()), loop)
    cables = Cables(folder, loop)
    try:
        house.changed = Told(changes)  # type: ignore[assignment]
        house.all_workers()
        house.doorkeeper()
        at = {"devices_host": "127.0.0.1", "devices_port": house.broker.devices_port}
        app = web(house.store, house.settings.model_copy(update=at), changes)
        add_bridge(app, cables)
        site = Site(folder, house, cables, app, changes)
        with serving(site.town) as port:
            site.address = f"http://127.0.0.1:{port}"
            yield site
    finally:
        for board in list(cables.plugged.values()):
            cables.pull(board)
        loop.do(cables.lines.stop())
        house.close()
        loop.stop()


def add_bridge(app: FastAPI, cables: Cables) -> None:
    """What the browser's Web Serial speaks with: a socket to each board that is plugged in."""

    async def bridge(socket: WebSocket) -> None:
        board = cables.plugged.get(socket.path_params["name"])
        if board is None:
            await socket.close()
            return
        place = os.open(board.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflush(place, termios.TCIFLUSH)  # what was said while nobody held it is lost
        await socket.accept()
        listening = asyncio.create_task(tell(socket, place))
        try:
            async for data in socket.iter_bytes():
                while data:
                    data = data[os.write(place, data) :]
        except OSError:
            pass  # the board was pulled
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            os.close(place)

    app.router.routes.append(WebSocketRoute("/bridge/{name}", bridge))


async def tell(socket: WebSocket, place: int) -> None:
    """What the board says, until it is gone."""
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(place, came.set)
    try:
        while True:
            await came.wait()
            came.clear()
            try:
                data = os.read(place, READ_BYTES)
            except BlockingIOError:
                continue
            if not data:
                raise OSError(errno.EIO, "no board is there")
            await socket.send_bytes(data)
    except OSError:
        await socket.close()
    finally:
        loop.remove_reader(place)
