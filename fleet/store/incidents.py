"""Incidents: what happened at devices that should not have, one row a device and kind."""

from typing import Any

from sqlalchemy import Connection

from fleet.domain.incidents import Incident, Kind
from fleet.store.rows import every, run, sql

NOTE = sql("""
    INSERT INTO incidents (device, kind, first_ms, last_ms, n, found)
    VALUES (:device, :kind, :now_ms, :now_ms, 1, :found)
    ON CONFLICT (device, kind) DO UPDATE SET last_ms = excluded.last_ms, n = incidents.n + 1, found = excluded.found""")
OF_DEVICE = sql("SELECT device, kind, first_ms, last_ms, n, found FROM incidents WHERE device = :device")
SINCE = sql("""
    SELECT device, kind, first_ms, last_ms, n, found FROM incidents WHERE last_ms >= :since_ms ORDER BY last_ms DESC""")
AT_OFFICE = sql("""
    SELECT device, kind, first_ms, last_ms, n, found FROM incidents WHERE last_ms >= :since_ms AND device IN (
        SELECT device FROM assignments WHERE office = :office AND from_ms <= :now_ms
            AND (to_ms IS NULL OR to_ms > :now_ms)
        UNION SELECT c.device FROM claims c JOIN devices d ON d.id = c.device
            WHERE c.office = :office AND d.kind = 'claimed')
    ORDER BY last_ms DESC""")
FOUND_AT_MOST = 200


def note(connection: Connection, device: str, kind: Kind, found: str, now_ms: int) -> None:
    """This happened once more."""
    run(connection, NOTE, device=device, kind=kind.value, found=found[:FOUND_AT_MOST], now_ms=now_ms)


def is_known(connection: Connection, device: str, kind: Kind, found: str) -> bool:
    """Whether this was what happened there last, of its kind."""
    return any((one.kind, one.found) == (kind, found[:FOUND_AT_MOST]) for one in of_device(connection, device))


def of_device(connection: Connection, device: str) -> list[Incident]:
    """Those of a device, the latest first."""
    found = [as_incident(row) for row in every(connection, OF_DEVICE, device=device)]
    return sorted(found, key=lambda one: (-one.last_ms, one.kind))


def since(connection: Connection, since_ms: int) -> list[Incident]:
    """Those that happened since, the latest first."""
    return [as_incident(row) for row in every(connection, SINCE, since_ms=since_ms)]


def at_office(connection: Connection, office: str, since_ms: int, now_ms: int) -> list[Incident]:
    """Those since then of devices that stand at this office, or wait to; the latest first."""
    found = every(connection, AT_OFFICE, office=office, since_ms=since_ms, now_ms=now_ms)
    return [as_incident(row) for row in found]


def as_incident(row: Any) -> Incident:
    """A row as a value."""
    return Incident(row.device, Kind(row.kind), row.first_ms, row.last_ms, row.n, row.found)
