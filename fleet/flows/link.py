"""Link what arrived: take an office's day, ask the domain what its events tell, save what differs."""

import json
from dataclasses import dataclass

from fleet.domain import linking, timing
from fleet.domain.day import bounds
from fleet.domain.linking import Happened, link
from fleet.store import badges, inbox, places, retention, visits, windows
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.inbox import StoredEvent
from protocols.events import decode_event

TAKEN_FOR_MS = 60_000
# A worker that dies holds its window no longer than this.


@dataclass(frozen=True)
class Linked:
    """A day that was linked: how many events it has, and how many rows changed."""

    office: str
    day: str
    events: int
    changed: int


class LinkFailed(Exception):
    """Some windows could not be linked; `linked` are those that were. The cause is the first failure."""

    def __init__(self, linked: list[Linked]) -> None:
        super().__init__(f"linked {len(linked)} days, and failed at another")
        self.linked = linked


def link_marked(store: Store, now_ms: int) -> list[Linked]:
    """Link every window that something happened in, each in a transaction of its own.

    One that fails is given back and does not keep the others waiting; the first failure is raised at the end.
    """
    with store.reading() as connection:
        waiting = windows.marked(connection, linking.RULES, now_ms)
    done = []
    failures = []
    for office, day in waiting:
        try:
            linked = link_window(store, office, day, now_ms)
        except Exception as failure:
            failures.append(failure)
        else:
            done += [] if linked is None else [linked]
    if failures:
        raise LinkFailed(done) from failures[0]
    return done


@again_after_conflict
def link_window(store: Store, office: str, day: str, now_ms: int) -> Linked | None:
    """Link one office's day; None if another worker has it."""
    with store.writing(alone=False) as connection:
        mark = windows.take(connection, office, day, linking.RULES, now_ms, now_ms + TAKEN_FOR_MS)
    if mark is None:
        return None
    try:
        return link_taken(store, office, day, mark)
    except BaseException:
        with store.writing(alone=False) as connection:
            windows.give_back(connection, office, day)
        raise


def link_taken(store: Store, office: str, day: str, mark: int) -> Linked | None:
    """Link a window that one has taken; events that arrive meanwhile raise its mark again."""
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None:
            return None
        start_ms, end_ms = bounds(day, place.timezone)
        is_whole = start_ms >= retention.linked_since_ms(connection)
        stored = inbox.events_of_office(connection, office, start_ms, end_ms)
        known = badges.of_office(connection, office)
    if not is_whole:  # some of its events were forgotten: what was made of them would be taken for wrong
        with store.writing(alone=False) as connection:
            windows.linked(connection, office, day, mark, linking.RULES)
        return None
    result = link([happened(event) for event in stored], place.scan_opens_visit, known)
    with store.writing(alone=False) as connection:
        places.hold(connection, office)  # a worker that was stopped for long may wake up beside its successor
        changed = visits.save_day(connection, office, day, result)
        windows.linked(connection, office, day, mark, linking.RULES)
    return Linked(office, day, len(stored), changed)


def happened(stored: StoredEvent) -> Happened:
    """A stored event as the domain knows it."""
    return Happened(
        device=stored.life.device,
        epoch=stored.life.epoch,
        boot=stored.life.boot,
        seq=stored.seq,
        happened_ms=stored.happened_ms,
        estimated=stored.timing == timing.ESTIMATED,
        counter=stored.counter,
        event=decode_event(json.loads(stored.body)),
    )
