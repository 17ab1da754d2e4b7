"""The broker and the pages of a laptop: opened on an exit stack, which closes them again."""

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

from fastapi import FastAPI

from fleet.flows.changes import Changes
from fleet.flows.enrol import FLEET_USER, SALT_BYTES, broker_passwords, hashed
from fleet.flows.may_connect import Registry
from fleet.laptop.broker import PrivateBroker
from fleet.laptop.kept import kept_ports, kept_word
from fleet.laptop.mosquitto import Mosquitto, find_mosquitto
from fleet.laptop.stand_in import StandInBroker
from fleet.pages.server import PagesServer, pages_config
from fleet.pages.tls import TlsUnfit
from fleet.provisioning.access import BrokerAccess, access_of, cutting
from fleet.provisioning.access_files import PASSWORDS, RULES, AccessFiles
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.doorkeeper import Doorkeeper

log = logging.getLogger(__name__)

PORTS_TRIED = 50
PORTS_END = 65536
CLOSE_WITHIN_S = 2
LOOK_S = 0.01


class PagesFailed(RuntimeError):
    """The pages cannot be served there."""

    def __init__(self, host: str, port: int, reason: object) -> None:
        # Python adds to the system's words where it tried; we have said that.
        why = str(reason.strerror).partition(" (")[0].lower() if isinstance(reason, OSError) else reason
        super().__init__(f"the pages cannot be served at {host}, port {port}: {why}")


async def open_broker(stack: AsyncExitStack, settings: Settings, store: Store) -> tuple[str, Settings, int]:
    """A private broker unless the settings name one: what it is, the settings of the workers, the devices' port."""
    if settings.broker_host:
        if (access := access_of(settings)) is not None:
            keep_door(stack, store, access)
        return f"{settings.broker_host}:{settings.broker_port}", settings, settings.broker_port
    password = kept_word(settings.data / "broker" / "fleet-password")
    salt = bytes.fromhex(kept_word(settings.data / "broker" / "fleet-salt"))[:SALT_BYTES]
    devices_port, fleet_port = kept_ports(settings.data / "ports.json")
    mosquitto = find_mosquitto() is not None
    broker: PrivateBroker
    if mosquitto:
        broker = Mosquitto(settings.data / "broker", devices_port, fleet_port)
    else:
        broker = StandInBroker(settings.data / "broker", devices_port, devices_port)
    await broker.start(broker_passwords(store, password, salt))
    stack.push_async_callback(broker.stop)
    told = {
        "broker_host": "127.0.0.1",
        "broker_port": broker.fleet_port,
        "broker_user": FLEET_USER,
        "broker_password": password,
        "broker_protocol": broker.protocol,
        "devices_host": settings.devices_host or "127.0.0.1",
        "devices_port": settings.devices_port or devices_port,
    }
    settings = settings.model_copy(update=told)
    keep_door(stack, store, access_to(broker, settings, salt))
    return broker.name, settings, devices_port


def keep_door(stack: AsyncExitStack, store: Store, access: BrokerAccess) -> None:
    """Let the broker know of devices that are enrolled or revoked while it runs."""
    doorkeeper = Doorkeeper(Registry(store), access)
    doorkeeper.start()
    stack.push_async_callback(asyncio.to_thread, doorkeeper.stop)


def access_to(broker: PrivateBroker, settings: Settings, salt: bytes) -> AccessFiles:
    """The files that this broker has just read. Where there is one door, the fleet stands in the devices' list."""
    ahead = "" if broker.two_doors else f"{FLEET_USER}:{hashed(settings.broker_password, salt)}\n"
    return AccessFiles(
        broker.directory, broker.reload, cutting(settings), ahead=ahead, names=(PASSWORDS, RULES), unread=False
    )


async def open_pages(
    stack: AsyncExitStack, app: FastAPI, settings: Settings, changes: Changes, door: socket.socket
) -> None:
    """Serve the pages at this socket. Raises PagesFailed."""
    host, port, *_ = door.getsockname()
    try:
        config = pages_config(app, settings, log_level="warning", timeout_graceful_shutdown=CLOSE_WITHIN_S)
    except TlsUnfit as problem:
        raise PagesFailed(host, port, problem) from None
    server = LaptopPages(config, changes)
    serving = asyncio.create_task(server.serve(sockets=[door]))

    async def close() -> None:
        server.should_exit = True
        await serving

    stack.push_async_callback(close)
    while not server.started:
        if serving.done():
            await serving
            raise PagesFailed(host, port, "it ended at once; see motcua.log")
        await asyncio.sleep(LOOK_S)


def door_of_pages(host: str, port: int) -> socket.socket:
    """A socket at this port, or at the next one that nobody has. Raises PagesFailed."""
    for one in (*range(port, min(port + PORTS_TRIED, PORTS_END)), 0):
        try:
            return socket.create_server((host, one), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise PagesFailed(host, one, problem) from None
    raise PagesFailed(host, port, "no port is free")


class LaptopPages(PagesServer):
    """The pages as a part of a larger process, which handles signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> None:
    """Let this run beside the rest; it is cancelled at the end, and a failure of it is logged at once."""
    task = asyncio.create_task(work)
    task.add_done_callback(complain)

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task

    stack.push_async_callback(end)


def complain(task: "asyncio.Task[None]") -> None:
    """Say that something in the background failed."""
    if not task.cancelled() and task.exception() is not None:
        log.error("a part of the office failed", exc_info=task.exception())
