"""How an office called before somebody changed it: each row held until its moment, the office's own columns hold since.

So nothing need be written before the first change, and what is now is read where it always was.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store import places
from fleet.store.rows import every, one, run, sql

NOW = sql("SELECT queue, scan_opens_visit FROM offices WHERE id = :office")
PAST = sql("""
    SELECT until_ms, queue, skills, scan_opens_visit FROM past_rules
    WHERE office = :office AND until_ms > :start_ms ORDER BY until_ms""")
SCAN = sql("""
    SELECT scan_opens_visit FROM past_rules WHERE office = :office AND until_ms >= :end_ms ORDER BY until_ms LIMIT 1""")
# Two changes in one millisecond: what held until then is what the first of them found.
ADD = sql("""
    INSERT INTO past_rules (office, until_ms, queue, skills, scan_opens_visit)
    VALUES (:office, :until_ms, :queue, :skills, :scan_opens_visit) ON CONFLICT (office, until_ms) DO NOTHING""")

Skills = Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True)
class Rules:
    """How an office called until a moment (None: still): `queue` as JSON; by counter its services, True: it helps."""

    until_ms: int | None
    queue: str
    skills: Skills
    scan_opens_visit: bool


def between(connection: Connection, office: str, start_ms: int, end_ms: int) -> list[Rules]:
    """What held from one moment to another, in order; the last of them is what held at the end."""
    found = [
        Rules(row.until_ms, row.queue, json.loads(row.skills), bool(row.scan_opens_visit))
        for row in every(connection, PAST, office=office, start_ms=start_ms)
    ]
    now = present(connection, office)
    found += [] if now is None else [now]
    upto = next((place for place, rules in enumerate(found) if rules.until_ms is None or rules.until_ms >= end_ms), 0)
    return found[: upto + 1]


def scan_opened_visit(connection: Connection, office: str, end_ms: int) -> bool | None:
    """Whether a scan opened a visit at the end of a time; None where that was not changed since."""
    row = one(connection, SCAN, office=office, end_ms=end_ms)
    return None if row is None else bool(row.scan_opens_visit)


def present(connection: Connection, office: str) -> Rules | None:
    """What holds now; None where there is no such office."""
    row = one(connection, NOW, office=office)
    if row is None:
        return None
    return Rules(None, row.queue, places.skills(connection, office), bool(row.scan_opens_visit))


@contextmanager
def changing(connection: Connection, office: str, now_ms: int) -> Iterator[None]:
    """What is changed within holds from this moment on; what held before is written down if it is another."""
    before = present(connection, office)
    yield
    if before is not None and before != present(connection, office):
        held_until(connection, office, now_ms, before)


def held_until(connection: Connection, office: str, until_ms: int, rules: Rules) -> None:
    """These held until then."""
    run(
        connection,
        ADD,
        office=office,
        until_ms=until_ms,
        queue=rules.queue,
        skills=json.dumps(rules.skills, sort_keys=True),
        scan_opens_visit=rules.scan_opens_visit,
    )
