"""What happened at one counter, read in order: call opens a visit, scans belong to it, and something closes it.

All that one event leaves for the next is the `CounterState`, so reading may begin anywhere that it is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from fleet.domain.changing import but
from fleet.domain.linked import CounterSeen, Happened, Link, UnlinkedSeen, VisitSeen
from protocols import events
from protocols.event import Event

UNFINISHED = "unfinished"
NO_VISIT = "no visit was open at this counter"
NOT_LAST = "it takes back what was not the last step of this counter"
OTHER_NUMBER = "it names another number than the one that was served at this counter"

CALLED, RESUMED, BEGAN, WENT_ON = "called", "resumed", "began", "went_on"
RECALLED, SCANNED, SCANNED_AGAIN = "recalled", "scanned", "scanned_again"
CLOSED = "closed"
UNDONE = "undone"
# What an event does to a visit; a visit's outcome says how it was closed.

UNDO_WITHIN_MS = 600_000
# Whoever comes later to a counter's step was served by others since.

CHECKPOINT_EVENTS = 16
# So many events are read again at most before the one that is new, however long the day.


@dataclass(frozen=True)
class LastStep:
    """What a clerk did last, by which event and when, and how the counter was before: that may be taken back.

    `ended` is the visit that this closed, as it is unless the step is taken back.
    """

    event: str
    happened_ms: int
    visit: VisitSeen | None
    doing: CounterSeen | None
    ended: VisitSeen | None = None


@dataclass(frozen=True)
class CounterState:
    """Where a counter is between two events: the visit that is open, what it does, and what may be taken back."""

    visit: VisitSeen | None = None
    doing: CounterSeen | None = None
    last: LastStep | None = None

    def to_text(self) -> str:
        """For a checkpoint."""
        return TEXT.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> "CounterState":
        """The opposite of `to_text`."""
        return STATE.decode(text)


TEXT = msgspec.json.Encoder(order="sorted")
STATE = msgspec.json.Decoder(CounterState)


class CounterLine:
    """Reads a counter's events one after another, from a state on. `gone` are visits whose call was taken back."""

    def __init__(self, counter: str, scan_opens_visit: bool, state: CounterState) -> None:
        self.counter = counter
        self.scan_opens_visit = scan_opens_visit
        self.open = state.visit
        self.doing = state.doing
        self.last = state.last
        self.gone: set[str] = set()
        known = (state.visit, None if state.last is None else state.last.ended)
        self.visits = {visit.id: visit for visit in known if visit is not None}
        self.unlinked: list[UnlinkedSeen] = []
        self.links: list[Link] = []

    @property
    def state(self) -> CounterState:
        """All that the next event will find."""
        return CounterState(self.open, self.doing, self.last)

    @property
    def unsettled(self) -> set[str]:
        """The visits that the next events may change: the open one, and the one that the last step closed."""
        ended = None if self.last is None else self.last.ended
        return {visit.id for visit in (self.open, ended) if visit is not None}

    def take(self, one: Happened) -> None:
        """The next event in order."""
        if isinstance(one.event, events.Undone):
            self.undo(one, one.event)
            return
        before = LastStep(one.id, one.happened_ms, self.open, self.doing)
        self.read(one)
        if isinstance(one.event, STEPS) and (self.open, self.doing) != (before.visit, before.doing):
            self.last = but(before, ended=self.ended(before.visit))
        elif isinstance(one.event, events.CodeScanned) and self.open != before.visit:
            self.last = None  # what was scanned would hang in the air

    def ended(self, before: VisitSeen | None) -> VisitSeen | None:
        """The visit that was open before, if it is no more."""
        if before is None or (self.open is not None and self.open.id == before.id):
            return None
        return self.visits[before.id]

    def undo(self, one: Happened, event: events.Undone) -> None:
        """The counter is as it was before its last step."""
        last = self.last
        if last is None or last.event != event.step or one.happened_ms - last.happened_ms > UNDO_WITHIN_MS:
            self.unlinked.append(UnlinkedSeen(one.id, event.KIND, NOT_LAST))
            return
        if self.open is not None and self.open.id == last.event:
            self.gone.add(self.open.id)
            self.visits.pop(self.open.id, None)
            self.links = [link for link in self.links if link.visit != last.event]
        self.open, self.doing, self.last = last.visit, last.doing, None
        if last.visit is not None:
            self.change(last.visit, one, UNDONE)

    def read(self, one: Happened) -> None:
        """An event that takes nothing back."""
        event = one.event
        if isinstance(event, events.NumberCalled):
            self.called(one, event)
        elif isinstance(event, events.CodeScanned):
            self.scanned(one, event)
        elif isinstance(event, events.Paused):
            self.doing = CounterSeen(self.counter, "paused", one.happened_ms, event.reason)
        elif isinstance(event, events.Resumed):
            self.resumed(one, event)
        elif self.open is None:
            self.unlinked.append(UnlinkedSeen(one.id, one.event.KIND, NO_VISIT))
        elif names_another(event, self.open):
            self.unlinked.append(UnlinkedSeen(one.id, event.KIND, OTHER_NUMBER))
        elif isinstance(event, events.WentOn):
            self.went_on(one, event)
        elif isinstance(event, events.NumberRecalled):
            self.change(but(self.open, recalls=self.open.recalls + 1), one, RECALLED)
        else:
            self.close(one, *CLOSING[type(event)](event), finish=isinstance(event, events.VisitFinished))

    def called(self, one: Happened, event: events.NumberCalled) -> None:
        """Whoever is served already, since a program called the number, is called once more."""
        if self.open is not None and (self.open.service, self.open.number) == (event.service, event.number):
            self.change(but(self.open, recalls=self.open.recalls + 1), one, RECALLED)
        else:
            self.begin(one, CALLED, event.service, event.number)

    def resumed(self, one: Happened, event: events.Resumed) -> None:
        """With a number a parked resident is served again, without one a paused counter works again."""
        if event.service is not None and event.number is not None:
            self.begin(one, RESUMED, event.service, event.number)
        elif self.open is None:
            self.doing = CounterSeen(self.counter, "free", one.happened_ms)

    def went_on(self, one: Happened, event: events.WentOn) -> None:
        """One service is done and another one begins, for whoever is at the counter."""
        assert self.open is not None  # noqa: S101 (the caller looked)
        service, number = self.open.service, self.open.number
        self.close(one, WENT_ON, event.to_service)
        self.begin(one, WENT_ON, service, number, event.to_service)

    def scanned(self, one: Happened, event: events.CodeScanned) -> None:
        """A dossier belongs to the visit that is open; where an office has no printer it opens one.

        A code that was erased since (docs/privacy.md) leaves the visit that it opened.
        """
        if event.what != "dossier":
            return  # tickets and citizens say nothing of a dossier, and badges are read on a line of their own
        if self.open is None and self.scan_opens_visit:
            self.begin(one, BEGAN, None, None)
        if self.open is None:
            self.unlinked.append(UnlinkedSeen(one.id, event.KIND, NO_VISIT))
        elif event.code is None:
            return
        elif event.code in dict(self.open.dossiers):
            self.change(self.open, one, SCANNED_AGAIN, event.code)
        else:
            dossiers = (*self.open.dossiers, (event.code, one.happened_ms))
            self.change(but(self.open, dossiers=dossiers), one, SCANNED, event.code)

    def begin(self, one: Happened, how: str, service: str | None, number: int | None, about: str | None = None) -> None:
        """A visit begins; one that was still open ends unfinished."""
        if self.open is not None:
            self.close(one, UNFINISHED)
        visit = VisitSeen(
            id=one.id,
            counter=self.counter,
            service=service,
            number=number,
            called_ms=one.happened_ms,
            estimated=one.estimated,
            resumed=how == RESUMED,
            about=about,
        )
        self.doing = CounterSeen(self.counter, "serving", one.happened_ms)
        self.change(visit, one, how)

    def close(
        self,
        one: Happened,
        outcome: str,
        to_service: str | None = None,
        to_counter: str | None = None,
        finish: bool = False,
    ) -> None:
        """The open visit ends."""
        assert self.open is not None  # noqa: S101 (callers looked)
        closed = but(
            self.open,
            finished_ms=one.happened_ms,
            outcome=outcome,
            closed_by=one.id,
            finish=one.id if finish else None,
            to_service=to_service,
            to_counter=to_counter,
            estimated=self.open.estimated or one.estimated,
        )
        self.change(closed, one, CLOSED)
        self.open = None
        self.doing = CounterSeen(self.counter, "free", one.happened_ms)

    def change(self, visit: VisitSeen, one: Happened, how: str, what: str = "") -> None:
        """The open visit is this now, by this event."""
        self.open = self.visits[visit.id] = visit
        self.links.append(Link(visit.id, one.id, one.happened_ms, how, what))


def names_another(event: Event, visit: VisitSeen) -> bool:
    """Whether an event is of another number than the visit's; programs and keypads may act at the same time."""
    number = getattr(event, "number", None)
    return None not in (number, visit.number) and (event.service, number) != (visit.service, visit.number)  # type: ignore[attr-defined]


def transfer(event: Event) -> tuple[str, str | None, str | None]:
    """Where a resident is sent on to."""
    assert isinstance(event, events.Transferred)  # noqa: S101
    return "transfer", event.to_service, event.to_counter


def finish(event: Event) -> tuple[str]:
    """What the clerk said came of it."""
    assert isinstance(event, events.VisitFinished)  # noqa: S101
    return (event.outcome,)


CLOSING: dict[type[Event], Callable[[Event], tuple[str, *tuple[str | None, ...]]]] = {
    events.VisitFinished: finish,
    events.NoShow: lambda _: ("no_show",),
    events.Transferred: transfer,
    events.Parked: lambda _: ("parked",),
}


STEPS = (*CLOSING, events.WentOn, events.NumberCalled, events.Resumed, events.Paused)
# What a clerk may take back.


class Reading:
    """Reads a line from a checkpoint on, and makes checkpoints between moments, until it is as it was before.

    At `changed` moments the events are others than when the line was read before. Where the state after a moment is
    what it was then, all is as it was up to the next change. `checkpoints` are by the moment that they follow.
    """

    def __init__(self, line: CounterLine, changed: Iterable[int]) -> None:
        self.line = line
        self.changed = sorted(changed, reverse=True)
        self.checkpoints: dict[int, CounterState] = {}
        self.events: list[Happened] = []
        self.same_from_ms: int | None = None
        self.unmarked = 0

    def on(self, happened: Sequence[Happened], known: Mapping[int, CounterState]) -> None:
        """Read on, with the checkpoints among these that were made before, until `same_from_ms` is known.

        No moment may be parted: what comes next lies later than all of these.
        """
        for ms, together in groupby(happened, key=lambda one: one.happened_ms):
            for one in together:
                self.line.take(one)
                self.events.append(one)
                self.unmarked += 1
            while self.changed and self.changed[-1] <= ms:
                self.changed.pop()
            if ms in known or self.unmarked >= CHECKPOINT_EVENTS:
                if known.get(ms) == self.line.state:
                    self.same_from_ms = ms
                    return
                self.checkpoints[ms] = self.line.state
                self.unmarked = 0
