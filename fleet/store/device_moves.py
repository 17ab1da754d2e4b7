"""Moves of devices to other offices, until the devices confirm them; and what one board hands on to another."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import one, run, sql

ASK = sql("""
    INSERT INTO device_moves (device, office, counter, by, asked_ms, boot)
    VALUES (:device, :office, :counter, :by, :asked_ms, :boot)
    ON CONFLICT (device) DO UPDATE SET office = excluded.office, counter = excluded.counter, by = excluded.by,
        asked_ms = excluded.asked_ms, boot = excluded.boot""")
OF = sql("SELECT device, office, counter, by, asked_ms, boot FROM device_moves WHERE device = :device")
FORGET = sql("DELETE FROM device_moves WHERE device = :device")
LEAVE = sql("UPDATE assignments SET to_ms = :now_ms WHERE device = :device AND to_ms IS NULL")
WITHDRAW_LEASES = sql("""
    UPDATE leases SET revoked_ms = :now_ms WHERE device = :device AND revoked_ms IS NULL AND office <> :office""")
HAND_ON = sql("""
    UPDATE devices SET printer = o.printer, reader = o.reader, rating = o.rating, display = o.display,
        own = o.own, scale = o.scale, scale_version = devices.scale_version + 1
    FROM devices o WHERE devices.id = :device AND o.id = :old""")


@dataclass(frozen=True)
class Move:
    """Where a device shall stand, who wants it so, and the last boot that it had before."""

    device: str
    office: str
    counter: str | None
    by: str
    asked_ms: int
    boot: int | None


def ask(connection: Connection, move: Move) -> None:
    """The device shall stand there; what was wanted before is not."""
    run(connection, ASK, **vars(move))


def move_of(connection: Connection, device: str) -> Move | None:
    """The move that the device has yet to confirm."""
    row = one(connection, OF, device=device)
    return None if row is None else Move(*row)


def forget(connection: Connection, device: str) -> bool:
    """Nobody wants this device elsewhere; False if nobody did."""
    return run(connection, FORGET, device=device) == 1


def leave(connection: Connection, device: str, now_ms: int) -> bool:
    """The device stands nowhere from now on; False if it stood nowhere before."""
    return run(connection, LEAVE, device=device, now_ms=now_ms) > 0


def withdraw_leases(connection: Connection, device: str, office: str, now_ms: int) -> int:
    """What this printer holds of other offices than this one is over; how many leases that were."""
    return run(connection, WITHDRAW_LEASES, device=device, office=office, now_ms=now_ms)


def hand_on(connection: Connection, old: str, device: str) -> None:
    """What staff know and decided of the parts of one board is so of another now."""
    run(connection, HAND_ON, old=old, device=device)
