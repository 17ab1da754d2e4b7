"""When devices vanished everywhere at once."""

from typing import Any

from sqlalchemy import Connection

from fleet.domain.fleet_loss import FleetLoss, FleetSeen
from fleet.store.rows import every, one, run, sql

DEVICES = sql("""
    SELECT COUNT(*) AS n FROM devices WHERE kind = 'board' AND revoked_ms IS NULL AND presence <> 'never'""")
LOST = sql("""
    SELECT a.office, COUNT(*) AS n FROM devices d JOIN assignments a ON a.device = d.id AND a.to_ms IS NULL
    WHERE d.kind = 'board' AND d.revoked_ms IS NULL AND ((d.presence = 'lost' AND d.presence_ms >= :since_ms)
        OR (d.presence = 'online' AND d.last_seen_ms >= :heard_since_ms AND d.last_seen_ms < :unheard_since_ms))
    GROUP BY a.office ORDER BY a.office""")
COLUMNS = "id, opened_ms, lost, devices, offices, closed_ms"
OPEN = sql(f"SELECT {COLUMNS} FROM fleet_losses WHERE is_open = 1")  # noqa: S608 (our own constant)
BEGIN = sql("""
    INSERT INTO fleet_losses (opened_ms, lost, devices, offices, is_open) VALUES (:now_ms, :lost, :devices, :offices, 1)
    ON CONFLICT (is_open) DO NOTHING""")
GROW = sql("""
    UPDATE fleet_losses SET lost = :lost, devices = :devices, offices = :offices WHERE is_open = 1 AND lost < :lost""")
END = sql("UPDATE fleet_losses SET closed_ms = :now_ms, is_open = NULL WHERE is_open = 1")
OLD = sql("DELETE FROM fleet_losses WHERE closed_ms < :before_ms")


def devices(connection: Connection) -> int:
    """How many devices there are that ever came."""
    return int(one(connection, DEVICES).n)


def lost_since(connection: Connection, since_ms: int, heard_since_ms: int, unheard_since_ms: int) -> dict[str, int]:
    """By office, how many of its devices were lost since then and still are, or were last heard between the others."""
    values = {"since_ms": since_ms, "heard_since_ms": heard_since_ms, "unheard_since_ms": unheard_since_ms}
    return {row.office: int(row.n) for row in every(connection, LOST, **values)}


def open_now(connection: Connection) -> FleetLoss | None:
    """The loss that lasts."""
    row: Any = one(connection, OPEN)
    return None if row is None else FleetLoss(*row)


def begin(connection: Connection, found: FleetSeen, now_ms: int) -> bool:
    """The fleet is lost from now on; False if somebody said so before."""
    return run(connection, BEGIN, **vars(found), now_ms=now_ms) == 1


def grow(connection: Connection, found: FleetSeen) -> bool:
    """More are lost than before; False if not."""
    return run(connection, GROW, **vars(found)) == 1


def end(connection: Connection, now_ms: int) -> bool:
    """They are back; False if somebody said so before."""
    return run(connection, END, now_ms=now_ms) == 1


def delete_old(connection: Connection, before_ms: int) -> int:
    """Forget the losses that were over before then."""
    return run(connection, OLD, before_ms=before_ms)
