"""Networks that devices are being given. What is secret of them lies sealed, and goes when nobody needs it any more."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from fleet.domain.network_changes import OPEN, NetworkChange, Step
from fleet.store.device_keys import fleet_key
from fleet.store.rows import every, hold, one, run, sql

COLUMNS = "device, version, batch, office, step, what, by, made_ms, step_ms, told_ms, reason"
PUT = sql("""
    INSERT INTO network_changes (device, version, batch, office, step, what, parts, by, made_ms, step_ms, reason)
    VALUES (:device, :version, :batch, :office, :step, :what, :parts, :by, :made_ms, :made_ms, '')
    ON CONFLICT (device) DO UPDATE SET version = excluded.version, batch = excluded.batch, office = excluded.office,
        step = excluded.step, what = excluded.what, parts = excluded.parts, by = excluded.by,
        made_ms = excluded.made_ms, step_ms = excluded.step_ms, told_ms = NULL, reason = ''""")
GET = sql(f"SELECT {COLUMNS} FROM network_changes WHERE device = :device")  # noqa: S608 (our own constant)
PARTS = sql("SELECT parts FROM network_changes WHERE device = :device")
OF_BATCH = sql(f"SELECT {COLUMNS} FROM network_changes WHERE batch = :batch ORDER BY device")  # noqa: S608
HOLD_BATCH = sql("SELECT device FROM network_changes WHERE batch = :batch ORDER BY device")
OF_OFFICE = sql(f"""
    SELECT {COLUMNS} FROM network_changes WHERE office = :office ORDER BY made_ms DESC, device""")  # noqa: S608
TO_TELL = sql(f"""
    SELECT {COLUMNS} FROM network_changes n WHERE step IN ('waiting', 'told')
        AND (told_ms IS NULL OR NOT told_ms BETWEEN :before_ms AND :now_ms)
        AND EXISTS (SELECT 1 FROM devices d WHERE d.id = n.device AND d.presence = 'online' AND d.revoked_ms IS NULL)
    ORDER BY made_ms, device LIMIT :most""")  # noqa: S608
TOLD = sql("""
    UPDATE network_changes SET told_ms = :now_ms, step_ms = CASE WHEN step = 'waiting' THEN :now_ms ELSE step_ms END,
        step = 'told' WHERE device = :device""")
STEP = sql("""
    UPDATE network_changes SET step = :step, step_ms = :now_ms, reason = :reason,
        parts = CASE WHEN :over = 1 THEN NULL ELSE parts END WHERE device = :device""")


def put(connection: Connection, change: NetworkChange, parts: dict[str, object]) -> None:
    """This is to be the device's network; what it was to be before is forgotten."""
    values = vars(change) | {"step": change.step.value, "parts": sealed(connection, change.device, parts)}
    run(connection, PUT, **{name: values[name] for name in values if name not in ("step_ms", "told_ms", "reason")})


def change_of(connection: Connection, device: str) -> NetworkChange | None:
    """The last change of a device."""
    row = one(connection, GET, device=device)
    return None if row is None else as_change(row)


def parts_of(connection: Connection, device: str) -> dict[str, object] | None:
    """What changes, open; None: it is over. Raises FleetKeyWrong."""
    row = one(connection, PARTS, device=device)
    if row is None or row.parts is None:
        return None
    found: dict[str, object] = json.loads(fleet_key(connection).open(place_of(device), row.parts))
    return found


def hold_batch(connection: Connection, batch: str) -> list[NetworkChange]:
    """All that were asked together; nobody else changes them until the transaction ends."""
    hold(connection, HOLD_BATCH, batch=batch)
    return [as_change(row) for row in every(connection, OF_BATCH, batch=batch)]


def at_office(connection: Connection, office: str) -> list[NetworkChange]:
    """The last change of each device that was asked at this office, the newest first."""
    return [as_change(row) for row in every(connection, OF_OFFICE, office=office)]


def to_tell(connection: Connection, most: int, before_ms: int, now_ms: int) -> list[NetworkChange]:
    """Those of devices that are there, and were not told since then; who was told in a time to come is told anew."""
    return [as_change(row) for row in every(connection, TO_TELL, most=most, before_ms=before_ms, now_ms=now_ms)]


def was_told(connection: Connection, device: str, now_ms: int) -> None:
    """The broker has it for the device."""
    run(connection, TOLD, device=device, now_ms=now_ms)


def set_step(connection: Connection, devices: Iterable[str], step: Step, now_ms: int, reason: str = "") -> None:
    """So far these are. Where it is over, what is secret goes."""
    for device in devices:
        run(connection, STEP, device=device, step=step.value, now_ms=now_ms, reason=reason, over=int(step not in OPEN))


def sealed(connection: Connection, device: str, parts: dict[str, object]) -> str:
    """What changes, as the database may hold it."""
    return fleet_key(connection).seal(place_of(device), json.dumps(parts).encode())


def place_of(device: str) -> str:
    """Under which name of its own the fleet key seals it: no device can have it."""
    return f"{device}, its network"


def as_change(row: Any) -> NetworkChange:
    """A row of COLUMNS as a value."""
    values = dict(row._mapping)
    return NetworkChange(**values | {"step": Step(values["step"])})
