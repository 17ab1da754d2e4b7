"""A recorded day takes the way of events once more: into the inbox in batches as they came, and is linked.

Telling it twice changes nothing. The office is set up as it was recorded unless it is there; its devices keep their
identities, so a recording is replayed into a folder of its own rather than beside the office that it was made of.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from fleet.domain import timing
from fleet.domain.audit import What
from fleet.domain.day import bounds, day_of
from fleet.domain.recording import Came, Given, Recording, Ruled, Stand
from fleet.domain.ways import SERVERS
from fleet.flows.enrol import stand
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.flows.times import anchor
from fleet.flows.touches import Touches
from fleet.store import devices, inbox, ledger, past_rules, places, recordings, windows
from fleet.store.database import Store
from fleet.store.inbox import EventRow, Life
from fleet.store.past_rules import Rules
from fleet.store.places import OfficeRow
from protocols.batches import BatchHeader, encode_batch
from protocols.events import decode_event
from protocols.topics import up

BATCH_EVENTS = 6
LINK_EVERY_MS = 60_000
# Of the recorded day; somebody who looks on sees it grow minute by minute.


@dataclass
class Replayed:
    """How far it is: events that were new, that were there before, that could not be read, and the recorded moment."""

    new: int = 0
    repeated: int = 0
    unreadable: int = 0
    ms: int = 0


def replay(
    store: Store,
    recording: Recording,
    pause: Callable[[float], None] | None = None,
    told: Callable[[Replayed], None] = lambda _: None,
) -> Replayed:
    """Tell the fleet what it was told that day; `told` hears how far it is.

    `pause` waits for recorded seconds, and whoever looks on sees the day grow; without, it is linked once at its end.
    """
    set_up(store, recording)
    done = Replayed(ms=recording.events[0].ms if recording.events else 0)
    linked_ms = done.ms
    turns = list(recording.turns)[::-1]
    for ms, came in groupby(recording.events, key=lambda one: one.ms):
        if pause is not None:
            pause((ms - done.ms) / 1000)
        done.ms = ms
        tell(store, recording, list(came), done)
        decided(store, recording, turns, ms)
        if pause is not None and ms - linked_ms >= LINK_EVERY_MS:
            link_marked(store, ms)
            linked_ms = ms
        told(done)
    decided(store, recording, turns, None)
    link_marked(store, done.ms)
    return done


def tell(store: Store, recording: Recording, came: list[Came], done: Replayed) -> None:
    """What came in one moment."""
    boards = [one for one in came if not one.of_server]
    received = receive(store, list(batches(boards)), done.ms)
    done.new += sum(received.new.values())
    done.repeated += received.repeated
    done.unreadable += sum(received.unreadable.values()) + received.collisions
    for one in came:
        if one.of_server:
            server_said(store, recording, one, done)


def decided(store: Store, recording: Recording, left: list[Given], upto_ms: int | None) -> None:
    """The fleet's decisions up to this moment, of those that are left (the next one last): they stand as they were."""
    now = []
    while left and (upto_ms is None or left[-1].assigned_ms <= upto_ms):
        now.append(left.pop())
    if now:
        with store.writing(alone=False) as connection:
            recordings.add_turns(connection, recording.office, recording.day, now)


def batches(came: list[Came]) -> Iterator[Arrival]:
    """The events of each boot, some at a time, as its device would send them."""
    ordered = sorted(came, key=lambda one: (one.device, one.epoch, one.boot, one.event["seq"]))
    for (device, epoch, boot), own in groupby(ordered, key=lambda one: (one.device, one.epoch, one.boot)):
        events = [one.event for one in own]
        for first in range(0, len(events), BATCH_EVENTS):
            some = events[first : first + BATCH_EVENTS]
            header = BatchHeader(epoch=epoch, boot=boot, oldest=some[0]["seq"])
            yield Arrival(up(device, "events"), encode_batch(header, some))


def server_said(store: Store, recording: Recording, one: Came, done: Replayed) -> None:
    """An event of the fleet's own: it takes no broker's way, then or now."""
    event = decode_event(one.event)
    life = Life(one.device, one.epoch, one.boot)
    seq, ms = one.event["seq"], event.at if event.at is not None else one.ms
    body = json.dumps(one.event, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    place = (recording.office, one.counter)
    with store.writing(alone=False) as connection:
        if seq in inbox.stored(connection, life, seq, seq):
            done.repeated += 1
            return
        row = EventRow(*life, seq, event.KIND, body, None, event.up, event.at, ms, timing.DEVICE, *place)
        inbox.add_events(connection, [row], one.ms)
        windows.touch(connection, [(recording.office, day_of(ms, recording.timezone), life, seq, seq)])
        done.new += 1


def set_up(store: Store, recording: Recording) -> None:
    """The office as it was: its devices where they stood, with the epochs and the clocks that they had."""
    start_ms, _ = bounds(recording.day, recording.timezone)
    first: dict[str, Stand] = {}
    for one in recording.stands:
        first.setdefault(one.device, one)
    with store.reading() as connection:
        there = {row.id for row in devices.devices(connection)}
        is_new = places.office(connection, recording.office) is None
    set_up_office(
        store,
        OfficePlan(
            office=OfficeRow(
                recording.office,
                recording.name,
                recording.hotline,
                recording.timezone,
                scan_opens_visit=recording.scan_opens_visit,
            ),
            services=list(recording.services),
            counters=[CounterPlan(*one) for one in recording.counters],
            devices=[
                DevicePlan(one.device, one.roles, one.counter)
                for one in first.values()
                if not one.device.startswith(SERVERS)
            ],
        ),
        min([start_ms, *(one.from_ms for one in first.values())]),
    )
    with store.writing() as connection:
        if is_new and recording.rules:
            ruled(connection, recording.office, recording.rules)
        for one in recording.stands:
            if one is not first[one.device] and one.device not in there:
                stand(connection, one.device, recording.office, one.counter, one.from_ms)
        for came in {(one.device, one.epoch): one for one in recording.events}.values():
            if came.of_server:
                devices.add_device(connection, came.device, (), "", came.ms, kind="server")
            devices.set_epoch(connection, came.device, came.epoch)
        touches = Touches(connection)
        for boot in recording.boots:
            life = Life(boot.device, boot.epoch, boot.boot)
            for up_ms in (0, timing.SURE_AFTER_MS) if boot.sure else (0,):
                for moved in anchor(connection, life, up_ms, boot.began_ms + up_ms):
                    touches.add(moved.life, moved.seq, moved.ms)
        touches.save()
        ledger.note(connection, What.DATA_REPLAY, recording.day, recording.office)


def ruled(connection: Connection, office: str, rules: tuple[Ruled, ...]) -> None:
    """The office calls as it did at the end of the day, and called before as it did before."""
    for one in rules:
        queue = json.dumps(one.queue, ensure_ascii=False)
        if one.until_ms is not None:
            past_rules.held_until(
                connection, office, one.until_ms, Rules(one.until_ms, queue, one.skills, one.scan_opens_visit)
            )
            continue
        places.set_queue_policy(connection, office, queue)
        known = {row.id for row in places.counters(connection, office)}
        for counter in known & one.skills.keys():
            places.set_skills(connection, counter, one.skills[counter])
