"""Where hashes of holders and codes of dossiers are written down, and how they are taken out of there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.forgetting import has_holder, without_code, without_holder
from fleet.store.rows import every, run, run_each, sql

WITH_HOLDER = sql("""
    SELECT device, epoch, boot, seq, body FROM events
    WHERE with_holder AND (happened_ms < :before_ms OR (happened_ms IS NULL AND received_ms < :before_ms)) LIMIT :most
    """)
SET_BODY = sql("""
    UPDATE events SET body = :body, with_holder = :with_holder
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND seq = :seq""")
COLLISIONS = sql(
    "SELECT id, body FROM collisions WHERE id > :after AND received_ms < :before_ms ORDER BY id LIMIT :most"
)
SET_COLLISION = sql("UPDATE collisions SET body = :body WHERE id = :id")
UNREADABLE = sql("""
    SELECT id, raw, reason FROM unreadable WHERE id > :after AND received_ms < :before_ms ORDER BY id LIMIT :most""")
SET_UNREADABLE = sql("UPDATE unreadable SET raw = :raw, reason = :reason WHERE id = :id")
WITH_CODE = sql("""
    SELECT device, epoch, boot, seq, body, reason, happened_ms FROM events
    WHERE device = :device AND body LIKE :pattern ORDER BY epoch, boot, seq""")
FORGET_VISITS = sql("DELETE FROM visit_dossiers WHERE code = :code")
DAYS_OF = sql("SELECT DISTINCT office, day FROM visit_dossiers WHERE code = :code")
FORGET_BOOKINGS = sql("UPDATE bookings SET code = NULL WHERE code = :code")
FORGET_ANSWERS = sql("DELETE FROM api_answers WHERE body LIKE :pattern")
DELIVERIES = sql("""
    SELECT id, subject, body FROM webhook_deliveries WHERE body LIKE :pattern OR subject LIKE :pattern""")
SET_DELIVERY = sql("UPDATE webhook_deliveries SET subject = :subject, body = :body WHERE id = :id")
BOOKINGS = sql("""
    SELECT office, day, service, number, due_ms, made_ms, cancelled_ms, came_ms FROM bookings
    WHERE code = :code ORDER BY due_ms, lease, number""")
FORGET_DOSSIER = sql("DELETE FROM dossiers WHERE code = :code")

EVER = (1 << 62) - 1


@dataclass(frozen=True)
class CodedEvent:
    """An event that names a dossier."""

    device: str
    epoch: int
    boot: int
    seq: int
    body: str
    happened_ms: int | None


def forget_holders(connection: Connection, before_ms: int, most: int) -> int:
    """Take the hashes of holders out of some events from before then; how many events that were."""
    rows = every(connection, WITH_HOLDER, before_ms=before_ms, most=most)
    run_each(
        connection,
        SET_BODY,
        [{**row._mapping, "body": without_holder(row.body), "with_holder": False} for row in rows],
    )
    return len(rows)


def forget_in_collisions(
    connection: Connection, before_ms: int, forget: Callable[[str], str], after: int, most: int
) -> tuple[int, int | None]:
    """Take something out of some collisions: how many had it, and behind which id to go on (None: at the end)."""
    rows = every(connection, COLLISIONS, before_ms=before_ms, after=after, most=most)
    changed = [{"id": row.id, "body": forget(row.body)} for row in rows if forget(row.body) != row.body]
    run_each(connection, SET_COLLISION, changed)
    return len(changed), rows[-1].id if len(rows) == most else None


def forget_in_unreadable(
    connection: Connection, before_ms: int, forget: Callable[[str], str], after: int, most: int
) -> tuple[int, int | None]:
    """Take something out of some messages that were none, and out of their reasons; like the above."""
    rows = every(connection, UNREADABLE, before_ms=before_ms, after=after, most=most)
    changed = []
    for row in rows:
        raw = forget(bytes(row.raw).decode("latin-1")).encode("latin-1")  # any bytes, and back
        reason = forget(row.reason)
        if raw != bytes(row.raw) or reason != row.reason:
            changed.append({"id": row.id, "raw": raw, "reason": reason})
    run_each(connection, SET_UNREADABLE, changed)
    return len(changed), rows[-1].id if len(rows) == most else None


def events_with(connection: Connection, device: str, code: str) -> list[CodedEvent]:
    """The events of a device that name this dossier, readable or not."""
    rows = every(connection, WITH_CODE, device=device, pattern=f"%{code}%")
    found = [CodedEvent(r.device, r.epoch, r.boot, r.seq, r.body, r.happened_ms) for r in rows]
    return [event for event in found if without_code(event.body, code) != event.body]  # not those of a longer code


def forget_code(connection: Connection, event: CodedEvent, code: str) -> None:
    """Take the dossier's code out of an event."""
    body = without_code(event.body, code)
    key = {"device": event.device, "epoch": event.epoch, "boot": event.boot, "seq": event.seq}
    run(connection, SET_BODY, **key, body=body, with_holder=has_holder(body))


def forget_visits(connection: Connection, code: str) -> tuple[int, list[tuple[str, str]]]:
    """No visit knows this dossier any more: how many did, and the (office, day) of these."""
    days = [(row.office, row.day) for row in every(connection, DAYS_OF, code=code)]
    return run(connection, FORGET_VISITS, code=code), days


def forget_bookings(connection: Connection, code: str) -> int:
    """No appointment is for this dossier any more; how many were."""
    return run(connection, FORGET_BOOKINGS, code=code)


def forget_answers(connection: Connection, code: str) -> int:
    """Forget what programs were answered that names this dossier: they would be answered it again for a day."""
    return run(connection, FORGET_ANSWERS, pattern=f"%{code}%")


def forget_deliveries(connection: Connection, code: str) -> int:
    """What other programs were or are to be told names this dossier no more; how many messages did."""
    changed = [
        {
            "id": row.id,
            "subject": row.subject if without_code(row.subject, code) == row.subject else f"erased/{row.id}",
            "body": without_code(row.body, code),
        }
        for row in every(connection, DELIVERIES, pattern=f"%{code}%")
        if without_code(row.subject + row.body, code) != row.subject + row.body  # not those of a longer code
    ]
    run_each(connection, SET_DELIVERY, changed)
    return len(changed)


def bookings_of(connection: Connection, code: str) -> list[dict[str, Any]]:
    """The appointments for this dossier."""
    return [dict(row._mapping) for row in every(connection, BOOKINGS, code=code)]


def forget_dossier(connection: Connection, code: str) -> int:
    """The mirror knows this dossier no more; how many rows that were."""
    return run(connection, FORGET_DOSSIER, code=code)
