"""The fleet and the broker are killed while devices send; every press is stored once all the same."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.laptop import broker as private_broker
from fleet.laptop.boards import Board, Boards
from fleet.laptop.broker import AGAIN_AFTER_S, free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.store.database import Store
from tests.compiled import compiled_beside
from tests.fleet.office import open_office
from tests.journeys.house import SOON_S, roles_taken, stands_still, stored_events, told_on_failure, until

AWAY_S = float(os.environ.get("AWAY_S") or AGAIN_AFTER_S)
# So long a broker that was killed is not started again; an hour in `make campaign`.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300 + AWAY_S)]

DEVICES = ("nut-1", "nut-2", "q-1")
PRESSES = 24
FLEET_PASSWORD = "fleet"
PROCESSES = ("receive", "link", "send")
HELD_MS = 60
BETWEEN_S = 0.12


class Fleet:
    """The fleet's three workers as processes, as in a province."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.environment = {
            **os.environ,
            "MOTCUA_DATA": str(folder),
            "MOTCUA_BROKER_HOST": "127.0.0.1",
            "MOTCUA_BROKER_PORT": str(broker.fleet_port),
            "MOTCUA_BROKER_USER": FLEET_USER,
            "MOTCUA_BROKER_PASSWORD": FLEET_PASSWORD,
        }
        self.folder = folder
        self.logs: list[Path] = []
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self) -> None:
        """Start all three."""
        self.logs.append(self.folder / f"fleet-{len(self.logs)}.log")
        with self.logs[-1].open("wb") as log:
            for name in PROCESSES:
                self.processes.append(
                    await asyncio.create_subprocess_exec(
                        *(sys.executable, "-m", "fleet", name), env=self.environment, stdout=log, stderr=log
                    )
                )

    async def kill(self) -> None:
        """SIGKILL: none of them can finish anything."""
        for process in self.processes:
            assert process.returncode is None, f"a process ended by itself:\n{self.said()[-2000:]}"
            process.kill()
            await process.wait()
        self.processes.clear()

    def is_back(self) -> bool:
        """Whether receiver and sender are connected to the broker since they were started last."""
        return all(f"{worker}: connected to the broker" in self.said() for worker in ("receiver", "sender"))

    def said(self) -> str:
        """What the workers have said since they were started last."""
        return self.logs[-1].read_text()


@asynccontextmanager
async def three_devices(folder: Path, *printers: str) -> AsyncIterator[tuple[Store, Mosquitto, Fleet, list[Board]]]:
    """A broker, the fleet's processes and three boards with the shipping firmware, and these printers beside them."""
    store, passwords = open_office(folder, now_ms=0)
    broker = Mosquitto(folder / "broker", free_port(), free_port())
    fleet = Fleet(folder, broker)
    compiled_beside(folder / "boards")
    boards = Boards(folder / "boards", "127.0.0.1", broker.devices_port)
    try:
        await broker.start(broker_passwords(store, FLEET_PASSWORD))
        await fleet.start()
        await boards.start()
        for device in (*DEVICES, *printers):
            roles = ("printer",) if device in printers else ("rating",)
            roles = ("keypad", "reader") if device.startswith("q") else roles
            await boards.plug_in(device, passwords[device], roles)
        await roles_taken(boards.boards.values())
        yield store, broker, fleet, list(boards.boards.values())
    except AssertionError as err:
        err.add_note(f"the fleet's workers: {fleet.said()[-3000:]}")
        raise
    finally:
        await boards.stop()
        await fleet.kill()
        await broker.stop()
        store.close()


async def press_all(board: Board, pressed: Counter[str]) -> None:
    """Rate (or scan) again and again, as fast as a hand, and count it."""
    for number in range(PRESSES):
        if "rating" in board.roles:
            await board.press(f"score_{number % 5 + 1}", HELD_MS)
        else:
            await board.feed("scanner", f"H15.50.05.13-261008-{number + 1:04d}\r".encode())
        pressed[board.device] += 1
        await asyncio.sleep(BETWEEN_S)


def stored(folder: Path) -> dict[str, int]:
    """How many of the presses and scans of each device are stored."""
    counts = dict.fromkeys(DEVICES, 0)
    for kind in ("rating", "scan"):
        for device, *_ in stored_events(folder, kind):
            counts[device] += 1
    return counts


async def while_they_send(folder: Path, disturb: Callable[[Mosquitto, Fleet, Counter[str]], Awaitable[None]]) -> None:
    """Three devices send; in the middle something terrible happens; in the end everything is there once."""
    async with three_devices(folder) as (store, broker, fleet, boards):
        await until("the first events are stored", lambda: first_heard(store))
        pressed: Counter[str] = Counter()
        pressing = [asyncio.create_task(press_all(board, pressed)) for board in boards]
        await until("half of it is pressed", lambda: min(pressed[device] for device in DEVICES) >= PRESSES // 2)
        await disturb(broker, fleet, pressed)
        await asyncio.gather(*pressing)
        wanted = dict.fromkeys(DEVICES, PRESSES)
        with told_on_failure(folder, *boards):
            await until("every press is stored", lambda: stored(folder) == wanted, within_s=180)
    for kind in ("rating", "scan"):
        events = stored_events(folder, kind)
        assert len({event[:4] for event in events}) == len(events)


def first_heard(store: Store) -> bool:
    """Whether so many devices were heard once: each stores that it booted."""
    with store.reading() as connection:
        heard = connection.exec_driver_sql("SELECT COUNT(DISTINCT device) FROM events WHERE kind = 'boot'").scalar()
    return heard >= len(DEVICES)


def test_the_fleet_is_killed_while_three_devices_send(tmp_path: Path) -> None:
    async def kill_the_fleet(_broker: Mosquitto, fleet: Fleet, _pressed: Counter[str]) -> None:
        for _ in range(2):  # the second time in the middle of what follows a start
            await fleet.kill()
            await fleet.start()
            await until("receiver and sender are back", fleet.is_back)

    asyncio.run(while_they_send(tmp_path, kill_the_fleet))


def test_the_broker_is_killed_while_three_devices_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_broker, "AGAIN_AFTER_S", AWAY_S)

    async def kill_the_broker(broker: Mosquitto, _fleet: Fleet, _pressed: Counter[str]) -> None:
        assert broker.process is not None
        before = broker.process.pid
        os.kill(before, signal.SIGKILL)
        again = partial(is_another, broker, before)
        await until("the broker is started again", again, within_s=SOON_S + AWAY_S)

    asyncio.run(while_they_send(tmp_path, kill_the_broker))


def is_another(broker: Mosquitto, before: int) -> bool:
    """Whether it is another process than that one."""
    return broker.process is not None and broker.process.pid != before


def test_a_broker_that_stands_still_loses_nothing(tmp_path: Path) -> None:
    async def stop_and_go_on(broker: Mosquitto, _fleet: Fleet, pressed: Counter[str]) -> None:
        process = broker.process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            await until("the broker stands still", lambda: stands_still(process.pid))
            await until("people press to the end all the same", lambda: pressed.total() == PRESSES * len(DEVICES))
        finally:
            process.send_signal(signal.SIGCONT)

    asyncio.run(while_they_send(tmp_path, stop_and_go_on))
