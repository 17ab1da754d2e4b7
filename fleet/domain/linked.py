"""What linking reads and what it makes of it: values that say of a day who was called, served, sent on and rated."""

from dataclasses import dataclass

from fleet.domain.answers import AnswerSeen
from fleet.domain.clerk_sessions import ClerkSession, Position
from fleet.domain.rating_reasons import ReasonSeen
from protocols.event import Event
from protocols.identity import event_id, parse_event_id


@dataclass(frozen=True)
class Happened:
    """An event, its identity, when it happened, and where its device stood then."""

    device: str
    epoch: int
    boot: int
    seq: int
    happened_ms: int
    estimated: bool
    counter: str | None
    event: Event

    @property
    def id(self) -> str:
        """The identity as one text."""
        return event_id(self.device, self.epoch, self.boot, self.seq)

    @property
    def position(self) -> Position:
        """Its place in the day's one order: by moment, and by identity where two moments are equal."""
        return (self.happened_ms, self.device, self.epoch, self.boot, self.seq)


@dataclass(frozen=True)
class TicketSeen:
    """A number that was taken. `state`: waiting, called, parked, done, no_show, replaced, closed.

    `calls` counts its visits, `since_ms` is its place in the order, `due_ms` the time of an appointment. `sent_ms`: its
    holder waits since then, for a counter sent them on.
    """

    service: str
    number: int
    event: str
    taken_ms: int
    priority: str
    senior: bool
    since_ms: int
    due_ms: int | None = None
    sent_ms: int | None = None
    state: str = "waiting"
    waiting_for: str = ""
    waiting_at: str | None = None
    calls: int = 0

    @property
    def begins_ms(self) -> int:
        """From when on waiting counts: nobody waits before the time of an appointment."""
        return self.taken_ms if self.due_ms is None else max(self.taken_ms, self.due_ms)


@dataclass(frozen=True)
class VisitSeen:
    """One resident at one counter. `id`, `closed_by`, `finish` and `session` are identities of events.

    `dossiers` are (code, scanned ms). `resumed`: it began when a parked resident came back. `finish` is what closed it
    if a clerk finished it; `to_service` and `to_counter` say where a transfer sent its resident. `about`: the service
    that it was for, where that is known; whoever is sent on keeps the number of another one.
    """

    id: str
    counter: str
    service: str | None
    number: int | None
    called_ms: int
    estimated: bool
    wait_ms: int | None = None
    resumed: bool = False
    finished_ms: int | None = None
    outcome: str | None = None
    closed_by: str | None = None
    finish: str | None = None
    to_service: str | None = None
    to_counter: str | None = None
    about: str | None = None
    recalls: int = 0
    dossiers: tuple[tuple[str, int], ...] = ()
    rated: bool = False
    session: str | None = None

    @property
    def position(self) -> Position:
        """Where the event that opened it stands in the day's order."""
        return (self.called_ms, *parse_event_id(self.id))

    @property
    def end(self) -> Position | None:
        """Where the event that closed it stands."""
        if self.finished_ms is None or self.closed_by is None:
            return None
        return (self.finished_ms, *parse_event_id(self.closed_by))


@dataclass(frozen=True)
class RatingSeen:
    """One press: tied to a visit or not, counted or not, and why not."""

    id: str
    counter: str | None
    visit: str | None
    inferred: bool
    score: int
    scale: int
    scale_version: int
    pressed_ms: int
    counted: bool
    reason: str | None


@dataclass(frozen=True)
class UnlinkedSeen:
    """An event that belongs to nothing, and why."""

    id: str
    kind: str
    reason: str


@dataclass(frozen=True)
class CounterSeen:
    """What a counter does at the end of what is known: free, serving or paused, and since when."""

    counter: str
    state: str
    since_ms: int
    reason: str = ""


@dataclass(frozen=True)
class Link:
    """What an event did to a visit: `how` is one of the words of `counter_line` or `rating_ties`."""

    visit: str
    event: str
    happened_ms: int
    how: str
    what: str = ""


@dataclass(frozen=True)
class Day:
    """Everything that one office's events of a day say, each part in a fixed order."""

    tickets: tuple[TicketSeen, ...]
    visits: tuple[VisitSeen, ...]
    ratings: tuple[RatingSeen, ...]
    unlinked: tuple[UnlinkedSeen, ...]
    counters: tuple[CounterSeen, ...]
    sessions: tuple[ClerkSession, ...] = ()
    reasons: tuple[ReasonSeen, ...] = ()
    answers: tuple[AnswerSeen, ...] = ()
