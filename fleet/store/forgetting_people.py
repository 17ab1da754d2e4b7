"""What is written down of somebody of the staff: told, and taken out, so that no name leads from what was done to whom.

The row of the person stays without a name, since clerks' sessions and badges belong to its number.
"""

import json
from typing import Any

from sqlalchemy import Connection

from fleet.domain.personal_data import DEEDS
from fleet.store import identities, people, second_steps
from fleet.store.rows import every, one, run, run_each, sql
from fleet.store.staff import StaffRow

NAMES_OF = {table: " OR ".join(f"{column} IN (:name, :shown_as)" for column in its) for table, its in DEEDS.items()}
DEEDS_OF = {table: sql(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}") for table, where in NAMES_OF.items()}  # noqa: S608 (our own tables)
RENAME = {
    (table, column): sql(f"UPDATE {table} SET {column} = :gone WHERE {column} IN (:name, :shown_as)")  # noqa: S608 (the same)
    for table, its in DEEDS.items()
    for column in its
}
CALLED_SO = sql("SELECT COUNT(*) AS n FROM users WHERE id <> :id AND (shown_as = :shown_as OR name = :shown_as)")
REVIEWS = sql("SELECT device, epoch, boot, seq, body FROM events WHERE kind = 'review' AND body LIKE :pattern")
SET_REVIEW = sql("""
    UPDATE events SET body = :body WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq""")
BADGES = sql("SELECT office, number, from_ms, to_ms FROM badges WHERE person = :id ORDER BY from_ms, id")
END_BADGES = sql("UPDATE badges SET to_ms = :now_ms WHERE person = :id AND to_ms IS NULL")
CLERK_SESSIONS = sql("""
    SELECT office, day, counter, number, began_ms, ended_ms FROM clerk_sessions WHERE person = :id
    ORDER BY began_ms, id""")
SESSIONS = sql('SELECT created_ms, expires_ms, seen_ms, means FROM sessions WHERE "user" = :id ORDER BY created_ms')
IDENTITIES = sql("SELECT issuer, subject, created_ms, seen_ms FROM identities WHERE person = :id ORDER BY issuer")
TOKENS = sql("SELECT id, name, scopes, created_ms, expires_ms, revoked_ms, used_ms FROM api_tokens WHERE person = :id")
NO_HALF = sql("DELETE FROM halfway WHERE person = :id")
NO_NAME = sql("""
    UPDATE users SET name = :gone, shown_as = :gone, password = '', disabled = true, failures = 0, locked_until_ms = 0,
        one_time_until_ms = NULL, signed_in_ms = NULL WHERE id = :id""")


def told(connection: Connection, row: StaffRow) -> dict[str, list[dict[str, Any]]]:
    """What is kept of this person beside the account itself."""
    parts = {"sessions": SESSIONS, "identities": IDENTITIES, "tokens": TOKENS, "badges": BADGES}
    parts["clerk_sessions"] = CLERK_SESSIONS
    found = {name: [dict(one._mapping) for one in every(connection, part, id=row.id)] for name, part in parts.items()}
    found["second_step"] = [{"since_ms": s.since_ms} for s in [second_steps.of(connection, row.id)] if s is not None]
    return found


def deeds(connection: Connection, row: StaffRow) -> dict[str, int]:
    """In which tables the person's name stands for what they did, and how often."""
    names = names_of(connection, row)
    counts = {table: int(one(connection, statement, **names).n) for table, statement in DEEDS_OF.items()}
    counts["reviews"] = len(reviews(connection, row))
    return {table: n for table, n in counts.items() if n}


def forget(connection: Connection, row: StaffRow, gone: str, now_ms: int) -> int:
    """Take the person's name out of all that they did, and all by which they sign in; how many rows lost a name."""
    names = names_of(connection, row)
    renamed = sum(run(connection, statement, gone=gone, **names) for statement in RENAME.values())
    changed = [
        {**event._mapping, "body": json.dumps({**json.loads(event.body), "by": gone}, ensure_ascii=False)}
        for event in reviews(connection, row)
    ]
    run_each(connection, SET_REVIEW, changed)
    people.end_sessions_of(connection, row.id)
    identities.end_all_sessions(connection, row.id)
    identities.part(connection, row.id)
    second_steps.drop(connection, row.id)
    run(connection, NO_HALF, id=row.id)
    run(connection, END_BADGES, id=row.id, now_ms=now_ms)
    run(connection, NO_NAME, id=row.id, gone=gone)
    return renamed + len(changed)


def names_of(connection: Connection, row: StaffRow) -> dict[str, str]:
    """By which names the person is written down; a shown name that somebody else has, too, says nobody's."""
    shared = int(one(connection, CALLED_SO, id=row.id, shown_as=row.shown_as).n)
    return {"name": row.name, "shown_as": row.name if shared else row.shown_as}


def reviews(connection: Connection, row: StaffRow) -> list[Any]:
    """The decisions about excluded presses that this person told the log of events."""
    found = every(connection, REVIEWS, pattern='%"by"%')
    return [event for event in found if json.loads(event.body).get("by") == row.name]
