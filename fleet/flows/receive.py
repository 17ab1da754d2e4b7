"""Batches of events arrive: each event is stored once, and only what is committed is receipted.

Nothing that a stranger sends stops the queue. A message without a readable header is kept as unreadable. An unreadable
event under a good header is kept raw under its identity, with its reason, and receipted like any other. An event under
an identity that is taken by a different one is kept as a collision.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.coverage import cover, through
from fleet.domain.forgetting import is_same
from fleet.domain.timing import Anchor
from fleet.flows.reserves import keep_called
from fleet.flows.times import retime
from fleet.flows.touches import Touches
from fleet.store import devices, inbox
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.inbox import EventRow, Life
from protocols import topics
from protocols.batches import Batch, Receipt, decode_batch
from protocols.dossier_code import parse_dossier_code
from protocols.events import (
    FLEET_ONLY,
    CodeScanned,
    Event,
    NumberCalled,
    NumberRecalled,
    Resumed,
    TicketTaken,
    VisitFinished,
    decode_event,
)
from protocols.identity import event_id
from protocols.message import ProtocolError
from protocols.ticket_code import parse_ticket_code

NO_TIME = (None, None, None, timing.UNKNOWN)
AT_A_COUNTER = (VisitFinished, NumberCalled, NumberRecalled, Resumed)
MESSAGE_AT_MOST_BYTES = 8 * 1024
# A batch is 1 KiB. Whatever is far beyond it is no batch; the broker refuses most of it before.
PACKET_AT_MOST_BYTES = 16 * 1024
# What a device says at most, on any topic: its own firmware makes no larger packet.


@dataclass(frozen=True)
class Arrival:
    """A message as the broker gave it."""

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


@again_after_conflict
def receive(store: Store, arrivals: Sequence[Arrival], now_ms: int, unreadable_kept: int = 10_000) -> Received:
    """Store what these arrivals carry, in one transaction. Telling us twice changes nothing."""
    result = Received()
    with store.writing(alone=False) as connection:
        known = Known(connection)
        batches: dict[Life, list[Batch]] = {}
        for arrival in arrivals:
            try:
                life, batch = read_batch(known, arrival)
                batches.setdefault(life, []).append(batch)
            except Unread as err:
                inbox.keep_unreadable(
                    connection, arrival.topic, err.device, err.reason, arrival.payload, now_ms, unreadable_kept
                )
                result.count_unreadable(err.part)
        # In one order, so that two receivers never wait for each other's boots in a circle.
        for life in sorted(batches):
            store_batches(known, life, batches[life], now_ms, result)
        known.touches.save()
        result.windows = known.touches.windows
    return result


def refuse_large(payload: bytes) -> None:
    """Raises ProtocolError for what no device says; some of it would be kept as it came."""
    if len(payload) > PACKET_AT_MOST_BYTES:
        raise ProtocolError("message", f"at most {PACKET_AT_MOST_BYTES} bytes", len(payload))


@again_after_conflict
def keep_unread(
    store: Store, arrival: Arrival, problem: ProtocolError, now_ms: int, unreadable_kept: int = 10_000
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
    store: Store, arrival: Arrival, problem: Exception, now_ms: int, unreadable_kept: int = 10_000
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


class Unread(Exception):
    """A message that is no batch of a device of ours. `part` says in a word what was wrong."""

    def __init__(self, device: str | None, problem: ProtocolError) -> None:
        super().__init__(str(problem))
        self.device = device
        self.reason = str(problem)
        self.part = problem.where.split(".")[0].replace(" ", "_")


class Known:
    """What was looked up once for a batch of arrivals."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.devices: dict[str, devices.DeviceRow | None] = {}
        self.touches = Touches(connection)

    def device(self, device_id: str) -> devices.DeviceRow | None:
        """The device, if it is enrolled and not revoked."""
        if device_id not in self.devices:
            row = devices.device(self.connection, device_id)
            self.devices[device_id] = row if row is not None and row.revoked_ms is None else None
        return self.devices[device_id]


def read_batch(known: Known, arrival: Arrival) -> tuple[Life, Batch]:
    """Whose batch this is, and the batch. Raises Unread."""
    device: str | None = None
    try:
        device, _, _ = topics.parse(arrival.topic)
        row = known.device(device)
        if row is None:
            raise ProtocolError("device", "an enrolled device that is not revoked", device)
        if len(arrival.payload) > MESSAGE_AT_MOST_BYTES:
            raise ProtocolError("batch", f"at most {MESSAGE_AT_MOST_BYTES} bytes", arrival.payload)
        batch = decode_batch(arrival.payload)
        if not 1 <= batch.header.epoch <= row.epoch:
            raise ProtocolError("batch.epoch", f"an epoch that was issued (1 to {row.epoch})", batch.header.epoch)
    except ProtocolError as err:
        raise Unread(device, err) from None
    return Life(device, batch.header.epoch, batch.header.boot), batch


def store_batches(known: Known, life: Life, batches: Sequence[Batch], now_ms: int, result: Received) -> None:
    """Store batches of one boot under its lock, and say how far that boot is stored now."""
    connection = known.connection
    covered, anchor = inbox.lock_boot(connection, life, now_ms)
    stretches = [batch.stretch() for batch in batches]
    present = inbox.stored(connection, life, min(first for first, _ in stretches), max(last for _, last in stretches))
    fresh = []
    for batch in batches:
        for seq in sorted(batch.events):
            row, event = read_event(life, seq, batch.events[seq], anchor)
            if seq not in present:
                present[seq] = row.body
                fresh.append(row)
                note_new(known, row, event, now_ms, result)
            elif is_same(present[seq], row.body):
                result.repeated += 1
            else:
                inbox.add_collision(connection, life, seq, row.body, now_ms)
                result.collisions += 1
        covered = cover(covered, batch.stretch(), batch.header.oldest)
    inbox.add_events(connection, fresh, now_ms)
    # A boot that never told its uptime is estimated from its neighbours: it is this one, or the one that followed it.
    if anchor is None or inbox.is_followed_by_unanchored(connection, life):
        for one in retime(connection, life):
            known.touches.add(one.life, one.seq, one.ms)
    inbox.save_boot(connection, life, covered, anchor)
    upto = through(covered, max(batch.header.oldest for batch in batches))
    result.receipts.append((life.device, Receipt(epoch=life.epoch, boot=life.boot, through=upto, now=now_ms)))


def read_event(life: Life, seq: int, data: dict[str, Any], anchor: Anchor | None) -> tuple[EventRow, Event | None]:
    """The row for an event of a batch; with its reason where it could not be read."""
    body = to_body(data)
    try:
        event = decode_event(data)
        refuse_unfit(event)
    except ProtocolError as err:
        if data.get("kind") == CodeScanned.KIND:
            # Nobody knows what was held before the reader: neither its content nor an error that quotes it is kept.
            body = to_body({**data, "code": None, **({"badge_hash": None} if "badge_hash" in data else {})})
            return EventRow(life, seq, None, body, f"{err.where}: expected {err.expected}", *NO_TIME), None
        return EventRow(life, seq, None, body, str(err), *NO_TIME), None
    moment = timing.happened(event.up, event.at, anchor)
    return EventRow(life, seq, event.KIND, body, None, event.up, event.at, moment.ms, moment.timing), event


def refuse_unfit(event: Event) -> None:
    """Refuse what a device may not say although it can be read: raises ProtocolError."""
    if isinstance(event, FLEET_ONLY):
        raise ProtocolError("event.kind", "a kind that a device may send", event.KIND)
    if event.up > timing.LONGEST_UP_MS:
        raise ProtocolError("event.up", f"at most {timing.LONGEST_UP_MS} ms", event.up)
    if event.at is not None and event.at > timing.LATEST_MS:
        raise ProtocolError("event.at", "a moment before the year 2100", event.at)
    if isinstance(event, CodeScanned) and event.code is not None:
        if event.what == "dossier":
            parse_dossier_code(event.code)
        elif event.what == "ticket":
            parse_ticket_code(event.code)
        else:
            raise ProtocolError("scan.code", "no code but a dossier's or a ticket's")
    if isinstance(event, CodeScanned) and event.badge_hash is not None and event.badge != "staff":
        raise ProtocolError("scan.badge_hash", "no hash but of a badge of the staff")


def to_body(data: dict[str, Any]) -> str:
    """An event's JSON in one form, so that repetitions can be told from collisions."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def note_new(known: Known, row: EventRow, event: Event | None, now_ms: int, result: Received) -> None:
    """Count a new event, mark its day, and see whether it arms a rating, wants a tone or is to be shown."""
    if event is None or row.kind is None:
        result.count_unreadable("event")
        return
    result.new[row.kind] = result.new.get(row.kind, 0) + 1
    if row.happened_ms is None:
        return
    known.touches.add(row.life, row.seq, row.happened_ms)
    if isinstance(event, NumberCalled):
        keep_called(known.touches, row.life.device, event, row.happened_ms, now_ms)
    place = known.touches.place(row.life.device, row.happened_ms)
    if place is None:
        return
    code = (event.code or event.badge_hash) if isinstance(event, CodeScanned) else None
    if isinstance(event, CodeScanned) and code is not None:
        result.scanned.append(Scanned(row.life.device, place.office, event.what, code, row.happened_ms, place.counter))
    if isinstance(event, TicketTaken) and event.holder is not None:
        result.taken.append(Taken(place.office, event.service, event.number, event.holder, row.happened_ms))
    if place.counter is None or not isinstance(event, AT_A_COUNTER):
        return
    identity = event_id(row.life.device, row.life.epoch, row.life.boot, row.seq)
    if isinstance(event, VisitFinished):
        result.finished.append(Finished(place.office, place.counter, identity, row.happened_ms))
    elif event.service is not None and event.number is not None:
        again = not isinstance(event, NumberCalled)
        result.called.append(
            Called(place.office, place.counter, event.service, event.number, identity, row.happened_ms, again)
        )
