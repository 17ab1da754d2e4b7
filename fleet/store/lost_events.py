"""What the database has of each boot from before a restore and from after it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from fleet.store.rows import every, one, sql

RESTORED = sql("SELECT MAX(restored_ms) AS ms FROM offices")
BOTH_SIDES = sql("""
    SELECT e.device, MAX(CASE WHEN e.received_ms < :restored_ms THEN e.seq END) AS last_before,
        MIN(CASE WHEN e.received_ms >= :restored_ms THEN e.seq END) AS first_after
    FROM events e JOIN devices d ON d.id = e.device AND d.kind = 'board'
    GROUP BY e.device, e.epoch, e.boot HAVING MAX(e.received_ms) >= :restored_ms ORDER BY e.device, e.epoch, e.boot""")
# It reads every event; a person asks for it a few times after a restore.


def restored_ms(connection: Connection) -> int | None:
    """When the database was restored last; None if it never was."""
    found = one(connection, RESTORED).ms
    return None if found is None else int(found)


def both_sides(connection: Connection, restored_ms: int) -> Sequence[Any]:
    """Of each boot that told something since then: its last number before, if there is one, and its first after."""
    return every(connection, BOTH_SIDES, restored_ms=restored_ms)
