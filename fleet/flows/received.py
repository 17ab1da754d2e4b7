"""What became of messages that arrived: what is receipted, counted, and told to others at once."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from fleet.flows.reserves import keep_called
from fleet.flows.touches import Touches
from fleet.store.inbox import EventRow, Life
from protocols.batches import Receipt
from protocols.events import (
    CodeScanned,
    Event,
    NumberCalled,
    NumberRecalled,
    Resumed,
    TicketTaken,
    VisitFinished,
)
from protocols.identity import event_id

AT_A_COUNTER = (VisitFinished, NumberCalled, NumberRecalled, Resumed)
SAID_ON = (*AT_A_COUNTER, CodeScanned, TicketTaken)
# Of these somebody else is told at once.


class Arrived(Protocol):
    """A message as the broker gave it."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...


class Arrival(NamedTuple):
    """A message of which nothing else is known."""

    topic: str
    payload: bytes


@dataclass(frozen=True)
class Finished:
    """A visit was just closed at this counter: its rating may be armed."""

    office: str
    counter: str
    finish: str
    happened_ms: int


@dataclass(frozen=True)
class Scanned:
    """A dossier's or a ticket's code, or a badge of the staff, was just read by a device at this office.

    It may be told what that is worth. `code` of a badge is its hash.
    """

    device: str
    office: str
    what: str
    code: str
    happened_ms: int
    counter: str | None = None


@dataclass(frozen=True)
class Taken:
    """Somebody whose card was read took a number at this office; `holder` is a hash."""

    office: str
    service: str
    number: int
    holder: str
    happened_ms: int


@dataclass(frozen=True)
class Called:
    """A number was just called to this counter: the displays may say so. `again`: it was called before."""

    office: str
    counter: str
    service: str
    number: int
    event: str
    happened_ms: int
    again: bool


@dataclass
class Received:
    """What became of some arrivals, once they are committed. The counts are by kind, and by reason in one word."""

    receipts: list[tuple[str, Receipt]] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    scanned: list[Scanned] = field(default_factory=list)
    called: list[Called] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    windows: set[tuple[str, str]] = field(default_factory=set)
    new: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)
    collisions: int = 0

    def count_unreadable(self, word: str) -> None:
        """One more that could not be read."""
        self.unreadable[word] = self.unreadable.get(word, 0) + 1


def note_new(touches: Touches, life: Life, row: EventRow, event: Event | None, now_ms: int, result: Received) -> None:
    """Count a new event, mark its day, and see whether it arms a rating, wants a tone or is to be shown."""
    if event is None or row.kind is None:
        result.count_unreadable("event")
        return
    result.new[row.kind] = result.new.get(row.kind, 0) + 1
    if row.happened_ms is None:
        return
    place = touches.add(life, row.seq, row.happened_ms)
    if not isinstance(event, SAID_ON):
        return
    if isinstance(event, NumberCalled):
        keep_called(touches, row.device, event, row.happened_ms, now_ms)
    if place is None:
        return
    code = (event.code or event.badge_hash) if isinstance(event, CodeScanned) else None
    if isinstance(event, CodeScanned) and code is not None:
        result.scanned.append(Scanned(row.device, place.office, event.what, code, row.happened_ms, place.counter))
    if isinstance(event, TicketTaken) and event.holder is not None:
        result.taken.append(Taken(place.office, event.service, event.number, event.holder, row.happened_ms))
    if place.counter is None or not isinstance(event, AT_A_COUNTER):
        return
    identity = event_id(*life, row.seq)
    if isinstance(event, VisitFinished):
        result.finished.append(Finished(place.office, place.counter, identity, row.happened_ms))
    elif event.service is not None and event.number is not None:
        again = not isinstance(event, NumberCalled)
        result.called.append(
            Called(place.office, place.counter, event.service, event.number, identity, row.happened_ms, again)
        )
