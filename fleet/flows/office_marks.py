"""Where something has changed: what the sender looks at each second of all offices, before it looks at any of them."""

from collections.abc import Iterator

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.flows.told_waits import HOLDS_MS
from fleet.store import office_marks
from fleet.store.database import Store

Mark = tuple[object, ...]


def queue_marks(store: Store, now_ms: int) -> dict[str, Mark]:
    """By office something that changes when its queues are to be told: who waits for what, and what was estimated."""
    found: dict[str, Mark] = {}
    with store.reading() as connection:
        for timezone, day in days(connection, now_ms):
            for row in office_marks.told(connection, timezone, day, now_ms - HOLDS_MS):
                found[row.office] = day, row.made_ms, row.services
            for row in office_marks.queues(connection, timezone, day):
                found[row.office] += (row.service, row.n)
    return found


def reserve_marks(store: Store, now_ms: int) -> dict[str, tuple[int | None, ...]]:
    """By office something that changes when its reserves may have to."""
    found: dict[str, tuple[int | None, ...]] = {}
    with store.reading() as connection:
        for timezone, day in days(connection, now_ms):
            found |= office_marks.reserves(connection, timezone, day)
    return found


def clerks_everywhere(store: Store, now_ms: int) -> dict[str, dict[str, int]]:
    """By office the numbers of the clerks who are signed in, by counter."""
    found: dict[str, dict[str, int]] = {}
    with store.reading() as connection:
        for timezone, day in days(connection, now_ms):
            for row in office_marks.clerks(connection, timezone, day):
                its = found.setdefault(row.office, {})
                if row.counter is not None:
                    its[row.counter] = row.number
    return found


def days(connection: Connection, now_ms: int) -> Iterator[tuple[str, str]]:
    """Where offices are, and which day it is there."""
    for timezone in office_marks.timezones(connection):
        yield timezone, day_of(now_ms, timezone)
