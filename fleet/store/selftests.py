"""Self-tests of boards, and the keys that prove them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.device_keys import fleet_key
from fleet.store.rows import every, one, run, run_each, sql

GIVE_KEY = sql("INSERT INTO selftest_keys (claim, key) VALUES (:claim, :key)")
KEY = sql("SELECT key FROM selftest_keys WHERE claim = :claim")
ADD = sql("""
    INSERT INTO selftests (claim, device, hw, at_ms, passed, board, firmware, tool, by, record, proof)
    VALUES (:claim, :device, :hw, :at_ms, :passed, :board, :firmware, :tool, :by, :record, :proof)
    ON CONFLICT (claim, proof) DO NOTHING""")
OF_DEVICE = sql("""
    SELECT claim, device, hw, at_ms, passed, board, firmware, tool, by, record, proof FROM selftests
    WHERE device = :device ORDER BY at_ms DESC, id DESC LIMIT :most""")


@dataclass(frozen=True)
class Tested:
    """A self-test as it is kept."""

    claim: str
    device: str
    hw: str
    at_ms: int
    passed: bool
    board: str
    firmware: str
    tool: str
    by: str
    record: str
    proof: str


def give_keys(connection: Connection, keys: Iterable[tuple[str, bytes]]) -> None:
    """(claim, key) by which the records of new claims will be proved."""
    fleet = fleet_key(connection)
    rows = [{"claim": claim, "key": fleet.seal(f"record {claim}", key)} for claim, key in keys]
    run_each(connection, GIVE_KEY, rows)


def key_of(connection: Connection, claim: str) -> bytes | None:
    """What proves the records of this claim; None: no claim of that id has one. Raises FleetKeyWrong."""
    row = one(connection, KEY, claim=claim)
    return None if row is None else fleet_key(connection).open(f"record {claim}", row.key)


def add(connection: Connection, tested: Tested) -> bool:
    """Keep a test; False where it is kept already."""
    return run(connection, ADD, **vars(tested)) == 1


def of_device(connection: Connection, device: str, most: int) -> list[Tested]:
    """The last tests of this device, the newest first."""
    rows = (dict(row._mapping) for row in every(connection, OF_DEVICE, device=device, most=most))
    return [Tested(**{**row, "passed": bool(row["passed"])}) for row in rows]
