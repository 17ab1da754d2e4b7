"""Batches of events arrive: each event is stored once, and only what is committed is receipted.

Nothing that a stranger sends stops the queue. A message without a readable header is kept as unreadable. An unreadable
event under a good header is kept raw under its identity, with its reason, and receipted like any other. An event under
an identity that is taken by a different one is kept as a collision.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.coverage import Stretch, cover, through
from fleet.domain.forgetting import is_same
from fleet.domain.quick_reading import Said, Told
from fleet.domain.timing import Anchor
from fleet.flows.read_batches import Unread, devices_of, read_batch
from fleet.flows.received import Arrived, Received, note_new
from fleet.flows.times import retime
from fleet.flows.touches import Touches
from fleet.store import devices, inbox
from fleet.store.database import Store
from fleet.store.devices import Senders
from fleet.store.failures import again_after_conflict
from fleet.store.inbox import EventRow, Life
from fleet.store.straight import in_one_go
from protocols.batches import Receipt


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
