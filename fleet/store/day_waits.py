"""The waits of some days of an office, one by one."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, sql

LINKED = sql("SELECT day, linked FROM windows WHERE office = :office AND day IN :days AND linked > 0").bindparams(
    bindparam("days", expanding=True)
)
WAITS = sql("""
    SELECT day, called_ms - wait_ms AS began_ms, called_ms FROM visits
    WHERE office = :office AND day IN :days AND wait_ms IS NOT NULL""").bindparams(bindparam("days", expanding=True))
WAITING_SINCE = sql("""
    SELECT COALESCE(sent_ms, CASE WHEN due_ms > taken_ms THEN due_ms ELSE taken_ms END) AS began_ms FROM tickets
    WHERE office = :office AND day = :day AND state = 'waiting'""")


def linked(connection: Connection, office: str, days: Sequence[str]) -> dict[str, int]:
    """Up to which mark each of these days is linked; days on which nothing happened are left out."""
    return {row.day: int(row.linked) for row in every(connection, LINKED, office=office, days=days)}


def waits(connection: Connection, office: str, days: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """By day, since when people waited and when they were called."""
    found: dict[str, list[tuple[int, int]]] = {}
    if days:
        for day, began_ms, called_ms in every(connection, WAITS, office=office, days=days):
            found.setdefault(day, []).append((began_ms, called_ms))
    return found


def waiting_since(connection: Connection, office: str, day: str) -> list[int]:
    """Since when each who waits now does."""
    return [int(row.began_ms) for row in every(connection, WAITING_SINCE, office=office, day=day)]
