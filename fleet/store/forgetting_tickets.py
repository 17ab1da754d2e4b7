"""What is written down of a ticket: told, and what could lead to its holder taken out."""

from typing import Any

from sqlalchemy import Connection

from fleet.domain.forgetting import without_holder
from fleet.store.queue import Leased
from fleet.store.rows import every, one, run, sql

WHICH = "office = :office AND day = :day AND service = :service AND number = :number"
TICKET = sql(f"SELECT event, taken_ms, priority, senior, state FROM tickets WHERE {WHICH}")  # noqa: S608 (above)
PROMISES = sql(f"SELECT told_ms, ahead, low_s, middle_s, high_s FROM promises WHERE {WHICH} ORDER BY told_ms")  # noqa: S608
VISITS = sql(f"""
    SELECT counter, called_ms, finished_ms, outcome, wait_ms, rated, (
        SELECT COUNT(*) FROM visit_dossiers d WHERE d.office = v.office AND d.day = v.day AND d.visit = v.id
    ) AS dossiers
    FROM visits v WHERE {WHICH} ORDER BY called_ms, id""")  # noqa: S608
FORGET_PROMISES = sql(f"DELETE FROM promises WHERE {WHICH}")  # noqa: S608
EVENT = sql("""
    SELECT body, with_holder FROM events WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq""")
SET_EVENT = sql("""
    UPDATE events SET body = :body, with_holder = false
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq""")


def told(connection: Connection, leased: Leased, number: int) -> dict[str, list[dict[str, Any]]]:
    """The ticket, what its holder was promised, and its visits."""
    which = named(leased, number)
    parts = {"ticket": TICKET, "promises": PROMISES, "visits": VISITS}
    return {name: [dict(row._mapping) for row in every(connection, part, **which)] for name, part in parts.items()}


def has_holder(connection: Connection, event: str) -> bool:
    """Whether a hash of its holder's card is kept."""
    row = one(connection, EVENT, **identity(event))
    return row is not None and bool(row.with_holder)


def forget(connection: Connection, leased: Leased, number: int) -> tuple[int, int]:
    """Take out the hash of the holder's card, and what the holder was promised; how many of each there were."""
    which = named(leased, number)
    row = one(connection, TICKET, **which)
    hashes = 0
    if row is not None and has_holder(connection, row.event):
        its = identity(row.event)
        body = one(connection, EVENT, **its).body
        hashes = run(connection, SET_EVENT, **its, body=without_holder(body))
    return hashes, run(connection, FORGET_PROMISES, **which)


def named(leased: Leased, number: int) -> dict[str, Any]:
    """By what a ticket is found."""
    return {"office": leased.office, "day": leased.day, "service": leased.service, "number": number}


def identity(event: str) -> dict[str, Any]:
    """The key of the event that gave the number."""
    device, *numbers = event.split("/")
    return {"device": device, **dict(zip(("epoch", "boot", "seq"), map(int, numbers), strict=True))}
