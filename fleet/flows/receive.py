"""Batches of events arrive: each event is stored once, and only what is committed is receipted.

Nothing that a stranger sends stops the queue. A message without a readable header is kept as unreadable. An unreadable
event under a good header is kept raw under its identity, with its reason, and receipted like any other. An event under
an identity that is taken by a different one is kept as a collision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.coverage import Stretch, cover, through
from fleet.domain.forgetting import is_same
from fleet.domain.quick_reading import Said, Told
from fleet.domain.timing import Anchor
from fleet.flows.read_batches import Unread, devices_of, read_batch
from fleet.flows.reserves import keep_called
from fleet.flows.times import retime
from fleet.flows.touches import Touches
from fleet.store import devices, inbox
from fleet.store.database import Store
from fleet.store.devices import Senders
from fleet.store.failures import again_after_conflict
from fleet.store.inbox import EventRow, Life
from fleet.store.straight import in_one_go
from protocols import topics
from protocols.batches import Receipt, decode_batch
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
from protocols.message import ProtocolError

AT_A_COUNTER = (VisitFinished, NumberCalled, NumberRecalled, Resumed)
SAID_ON = (*AT_A_COUNTER, CodeScanned, TicketTaken)
# Of these somebody else is told at once.
PACKET_AT_MOST_BYTES = 16 * 1024
# What a device says at most, on any topic: its own firmware makes no larger packet.


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


class WasThere(Exception):
    """An event was stored before, although nothing that is covered says so: its device went back."""


@again_after_conflict
def receive(store: Store, arrivals: Sequence[Arrived], now_ms: int, unreadable_kept: int = 10_000) -> Received:
    """Store what these arrivals carry, in one transaction. Telling us twice changes nothing."""
    try:
        return store_arrivals(store, arrivals, now_ms, unreadable_kept, trusting=True)
    except WasThere:
        return store_arrivals(store, arrivals, now_ms, unreadable_kept, trusting=False)


def store_arrivals(
    store: Store, arrivals: Sequence[Arrived], now_ms: int, unreadable_kept: int, trusting: bool
) -> Received:
    """The same; `trusting` that nothing is stored beyond what is covered. Raises WasThere then."""
    result = Received()
    devices_by_topic = devices_of(arrival.topic for arrival in arrivals)
    with store.writing(alone=False) as connection:
        named = {device for device in devices_by_topic.values() if isinstance(device, str)}
        senders = devices.hold_senders(connection, named)
        batches: dict[Life, list[Told]] = {}
        for arrival in arrivals:
            try:
                life, batch = read_batch(devices_by_topic[arrival.topic], arrival.payload, senders.epochs)
                batches.setdefault(life, []).append(batch)
            except Unread as err:
                inbox.keep_unreadable(
                    connection, arrival.topic, err.device, err.reason, arrival.payload, now_ms, unreadable_kept
                )
                result.count_unreadable(err.part)
        store_batches(connection, senders, batches, now_ms, result, trusting)
    return result


def refuse_large(payload: bytes) -> None:
    """Raises ProtocolError for what no device says; some of it would be kept as it came."""
    if len(payload) > PACKET_AT_MOST_BYTES:
        raise ProtocolError("message", f"at most {PACKET_AT_MOST_BYTES} bytes", len(payload))


@again_after_conflict
def keep_unread(
    store: Store, arrival: Arrived, problem: ProtocolError, now_ms: int, unreadable_kept: int = 10_000
) -> None:
    """Keep a message on another topic than events that is none, for a technician to look at."""
    try:
        device, _, _ = topics.parse(arrival.topic)
    except ProtocolError:
        device = None
    with store.writing(alone=False) as connection:
        inbox.keep_unreadable(connection, arrival.topic, device, str(problem), arrival.payload, now_ms, unreadable_kept)


@again_after_conflict
def keep_apart(
    store: Store, arrival: Arrived, problem: Exception, now_ms: int, unreadable_kept: int = 10_000
) -> tuple[str, Receipt] | None:
    """Keep a message that cannot be stored although the database works, so that it stops nobody behind it.

    If it carries just one event, the receipt that refuses it: its device puts it aside and goes on. A device whose
    batch is not receipted sends its events one by one, so it is found out which one is to blame.
    """
    reason = f"could not be stored: {type(problem).__name__}"
    with store.writing(alone=False) as connection:
        inbox.keep_unreadable(connection, arrival.topic, None, reason, arrival.payload, now_ms, unreadable_kept)
    try:
        device, _, _ = topics.parse(arrival.topic)
        batch = decode_batch(arrival.payload)
    except ProtocolError:
        return None
    if len(batch.events) != 1:
        return None
    header = batch.header
    return device, Receipt(
        epoch=header.epoch, boot=header.boot, through=header.oldest - 1, now=now_ms, refused=list(batch.events)
    )


def store_batches(
    connection: Connection,
    senders: Senders,
    batches: Mapping[Life, Sequence[Told]],
    now_ms: int,
    result: Received,
    trusting: bool,
) -> None:
    """Store batches of some boots of devices that are held; say how far each is stored now. Raises WasThere."""
    touches = Touches(connection, senders.stood, senders.timezones)
    held = inbox.boots_of(connection, batches, now_ms)
    spoken = {life: spoken_for(its) for life, its in batches.items()}
    looked_at = {life: its for life, its in spoken.items() if not (trusting and is_beyond(its, held[life].covered))}
    present = inbox.stored_of(connection, looked_at)
    fresh: list[EventRow] = []
    covered = {}
    for life, its in batches.items():
        so_far, anchor, _ = held[life]
        for batch in its:
            store_batch(touches, life, batch, anchor, present.setdefault(life, {}), fresh, now_ms, result)
            so_far = cover(so_far, batch.stretch, batch.oldest)
        covered[life] = so_far
        upto = through(so_far, max(batch.oldest for batch in its))
        result.receipts.append((life.device, Receipt(epoch=life.epoch, boot=life.boot, through=upto, now=now_ms)))
    # A boot that never told its uptime is estimated from its neighbours: it is this one, or the one that followed it.
    unsure = [life for life in batches if held[life].anchor is None or held[life].has_unanchored_next]
    with in_one_go(connection):
        added = inbox.adding_events(connection, fresh, now_ms)
        inbox.save_covered(connection, {life: its for life, its in covered.items() if its != held[life].covered})
        if not unsure:
            touches.save()
    if trusting and added() < len(fresh):
        raise WasThere
    if unsure:
        for life in unsure:
            for one in retime(connection, life):
                touches.add(one.life, one.seq, one.ms)
        touches.save()
    result.windows = touches.windows


def spoken_for(batches: Sequence[Told]) -> Stretch:
    """From the first to the last number of all of these."""
    stretches = [batch.stretch for batch in batches]
    return min(first for first, _ in stretches), max(last for _, last in stretches)


def is_beyond(spoken: Stretch, covered: Sequence[Stretch]) -> bool:
    """Whether a batch speaks of later numbers only than any before; those are new, unless its device goes back."""
    return not covered or spoken[0] > covered[-1][1]


def store_batch(
    touches: Touches,
    life: Life,
    batch: Told,
    anchor: Anchor | None,
    present: dict[int, str],
    fresh: list[EventRow],
    now_ms: int,
    result: Received,
) -> None:
    """The events of a batch that are not `present` become `fresh`; those that contradict what is there are kept."""
    for said in batch.events:
        seq, body, _, _ = said
        before = present.get(seq)
        if before is None:
            present[seq] = body
            row = row_of(life, said, anchor)
            fresh.append(row)
            note_new(touches, life, row, said.event, now_ms, result)
        elif is_same(before, body):
            result.repeated += 1
        else:
            inbox.add_collision(touches.connection, life, seq, body, now_ms)
            result.collisions += 1


def row_of(life: Life, said: Said, anchor: Anchor | None) -> EventRow:
    """The row for an event of a batch; with its reason where it could not be read."""
    seq, body, event, reason = said
    if event is None:
        return EventRow(*life, seq, None, body, reason, None, None, None, timing.UNKNOWN)
    moment = timing.happened(event.up, event.at, anchor)
    return EventRow(*life, seq, event.KIND, body, None, event.up, event.at, moment.ms, moment.timing)


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
