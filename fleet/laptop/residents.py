"""Residents of the simulated office. They do what people do: press a button, read paper, listen, walk, press again.

They touch nothing of the fleet; whatever the fleet learns of them, it learns from its devices.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fleet.laptop import hands
from fleet.laptop.morning import OPEN_MINUTES, Visitor, plan_morning
from fleet.laptop.office import Office
from fleet.laptop.pace import Pace
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.slip import Slip

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LABEL = re.compile(r"[A-Z]{1,2} ?[0-9]{1,4}")
TICKET_WITHIN_S = 10.0
ROOM_IN_LOBBY = 45
TICKETS_A_DAY = 350
# Of one service. Beyond it people of that service come at real pace, so that numbers last until the evening.

PATIENCE_MINUTES = 60
# So long newcomers stand before a full room; then whoever has waited longest gives up.

LOOKS_UP_S = 1.0
# Nobody presses sooner after the clerk is done; meanwhile the lamp is lit for this visit and no longer for the last.
LAMP_WITHIN_S = 3.0
LOOK_AGAIN_S = 0.2

ALIKE = {3: (1, 1, 2, 2, 3), 4: (1, 2, 3, 3, 4), 5: (1, 2, 3, 4, 5)}
MOST_LEVELS = 5
# What somebody presses who would press the first to fifth of five faces and finds only three or four.


def label_on(slip: Slip) -> str | None:
    """The number that a person reads on the paper: the biggest line that looks like one."""
    found = [line for line in slip.lines if LABEL.fullmatch(line.text.strip())]
    return max(found, key=lambda line: line.high).text.strip().replace(" ", "") if found else None


class Lobby:
    """Who waits, by the number in their hand."""

    def __init__(self, room: int = ROOM_IN_LOBBY) -> None:
        self.room = room
        self.waiting: dict[str, Visitor] = {}
        self.somebody = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether newcomers stay outside."""
        return len(self.waiting) >= self.room

    def sit(self, label: str, visitor: Visitor) -> None:
        """Somebody waits with this number."""
        self.waiting[label] = visitor
        self.somebody.set()

    def call(self, label: str, time: int) -> Visitor | None:
        """Call this number for the first or second time: who stands up, if anybody. Those who left are forgotten."""
        visitor = self.waiting.get(label)
        if visitor is None or (visitor.comes_at is not None and time < visitor.comes_at):
            return None
        del self.waiting[label]
        return visitor if visitor.comes_at is not None else None

    def leave(self, label: str) -> None:
        """The one with this number is gone: served by somebody else than a clerk of ours, or tired of waiting."""
        self.waiting.pop(label, None)


class Residents:
    """All who come to the office, morning after morning."""

    def __init__(
        self, office: Office, printer: SimulatedPrinter, lobby: Lobby, dossiers: tuple[str, ...], pace: Pace, seed: int
    ) -> None:
        self.office = office
        self.printer = printer
        self.lobby = lobby
        self.dossiers = dossiers
        self.pace = pace
        self.seed = seed
        self.taken: Counter[tuple[date, str]] = Counter()
        self._at_the_printer = asyncio.Lock()

    async def run(self) -> None:
        """Come, each service's people in their own file, until cancelled."""
        async with asyncio.TaskGroup() as files:
            for service in self.office.services:
                files.create_task(self._come_for(service.id))

    async def take_ticket(self, visitor: Visitor) -> str | None:
        """Press for a number and wait in the lobby; None if no paper came."""
        service = self.office.service(visitor.service)
        board, seen = self.printer.board, self.printer.count
        async with self._at_the_printer:
            with suppress(TimeoutError, hands.NoAnswer):
                async with asyncio.timeout(TICKET_WITHIN_S):
                    if visitor.priority:
                        await hands.press(board, "priority")
                        await asyncio.sleep(0.3)
                    await hands.press(board, f"service_{service.button}")
                    label = await self._paper_for(service.prefix, seen)
                    self.taken[today(), service.id] += 1
                    self.lobby.sit(label, visitor)
                    return label
        return None

    async def _paper_for(self, prefix: str, seen: int) -> str:
        while True:
            one = await self.printer.next_slip(seen)
            label = label_on(one.slip)
            if label is not None and label.startswith(prefix):
                return label
            seen = one.number  # somebody else's

    async def _come_for(self, service: str) -> None:
        day = 0
        while True:
            clock = 0.0
            for visitor in plan_morning(self.office, self.dossiers, self.seed, day):
                if visitor.service == service:
                    await self._pass_minutes(visitor.arrives_minutes - clock, service)
                    clock = visitor.arrives_minutes
                    await self._until_there_is_room()
                    await self.take_ticket(visitor)
            await self._pass_minutes(OPEN_MINUTES - clock, service)
            day += 1

    async def _pass_minutes(self, minutes: float, service: str) -> None:
        if self.taken[today(), service] >= TICKETS_A_DAY:
            await Pace(1).minutes(minutes)
        else:
            await self.pace.minutes(minutes)

    async def _until_there_is_room(self) -> None:
        for _ in range(PATIENCE_MINUTES):
            if not self.lobby.full:
                return
            await self.pace.minutes(1, least_s=0.5)
        self.lobby.leave(next(iter(self.lobby.waiting)))


async def rate(visitor: Visitor, buttons: "Board", pace: Pace) -> None:
    """Look for the lamp that invites a press, then press; people press without it too."""
    if visitor.score is None:
        return
    await pace.minutes(0.1, least_s=LOOKS_UP_S)
    with suppress(TimeoutError):
        async with asyncio.timeout(LAMP_WITHIN_S):
            while not buttons.levels.get("lamp_armed"):
                await asyncio.sleep(LOOK_AGAIN_S)
    with suppress(hands.NoAnswer):
        await hands.press(buttons, f"score_{ALIKE[levels_of(buttons.keys)][visitor.score - 1]}")


def levels_of(keys: Collection[str]) -> int:
    """How many faces somebody finds on a board that reads these keys; all, while it says nothing."""
    found = sum(key.startswith("score_") for key in keys)
    return found if found in ALIKE else MOST_LEVELS


def today() -> date:
    """The day in Việt Nam."""
    return datetime.now(VIETNAM).date()
