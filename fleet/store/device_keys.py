"""Keys of devices, two for a device at most. They lie sealed in the database; who asks here gets them open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.store.fleet_key import OPTION, FleetKey
from fleet.store.rows import every, hold, one, run, run_each, sql

COLUMNS = "device, slot, key, since_ms, claim, next_slot, next_key, next_since_ms, told_ms, kept_ms, hw, nonces"
GIVE = sql("""
    INSERT INTO device_keys (device, slot, key, since_ms, claim, hw, nonces)
    VALUES (:device, 'a', :key, :now_ms, :claim, :hw, '')
    ON CONFLICT (device) DO UPDATE SET slot = 'a', key = excluded.key, since_ms = excluded.since_ms,
        claim = excluded.claim, hw = excluded.hw, nonces = '', next_slot = NULL, next_key = NULL, next_since_ms = NULL,
        told_ms = NULL, kept_ms = NULL""")
GET = sql(f"SELECT {COLUMNS} FROM device_keys WHERE device = :device")  # noqa: S608 (our own constant)
HOLD = sql("SELECT device FROM device_keys WHERE device = :device")
ALL = sql(f"SELECT {COLUMNS} FROM device_keys ORDER BY device")  # noqa: S608
MAY_CONNECT = sql("""
    SELECT d.id, d.password, CASE WHEN k.kept_ms IS NULL THEN k.key ELSE k.next_key END AS key
    FROM devices d LEFT JOIN device_keys k ON k.device = d.id
    WHERE d.kind IN ('board', 'claimed') AND d.revoked_ms IS NULL ORDER BY d.id""")
BEGIN_NEXT = sql("""
    UPDATE device_keys SET next_slot = :slot, next_key = :key, next_since_ms = :now_ms, told_ms = NULL, kept_ms = NULL
    WHERE device = :device""")
KEPT = sql("UPDATE device_keys SET kept_ms = :now_ms WHERE device = :device")
IN_FORCE = sql("""
    UPDATE device_keys SET slot = next_slot, key = next_key, since_ms = :now_ms, claim = NULL, next_slot = NULL,
        next_key = NULL, next_since_ms = NULL, told_ms = NULL, kept_ms = NULL WHERE device = :device""")
TOLD = sql("UPDATE device_keys SET told_ms = :now_ms WHERE device = :device")
UNTOLD = sql(f"""
    SELECT {COLUMNS} FROM device_keys WHERE next_since_ms IS NOT NULL AND told_ms IS NULL
    ORDER BY next_since_ms LIMIT :most""")  # noqa: S608
SET_HW = sql("UPDATE device_keys SET hw = :hw WHERE device = :device")
SET_NONCES = sql("UPDATE device_keys SET nonces = :nonces WHERE device = :device")
FORGET = sql("DELETE FROM device_keys WHERE device = :device")


@dataclass(frozen=True)
class KeyRow:
    """The keys of one device. `claim`: whose secret `key` is; None: nobody but the device ever saw it.

    `next_key` is the one that it is being given in its other slot; `kept_ms`: since when it is on the device's flash.
    `nonces`: of its last hellos, the latest last; `births`: of the last ones that asked for an epoch.
    """

    device: str
    slot: str
    key: bytes
    since_ms: int
    claim: str | None = None
    next_slot: str | None = None
    next_key: bytes | None = None
    next_since_ms: int | None = None
    told_ms: int | None = None
    kept_ms: int | None = None
    hw: str | None = None
    nonces: tuple[str, ...] = ()
    births: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewKey:
    """A device's first key; `claim`: whose secret it is. `hw`: the only board that may use it, if that is known."""

    device: str
    key: bytes
    claim: str | None = None
    hw: str | None = None


def give(connection: Connection, keys: Iterable[NewKey], now_ms: int) -> None:
    """Each of these devices has this key in slot a, and no other."""
    fleet = fleet_key(connection)
    values = [vars(new) | {"key": fleet.seal(new.device, new.key), "now_ms": now_ms} for new in keys]
    run_each(connection, GIVE, values)


def keys_of(connection: Connection, device: str) -> KeyRow | None:
    """The keys of a device; None: it has a password of its own. Raises FleetKeyWrong."""
    row = one(connection, GET, device=device)
    return None if row is None else as_keys(row, fleet_key(connection))


def hold_keys(connection: Connection, device: str) -> KeyRow | None:
    """The same, and nobody else changes them until the transaction ends."""
    hold(connection, HOLD, device=device)
    return keys_of(connection, device)


def all_keys(connection: Connection) -> list[KeyRow]:
    """Those of all devices that have one, by id. Raises FleetKeyWrong."""
    return [as_keys(row, fleet_key(connection)) for row in every(connection, ALL)]


def may_connect(connection: Connection) -> list[tuple[str, str, str | None]]:
    """(id, hash of the password, the key behind it as it lies sealed here) of all devices that may connect.

    A device that has its next key on flash connects with that one.
    """
    return [(row.id, row.password, row.key) for row in every(connection, MAY_CONNECT)]


def opened(connection: Connection, device: str, sealed: str) -> bytes:
    """The key that lay sealed here. Raises FleetKeyWrong."""
    return fleet_key(connection).open(device, sealed)


def begin_next(connection: Connection, device: str, slot: str, key: bytes, now_ms: int) -> None:
    """This key is to be the device's next, in its other slot."""
    sealed = fleet_key(connection).seal(device, key)
    run(connection, BEGIN_NEXT, device=device, slot=slot, key=sealed, now_ms=now_ms)


def was_kept(connection: Connection, device: str, now_ms: int) -> None:
    """The device has its next key on flash."""
    run(connection, KEPT, device=device, now_ms=now_ms)


def is_in_force(connection: Connection, device: str, now_ms: int) -> None:
    """The next key is the key; the one before is forgotten."""
    run(connection, IN_FORCE, device=device, now_ms=now_ms)


def untold(connection: Connection, most: int) -> list[KeyRow]:
    """Devices of whose next key nobody has told them yet."""
    return [as_keys(row, fleet_key(connection)) for row in every(connection, UNTOLD, most=most)]


def was_told(connection: Connection, device: str, now_ms: int) -> None:
    """The broker has the device's next key for it."""
    run(connection, TOLD, device=device, now_ms=now_ms)


def set_hw(connection: Connection, device: str, hw: str) -> None:
    """The board whose key this is."""
    run(connection, SET_HW, device=device, hw=hw)


def set_nonces(connection: Connection, device: str, nonces: Iterable[str], births: Iterable[str]) -> None:
    """Those of its last hellos, and of the last that asked for an epoch: on a line before the others."""
    run(connection, SET_NONCES, device=device, nonces=f"{' '.join(births)}\n{' '.join(nonces)}")


def forget(connection: Connection, device: str) -> None:
    """The device has no key any more."""
    run(connection, FORGET, device=device)


def fleet_key(connection: Connection) -> FleetKey:
    """The fleet's own key, which the store gives to each of its connections."""
    found: FleetKey = connection.get_execution_options()[OPTION]
    return found


def as_keys(row: Any, fleet: FleetKey) -> KeyRow:
    """A row of COLUMNS as a value, its keys open."""
    values = dict(row._mapping)
    for name in ("key", "next_key"):
        if values[name] is not None:
            values[name] = fleet.open(row.device, values[name])
    births, _, last = row.nonces.rpartition("\n")
    values |= {"births": tuple(births.split()), "nonces": tuple(last.split())}
    return KeyRow(**values)
