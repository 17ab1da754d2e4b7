"""Many small offices of real firmware on one machine, and residents who press for tickets there and wait for paper."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.laptop import flash_image
from fleet.laptop.boards import HEAP_FOR_UPDATES, Board, BoardError, Boards
from fleet.laptop.printer_status import LOW, OK, StatusRequests, queued_answer, real_time_answer
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from tests.bench.figures import progress

AT_EACH = 5
SERVICE = "ho-tich"
ASK_DONE = b"\x1dr\x01"
STARTED_AT_ONCE = 8
# So many VMs begin together; more only wait for each other.
START_S = 600.0
GAP_S = 90.0
# From one resident to the next at a printer, on average: a device wants a quiet minute before it begins anew.
LETS_GO_S = 1.0
# Nobody presses while another one still holds the key.
AGAIN_S = 5.0
# Who sees no paper presses again.
GIVES_UP_S = 120.0


def plans(devices: int) -> list[OfficePlan]:
    """Offices of two printers, a keypad with reader, and rating buttons at two counters, for so many devices."""
    return [office_plan(n) for n in range(-(-devices // AT_EACH))]


def office_plan(n: int) -> OfficePlan:
    """One of them."""
    name = f"xa-{n:02d}"
    return OfficePlan(
        office=OfficeRow(name, f"Xã số {n}", "1022"),
        services=[(SERVICE, "A", "Hộ tịch"), ("dat-dai", "B", "Đất đai")],
        counters=[CounterPlan(f"{name}-q{i}", f"Quầy {i}", (SERVICE, "dat-dai")) for i in (1, 2)],
        devices=[
            DevicePlan(f"{name}-may-1", ("printer",), None),
            DevicePlan(f"{name}-may-2", ("printer",), None),
            DevicePlan(f"{name}-ban-1", ("keypad", "reader"), f"{name}-q1"),
            DevicePlan(f"{name}-nut-1", ("rating",), f"{name}-q1"),
            DevicePlan(f"{name}-nut-2", ("rating",), f"{name}-q2"),
        ],
    )


def enrolled(store: Store, offices: Sequence[OfficePlan], now_ms: int) -> dict[str, str]:
    """All of them in the store; the passwords of their devices."""
    passwords: dict[str, str] = {}
    for one in offices:
        passwords |= set_up_office(store, one, now_ms)
    return passwords


@dataclass(frozen=True)
class Press:
    """A resident at a printer: when he pressed first, how long until his paper was written, how often he pressed.

    `took_s` is None for one who went away without.
    """

    printer: str
    at_s: float
    took_s: float | None
    presses: int


@dataclass
class Printer:
    """What hangs on a printer's board: it answers at once and draws nothing, for hundreds of boards share a machine."""

    board: Board
    paper: str = OK
    came: int = 0
    came_s: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Answer, until cancelled."""
        requests = StatusRequests()
        async for change in self.board.listen():
            if change.uart != "printer" or not change.data:
                continue
            answers = b"".join(real_time_answer(n, self.paper) for n in requests.feed(change.data))
            if change.data.endswith(ASK_DONE):
                answers += queued_answer(1, self.paper)
                if len(change.data) > len(ASK_DONE):
                    self.came, self.came_s = self.came + 1, time.monotonic()
                    self.news.set()
            with suppress(BoardError, OSError):
                if answers:
                    await self.board.feed("printer", answers)


class Residents:
    """Who comes to the printers, at random moments; `lived` is what became of each."""

    def __init__(self, printers: Sequence[Printer], seed: int, gap_s: float = GAP_S) -> None:
        self.printers = printers
        self.gap_s = gap_s
        self.lived: list[Press] = []
        self.at: set[str] = set()
        self._dice = random.Random(seed)

    async def run(self) -> None:
        """Come, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for one in self.printers:
                group.create_task(self._come_to(one))

    async def _come_to(self, printer: Printer) -> None:
        while True:
            await asyncio.sleep(LETS_GO_S + self._dice.expovariate(1 / self.gap_s))
            self.at.add(printer.board.device)
            self.lived.append(await self._take_ticket(printer))
            self.at.discard(printer.board.device)

    async def _take_ticket(self, printer: Printer) -> Press:
        began_s, seen, presses = time.monotonic(), printer.came, 0
        while printer.came == seen and time.monotonic() - began_s < GIVES_UP_S:
            presses += 1
            printer.news.clear()
            with suppress(TimeoutError, BoardError, OSError):
                async with asyncio.timeout(AGAIN_S):
                    await printer.board.press("service_1")
                    await printer.news.wait()
        took_s = printer.came_s - began_s if printer.came > seen else None
        return Press(printer.board.device, began_s, took_s, presses)


class Offices:
    """The boards of all offices, and what hangs on them."""

    def __init__(self, boards: Boards, offices: Sequence[OfficePlan], low: int) -> None:
        """`low`: so many of the printers have little paper."""
        self.boards = boards
        self.devices = [one for office in offices for one in office.devices]
        self.printer_ids = [one.id for one in self.devices if "printer" in one.roles]
        self.low = frozenset(random.Random(7).sample(self.printer_ids, low))
        self.printers: dict[str, Printer] = {}
        self.hanging: list[asyncio.Task[None]] = []

    async def start(self, passwords: dict[str, str], trust: bytes) -> None:
        """Plug all in, a few at a time; each has its roles and its printer when this returns."""
        turn = asyncio.Semaphore(STARTED_AT_ONCE)
        done = 0

        async def one(device: DevicePlan) -> None:
            nonlocal done
            async with turn:
                await asyncio.to_thread(self.made, device.id, passwords[device.id], trust)
                board = await self.boards.plug_in(device.id, passwords[device.id], device.roles)
                if "printer" in device.roles:
                    printer = self.printers[device.id] = Printer(board, LOW if device.id in self.low else OK)
                    self.hanging.append(asyncio.create_task(printer.run()))
                await has_roles(board)
                done += 1
                progress(f"boards: {done} of {len(self.devices)}")

        await asyncio.gather(*(one(device) for device in self.devices))

    def made(self, device: str, password: str, trust: bytes) -> None:
        """A new flash."""
        image = self.boards.directory / f"{device}.flash"
        flash_image.create_image(image, device, password, *self.boards.broker)
        if trust:
            flash_image.write_files(image, {"/trust": trust})

    async def stop(self) -> None:
        """Nothing hangs on them any more."""
        for task in self.hanging:
            task.cancel()
        await asyncio.gather(*self.hanging, return_exceptions=True)


async def has_roles(board: Board) -> None:
    """Wait until it reads its keys, and a printer has numbers: before it is told its configuration it has none."""
    end_s = time.monotonic() + START_S
    while not board.keys or ("printer" in board.roles and not board.levels.get("lamp_ready")):
        if time.monotonic() > end_s:
            raise AssertionError(f"{board.device}: expected its roles within {START_S:g} s, found none")
        await asyncio.sleep(0.1)


@asynccontextmanager
async def many_offices(
    folder: Path, port: int, offices: Sequence[OfficePlan], passwords: dict[str, str], low: int, trust: bytes = b""
) -> AsyncIterator[Offices]:
    """All of them, running, until the block is left. `trust`: the root that they trust."""
    boards = Boards(folder / "boards", "127.0.0.1", port, heap=HEAP_FOR_UPDATES)
    await boards.start()
    all_of_them = Offices(boards, offices, low)
    try:
        await all_of_them.start(passwords, trust)
        yield all_of_them
    finally:
        await all_of_them.stop()
        await boards.stop()
