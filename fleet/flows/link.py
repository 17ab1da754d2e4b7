"""Link what arrived: take an office's day, ask the domain what its events tell, save what differs.

Only what was touched is read again (`link_touched`), so an event costs as much in the evening as in the morning. Where
that is much of the day, or the rules are others, the whole day is linked anew (`link_day`). Nothing of this is kept in
memory: whoever takes the window next goes on from the tables.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from fleet.domain import linking
from fleet.domain.day import bounds, day_of, later
from fleet.flows.link_day import read_day, save_whole
from fleet.flows.link_touched import TouchedDay
from fleet.flows.webhooks import note_visits
from fleet.store import news, places, retention, windows
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.lines import Lines
from fleet.store.places import OfficeRow
from fleet.store.windows import Taken

TAKEN_FOR_MS = 60_000
# Who dies while it links a whole day on SQLite holds that no longer; on PostgreSQL seconds, and what is linked in one
# transaction is free at once.

WHOLE_FROM_EVENTS = 500
WHOLE_FROM_SHARE = 4
# So many touched events, and a quarter of the day's: then the whole day is sooner linked anew.


@dataclass(frozen=True)
class Linked:
    """What was linked of a day: how many events were read for it, and how many rows changed."""

    office: str
    day: str
    events: int
    changed: int


class LinkFailed(Exception):
    """Some windows could not be linked; `linked` are those that were. The cause is the first failure."""

    def __init__(self, linked: list[Linked]) -> None:
        super().__init__(f"linked {len(linked)} days, and failed at another")
        self.linked = linked


class Overtaken(Exception):
    """Linking took so long that another worker has the window; nothing of it was saved."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(f"{taken.office} {taken.day}: another worker has it")


def link_marked(store: Store, now_ms: int, most: int | None = None) -> list[Linked]:
    """Link every window that something happened in, or so many, each in a transaction of its own.

    One that fails is given back and does not keep the others waiting; the first failure is raised at the end.
    """
    with store.reading() as connection:
        waiting = windows.marked(connection, linking.RULES, now_ms)
    done: list[Linked] = []
    failures = []
    for office, day in apart(waiting):
        if most is not None and len(done) >= most:
            break
        try:
            linked = link_window(store, office, day, now_ms)
        except Exception as failure:
            failures.append(failure)
        else:
            done += [] if linked is None else [linked]
    news.tell_after(store.engine, shown_of(done, now_ms))
    if failures:
        raise LinkFailed(done) from failures[0]
    return done


def shown_of(done: Iterable[Linked], now_ms: int) -> set[str]:
    """The offices whose open pages may show it: what was linked of a day long past is not of now."""
    yesterday = later(day_of(now_ms, "UTC"), -1)  # today, wherever the office is
    return {one.office for one in done if one.day >= yesterday}


def apart(waiting: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The newest day first, its offices by chance: linkers that look at the same time do not go the same way."""
    for _, of_day in groupby(waiting, key=lambda one: one[1]):
        some = list(of_day)
        random.shuffle(some)
        yield from some


@again_after_conflict
def link_window(store: Store, office: str, day: str, now_ms: int) -> Linked | None:
    """Link one office's day; None if another worker has it, or some of its events were forgotten.

    What was touched is linked in the transaction that looked for it: whoever dies in it leaves nothing behind.
    """
    with store.writing(alone=False) as connection:
        if not windows.lane(connection, office):
            return None
        place = places.office(connection, office)
        places.hold(connection, office)
        taken = windows.found(connection, office, day, linking.RULES, now_ms)
        if place is None or taken is None:
            return None
        if bounds(day, place.timezone)[0] < retention.linked_since_ms(connection):
            lines = Lines(connection, office, day)  # what is linked without some events would be taken for wrong
            lines.clear()
            lines.forget_touched(lines.touched()[0])
            finish(connection, taken)
            return None
        linked = None if taken.anew else link_part(connection, place, taken)
        if linked is not None:
            return linked
        taken = windows.take(connection, taken, now_ms, TAKEN_FOR_MS)
    try:
        return link_taken(store, place, taken)
    except BaseException:
        with store.writing(alone=False) as connection:
            windows.give_back(connection, taken)
        raise


def link_part(connection: Connection, place: OfficeRow, taken: Taken) -> Linked | None:
    """Link what was touched; None if the whole day had better be linked."""
    lines = Lines(connection, place.id, taken.day)
    ids, stretches, whole = lines.touched()
    touched = sum(one.last - one.first + 1 for one in stretches)
    if whole or (touched >= WHOLE_FROM_EVENTS and not lines.holds(touched * WHOLE_FROM_SHARE)):
        return None
    read, changed = TouchedDay(connection, place, taken.day).link(stretches)
    lines.forget_touched(ids)
    finish(connection, taken)
    return Linked(place.id, taken.day, read, changed)


def link_taken(store: Store, place: OfficeRow, taken: Taken) -> Linked:
    """Link the whole of a window that one has taken; events that arrive meanwhile raise its mark again.

    It is read without keeping anybody waiting, and then saved. Raises Overtaken.
    """
    with store.reading() as connection:
        keep(connection, taken)
        whole = read_day(connection, place, taken.day)
    with store.writing(alone=False) as connection:
        keep(connection, taken)
        places.hold(connection, place.id)  # a worker that was stopped for long may wake up beside its successor
        changed = save_whole(connection, place, taken.day, whole)
        finish(connection, taken)
    return Linked(place.id, taken.day, len(whole.told.ordered), changed)


def keep(connection: Connection, taken: Taken) -> None:
    """Nobody else links this window until the transaction ends. Raises Overtaken."""
    windows.wait_for_lane(connection, taken.office)
    if not windows.holds(connection, taken):
        raise Overtaken(taken)


def finish(connection: Connection, taken: Taken) -> None:
    """The window is linked, and who is to be told of its visits is written down. Raises Overtaken."""
    if not windows.linked(connection, taken, linking.RULES):
        raise Overtaken(taken)
    note_visits(connection, taken.office, taken.day)
