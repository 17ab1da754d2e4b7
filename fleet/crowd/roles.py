"""What a printer, a keypad and buttons do for people, whatever device carries it: numbers, calls, presses."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from fleet.clock import now_ms
from protocols import events
from protocols.commands import WANT_HOLDS_MS, Want
from protocols.counter_state import Show, TicketNumber
from protocols.events import Event
from protocols.message import Message
from protocols.state import State

CUT_OFF_S = 1.0
StateHeard = Callable[[State], None]


class Sayer(Protocol):
    """A device that remembers what happens, and says what is wanted."""

    def did(self, kind: type[Event], **more: Any) -> str | None:
        """Something happened here; its identity once it is remembered."""

    def want(self, message: Message) -> bool:
        """Wish for something now; False while there is no connection."""


@dataclass
class Printer:
    """Gives the numbers that it was leased, each once, whatever happens to it."""

    device: Sayer
    left: dict[str, list[tuple[str, Iterator[int]]]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def told(self, state: State) -> None:
        """Leases that are new."""
        for lease in state.leases or []:
            if lease.id not in self.known and lease.since <= now_ms() < lease.expires:
                self.known.add(lease.id)
                self.left.setdefault(lease.service, []).append((lease.id, iter(range(lease.first, lease.last + 1))))

    def take(self, service: str) -> int | None:
        """A resident presses; the number, if there is one and it is remembered."""
        leases = self.left.get(service, [])
        while leases:
            lease, numbers = leases[0]
            number = next(numbers, None)
            if number is not None:
                done = self.device.did(events.TicketTaken, service=service, number=number, lease=lease)
                return None if done is None else number
            leases.pop(0)
        return None


@dataclass
class Buttons:
    """Say which finish they were armed for."""

    device: Sayer
    armed: str | None = None

    def told(self, state: State) -> None:
        """The right to answer a finish."""
        if state.armed is not None:
            self.armed = state.armed.finish

    def press(self, score: int) -> None:
        """Somebody says how it was."""
        armed, self.armed = self.armed, None
        self.device.did(events.RatingGiven, score=score, scale=5, armed=armed, held_ms=80)


class Keypad:
    """A clerk's: wishes for the next number, and calls what it is shown."""

    def __init__(self, device: Sayer) -> None:
        self.device = device
        self.wants = 0
        self.called: TicketNumber | None = None
        self.shown: asyncio.Future[Show] | None = None

    def told(self, state: State) -> None:
        """What to show; an answer to an old wish is nothing to us."""
        if state.show is None or state.show.want != self.wants:
            return
        if self.shown is not None and not self.shown.done():
            self.shown.set_result(state.show)

    async def next(self) -> TicketNumber | None:
        """The next number; None if nobody waits, or the fleet did not answer."""
        self.wants += 1
        self.shown = asyncio.get_running_loop().create_future()
        until_ms = now_ms() + WANT_HOLDS_MS
        if not self.device.want(Want(id=self.wants, want="next", not_after=until_ms, called=self.called)):
            await asyncio.sleep(CUT_OFF_S)
            return None
        try:
            show = await asyncio.wait_for(self.shown, WANT_HOLDS_MS / 1000)
        except TimeoutError:
            return None
        if show.service is None or show.number is None:
            return None
        return TicketNumber(service=show.service, number=show.number)
