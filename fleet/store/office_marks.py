"""What of all offices changes when somebody there is to be told something: read at once, not office by office."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from fleet.store.rows import every, sql

TIMEZONES = sql("SELECT DISTINCT timezone FROM offices ORDER BY timezone")
QUEUES = sql("""
    SELECT o.id AS office, t.waiting_for AS service, COUNT(*) AS n FROM offices o
        JOIN tickets t ON t.office = o.id AND t.day = :day AND t.state = 'waiting'
    WHERE o.timezone = :timezone GROUP BY o.id, t.waiting_for ORDER BY o.id, t.waiting_for""")
TOLD = sql("""
    SELECT o.id AS office, e.made_ms, (SELECT COUNT(*) FROM services s WHERE s.office = o.id) AS services FROM offices o
        LEFT JOIN estimates e ON e.office = o.id AND e.day = :day AND e.made_ms >= :since_ms
    WHERE o.timezone = :timezone ORDER BY o.id""")
CLERKS = sql("""
    SELECT o.id AS office, c.counter, c.number FROM offices o
        LEFT JOIN clerk_sessions c ON c.office = o.id AND c.day = :day AND c.ended_ms IS NULL
    WHERE o.timezone = :timezone ORDER BY o.id""")
# Whatever else a reserve depends on changes with one of these.
RESERVES = sql("""
    SELECT o.id,
        (SELECT COUNT(*) FROM tickets t WHERE t.office = o.id AND t.day = :day
            AND t.state IN ('waiting', 'no_show')),
        (SELECT SUM(t.calls + t.since_ms) FROM tickets t WHERE t.office = o.id AND t.day = :day
            AND t.state IN ('waiting', 'no_show')),
        (SELECT MAX(u.assigned_ms) FROM turns u WHERE u.office = o.id AND u.day = :day),
        (SELECT COUNT(*) FROM turns u WHERE u.office = o.id AND u.day = :day),
        (SELECT MAX(c.since_ms) FROM counter_days c WHERE c.office = o.id AND c.day = :day),
        (SELECT SUM(r.said + r.confirmed) FROM reserves r WHERE r.office = o.id),
        (SELECT COUNT(*) FROM reserves r JOIN devices d ON d.id = r.device
            WHERE r.office = o.id AND d.presence = 'online')
    FROM offices o WHERE o.timezone = :timezone ORDER BY o.id""")


def timezones(connection: Connection) -> list[str]:
    """Where offices are."""
    return [row.timezone for row in every(connection, TIMEZONES)]


def queues(connection: Connection, timezone: str, day: str) -> Sequence[Any]:
    """(office, service, n): how many wait; of nobody there is no row."""
    return every(connection, QUEUES, timezone=timezone, day=day)


def told(connection: Connection, timezone: str, day: str, since_ms: int) -> Sequence[Any]:
    """(office, made_ms, services) of each office: when its waits were estimated, if since then, and its services."""
    return every(connection, TOLD, timezone=timezone, day=day, since_ms=since_ms)


def clerks(connection: Connection, timezone: str, day: str) -> Sequence[Any]:
    """(office, counter, number) of clerks who are signed in; of an office without any one row of nulls."""
    return every(connection, CLERKS, timezone=timezone, day=day)


def reserves(connection: Connection, timezone: str, day: str) -> dict[str, tuple[int | None, ...]]:
    """By office something that changes when its reserves may have to."""
    return {row[0]: tuple(row[1:]) for row in every(connection, RESERVES, timezone=timezone, day=day)}
