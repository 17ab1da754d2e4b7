"""What boards told of themselves: starts, faults, paper, updates; and when they did what they are there for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.store.rows import every, one, sql

TOLD = "e.kind IN ('boot', 'fault', 'paper', 'selftest', 'update') AND e.reason IS NULL"
OF_ALL = sql(f"""
    SELECT e.device, e.kind, e.body, e.happened_ms FROM devices d
        JOIN events e ON e.device = d.id AND e.happened_ms >= :since_ms
    WHERE d.kind = 'board' AND d.revoked_ms IS NULL AND {TOLD} ORDER BY e.happened_ms, e.boot, e.seq""")  # noqa: S608
OF_ONE = sql(f"""
    SELECT e.device, e.kind, e.body, e.happened_ms FROM events e
    WHERE e.device = :device AND e.happened_ms >= :since_ms AND {TOLD}
    ORDER BY e.happened_ms DESC, e.boot DESC, e.seq DESC LIMIT :most""")  # noqa: S608
TESTS = sql("""
    SELECT e.device, e.kind, e.body, e.happened_ms FROM events e
    WHERE e.device = :device AND e.happened_ms >= 0 AND e.kind = 'selftest' AND e.reason IS NULL
    ORDER BY e.happened_ms DESC, e.boot DESC, e.seq DESC LIMIT :most""")
UPDATES = sql("""
    SELECT e.device, e.kind, e.body, e.happened_ms FROM events e
    WHERE e.device = :device AND e.happened_ms >= 0 AND e.kind = 'update' AND e.reason IS NULL
    ORDER BY e.happened_ms DESC, e.boot DESC, e.seq DESC LIMIT :most""")
LAST = sql("""
    SELECT e.device, e.kind, MAX(e.happened_ms) AS at_ms FROM devices d
        JOIN events e ON e.device = d.id AND e.happened_ms >= :since_ms
    WHERE d.kind = 'board' AND d.revoked_ms IS NULL AND e.kind IN ('printed', 'ticket', 'scan')
    GROUP BY e.device, e.kind""")
PRINTED = sql("""
    SELECT COUNT(*) AS n FROM events e WHERE e.device = :device AND e.happened_ms > :from_ms
        AND e.happened_ms <= :to_ms AND e.kind = 'printed'""")


@dataclass(frozen=True)
class ToldEvent:
    """Something that a board told of itself; `body` is a stranger's word."""

    device: str
    kind: str
    body: dict[str, Any]
    at_ms: int


def told(connection: Connection, since_ms: int) -> list[ToldEvent]:
    """What all boards told of themselves since then, in order."""
    return as_told(every(connection, OF_ALL, since_ms=since_ms))


def told_by(connection: Connection, device: str, since_ms: int, most: int) -> list[ToldEvent]:
    """The last that one board told of itself, the newest first."""
    return as_told(every(connection, OF_ONE, device=device, since_ms=since_ms, most=most))


def tests_of(connection: Connection, device: str, most: int) -> list[ToldEvent]:
    """The last self-tests of one board, the newest first."""
    return as_told(every(connection, TESTS, device=device, most=most))


def updates_of(connection: Connection, device: str, most: int) -> list[ToldEvent]:
    """How the last updates of one board ended, the newest first."""
    return as_told(every(connection, UPDATES, device=device, most=most))


def did_last(connection: Connection, since_ms: int) -> dict[str, dict[str, int]]:
    """By board and kind when it did that last: a ticket, its paper, a scan."""
    found: dict[str, dict[str, int]] = {}
    for row in every(connection, LAST, since_ms=since_ms):
        found.setdefault(row.device, {})[row.kind] = row.at_ms
    return found


def printed(connection: Connection, device: str, from_ms: int, to_ms: int) -> int:
    """How many papers came out of this printer in that time."""
    row = one(connection, PRINTED, device=device, from_ms=from_ms, to_ms=to_ms)
    return 0 if row is None else int(row.n)


def as_told(rows: Sequence[Any]) -> list[ToldEvent]:
    return [ToldEvent(row.device, row.kind, json.loads(row.body), row.happened_ms) for row in rows]
