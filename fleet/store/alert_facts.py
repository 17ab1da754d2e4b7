"""What a look at an office reads that nobody else asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, sql

LINES = sql("""
    SELECT waiting_for AS service, waiting_at AS counter, COUNT(*) AS n, MIN(COALESCE(sent_ms, taken_ms)) AS oldest_ms
    FROM tickets WHERE office = :office AND day = :day AND state = 'waiting' GROUP BY waiting_for, waiting_at""")
LAST_ON_LINES = sql("""
    SELECT line, MAX(order_ms) AS last_ms FROM placements WHERE office = :office AND day = :day AND line IN :lines
    GROUP BY line""").bindparams(bindparam("lines", expanding=True))
LAST_SIGNED_IN = sql("""
    SELECT counter, MAX(began_ms) AS last_ms FROM clerk_sessions WHERE office = :office AND day = :day
    GROUP BY counter""")
SCORES = sql("""
    SELECT r.score, r.scale, COUNT(*) AS n FROM ratings r
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office = :office AND r.day >= :first AND r.day < :before AND r.counted AND x.id IS NULL
    GROUP BY r.score, r.scale""")
BOARDS = sql("""
    SELECT d.id, d.roles, d.presence, d.presence_ms, d.health FROM assignments a JOIN devices d ON d.id = a.device
    WHERE a.office = :office AND a.from_ms <= :now_ms AND (a.to_ms IS NULL OR a.to_ms > :now_ms)
        AND d.revoked_ms IS NULL AND d.kind = 'board' ORDER BY d.id""")


@dataclass(frozen=True)
class Line:
    """Those who wait for a service, at one counter if they were sent on to it: how many, since when the first."""

    service: str
    counter: str | None
    n: int
    oldest_ms: int


@dataclass(frozen=True)
class Board:
    """A device that stands at the office, and how it is; `health` as JSON."""

    id: str
    roles: tuple[str, ...]
    presence: str
    presence_ms: int | None
    health: str | None


def lines(connection: Connection, office: str, day: str) -> list[Line]:
    """Who waits, by service and counter."""
    return [Line(*row) for row in every(connection, LINES, office=office, day=day)]


def last_on_lines(connection: Connection, office: str, day: str, lines: Iterable[str]) -> dict[str, int]:
    """When the last event of each of these lines of the day happened."""
    wanted = sorted(lines)
    rows = every(connection, LAST_ON_LINES, office=office, day=day, lines=wanted) if wanted else ()
    return {row.line: row.last_ms for row in rows}


def last_signed_in(connection: Connection, office: str, day: str) -> dict[str, int]:
    """By counter, when somebody last signed in there."""
    return {row.counter: row.last_ms for row in every(connection, LAST_SIGNED_IN, office=office, day=day)}


def scores(connection: Connection, office: str, first: str, before: str) -> list[tuple[int, int, int]]:
    """How often each (score, scale) was counted from one day to the last one before another."""
    rows = every(connection, SCORES, office=office, first=first, before=before)
    return [(row.score, row.scale, row.n) for row in rows]


def boards(connection: Connection, office: str, now_ms: int) -> list[Board]:
    """The devices that stand at an office now."""
    rows = every(connection, BOARDS, office=office, now_ms=now_ms)
    return [Board(row.id, tuple(row.roles.split()), row.presence, row.presence_ms, row.health) for row in rows]
