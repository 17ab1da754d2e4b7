"""Clerks of the simulated office: four keys, a display, a reader, and the resident in front of them.

A clerk gives up on a board that does not answer and tries again; nothing ends the working day.
"""

import asyncio
from random import Random
from typing import TYPE_CHECKING

from fleet.laptop import hands
from fleet.laptop.display import CUT_OFF, NOBODY_WAITS, SIGN_IN_FIRST, Display
from fleet.laptop.morning import Visitor
from fleet.laptop.office import Counter
from fleet.laptop.pace import Pace
from fleet.laptop.residents import LABEL, Lobby, rate
from fleet.laptop.scanner import SimulatedScanner

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

ANSWER_WITHIN_S = 6.0
# The fleet answers a wish within 5 s or not at all.
TRY_AGAIN_S = 2.0
WALK_MINUTES = 0.25
PATIENCE_MINUTES = 1.0
BREATH_MINUTES = 0.4

SOMEBODY = Visitor(0.0, "", priority=False, comes_at=1, takes_minutes=5.0, dossiers=(), score=None)
# Whoever took a number at the bench, or before the office was started anew: served, and left to press for themselves.


class Clerk:
    """One clerk at one counter. Off duty, the counter is left to whoever stands at it."""

    def __init__(
        self,
        counter: Counter,
        display: Display,
        scanner: SimulatedScanner,
        buttons: "Board",
        lobby: Lobby,
        pace: Pace,
        seed: int,
    ) -> None:
        self.counter = counter
        self.display = display
        self.scanner = scanner
        self.desk = display.board
        self.buttons = buttons
        self.lobby = lobby
        self.pace = pace
        self.dice = Random(f"{seed}/{counter.id}")  # noqa: S311 - how long a walk takes, no secret
        self.on_duty = asyncio.Event()
        self.off_duty = asyncio.Event()
        self.on_duty.set()

    async def run(self) -> None:
        """Work, from the first resident on, until cancelled."""
        await self.lobby.somebody.wait()
        while True:
            if self.on_duty.is_set():
                await self._work_until(self.off_duty)
            else:
                await self._work_until(self.on_duty)

    def step_aside(self) -> None:
        """Leave the counter, at once and whatever was begun."""
        self.on_duty.clear()
        self.off_duty.set()

    def step_back(self) -> None:
        """Take the counter again."""
        self.off_duty.clear()
        self.on_duty.set()

    async def _work_until(self, end: asyncio.Event) -> None:
        work = asyncio.create_task(self._watch() if end is self.on_duty else self._work())
        try:
            await end.wait()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            try:
                await self.serve_one()
            except (TimeoutError, hands.NoAnswer):
                await self.pace.minutes(1, least_s=TRY_AGAIN_S)

    async def _watch(self) -> None:
        """Somebody else calls here: who is called goes to them."""
        while True:
            await self.display.changed_since(self.display.lines, within_s=60)
            self.lobby.leave(self.display.text)

    async def serve_one(self) -> None:
        """Call somebody and serve them, or find that nobody waits."""
        label = await self._call_next()
        if label is None:
            await self.pace.minutes(0.75, least_s=TRY_AGAIN_S)
            return
        visitor = await self._await_at_counter(label)
        if visitor is None:
            await self._press("key_no_show")
            await self.display.blank(TRY_AGAIN_S)
            return
        await self._serve(visitor)
        await self._press("key_finish")
        await rate(visitor, self.buttons, self.pace)
        await self.pace.minutes(BREATH_MINUTES * self.dice.uniform(0.5, 2), least_s=0.3)

    async def _call_next(self) -> str | None:
        lines = self.display.lines
        await self._press("key_next")
        async with asyncio.timeout(ANSWER_WITHIN_S + TRY_AGAIN_S):
            while await self.display.changed_since(lines, ANSWER_WITHIN_S):
                shown = self.display.text
                if LABEL.fullmatch(shown):
                    return shown
                if shown in (NOBODY_WAITS, CUT_OFF, SIGN_IN_FIRST):
                    return None
                lines = self.display.lines
        return None

    async def _await_at_counter(self, label: str) -> Visitor | None:
        if label not in self.lobby.waiting:
            return SOMEBODY
        visitor = self.lobby.call(label, 1)
        if visitor is None:
            await self.pace.minutes(PATIENCE_MINUTES, least_s=TRY_AGAIN_S)
            await self._press("key_recall")
            visitor = self.lobby.call(label, 2)
        walk = PATIENCE_MINUTES if visitor is None else WALK_MINUTES * self.dice.uniform(0.6, 1.8)
        await self.pace.minutes(walk, least_s=0.3)
        return visitor

    async def _serve(self, visitor: Visitor) -> None:
        pieces = len(visitor.dossiers) + 1
        for code in visitor.dossiers:
            await self.pace.minutes(visitor.takes_minutes / pieces, least_s=0.2)
            await self.scanner.scan(code.encode())
        await self.pace.minutes(visitor.takes_minutes / pieces, least_s=0.2)

    async def _press(self, key: str) -> None:
        await hands.press(self.desk, key)
