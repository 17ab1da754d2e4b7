"""How devices were: changes of presence, starts, and the sums of their days."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.device_days import NUMBERS, Boot, DaySum, sum_of
from fleet.store.given import EachOf
from fleet.store.rows import every, one, run, run_each, sql

BECAME = sql("""
    INSERT INTO presence_changes (device, at_ms, presence) VALUES (:device, :at_ms, :presence)
    ON CONFLICT (device, at_ms) DO UPDATE SET presence = excluded.presence""")
BEGIN = sql("INSERT INTO device_folds (device, next_day) VALUES (:device, :day) ON CONFLICT DO NOTHING")
AGAIN = EachOf(
    "UPDATE device_folds SET next_day = :day WHERE device = :device AND next_day > :day",
    """UPDATE device_folds o SET next_day = given.day FROM {given}
    WHERE o.device = given.device AND o.next_day > given.day""",
    device="text",
    day="text",
)
DUE = sql("SELECT device, next_day FROM device_folds WHERE next_day < :day ORDER BY next_day, device LIMIT :most")
NEXT_DAY = sql("SELECT next_day FROM device_folds WHERE device = :device")
FOLDED = sql("UPDATE device_folds SET next_day = :day WHERE device = :device")
FIRST = sql("SELECT MIN(at_ms) AS at_ms FROM presence_changes WHERE device = :device")
PRESENCE = sql("""
    SELECT at_ms, presence FROM presence_changes WHERE device = :device AND at_ms < :to_ms
        AND at_ms >= COALESCE((SELECT MAX(at_ms) FROM presence_changes
            WHERE device = :device AND at_ms <= :from_ms), 0)""")
PRESENCE_OF_ALL = sql("""
    SELECT device, at_ms, presence FROM presence_changes WHERE at_ms >= :from_ms AND at_ms < :to_ms
    UNION ALL SELECT p.device, p.at_ms, p.presence FROM presence_changes p JOIN (
        SELECT device, MAX(at_ms) AS at_ms FROM presence_changes WHERE at_ms < :from_ms GROUP BY device) b
        ON b.device = p.device AND b.at_ms = p.at_ms""")
BOOT = "e.kind = 'boot' AND e.reason IS NULL"
BOOTS = sql(f"""
    SELECT e.body, e.happened_ms FROM events e WHERE e.device = :device AND {BOOT}
        AND e.happened_ms >= :from_ms AND e.happened_ms < :to_ms""")  # noqa: S608 (our own constant)
BOOT_BEFORE = sql(f"""
    SELECT e.body, e.happened_ms FROM events e WHERE e.device = :device AND {BOOT} AND e.happened_ms < :from_ms
    ORDER BY e.happened_ms DESC, e.epoch DESC, e.boot DESC LIMIT 1""")  # noqa: S608
BOOTS_OF_ALL = sql(f"""
    SELECT e.device, e.body, e.happened_ms FROM devices d JOIN events e ON e.device = d.id
    WHERE d.kind = 'board' AND {BOOT} AND e.happened_ms >= :from_ms AND e.happened_ms < :to_ms""")  # noqa: S608
FAULTS_OF_ALL = sql("""
    SELECT e.device, e.happened_ms FROM devices d JOIN events e ON e.device = d.id
    WHERE d.kind = 'board' AND e.kind = 'fault' AND e.reason IS NULL
        AND e.happened_ms >= :from_ms AND e.happened_ms < :to_ms""")
DROP = sql("DELETE FROM device_days WHERE device = :device AND day = :day")
COLUMNS = ", ".join(NUMBERS)
ADD = sql(f"""
    INSERT INTO device_days (device, day, firmware, board, {COLUMNS}, reasons)
    VALUES (:device, :day, :firmware, :board, {", ".join(":" + name for name in NUMBERS)}, :reasons)""")  # noqa: S608
DAYS = f"SELECT device, day, firmware, board, {COLUMNS}, reasons FROM device_days WHERE day >= :first"  # noqa: S608
SINCE = sql(f"{DAYS} ORDER BY device, day, firmware")
OF_ONE = sql(f"{DAYS} AND device = :device ORDER BY day, firmware")
BY_FIRMWARE = sql(f"""
    SELECT firmware, board, device, {", ".join(f"SUM({name}) AS {name}" for name in NUMBERS)} FROM device_days
    WHERE day >= :first GROUP BY firmware, board, device""")  # noqa: S608
OLD_DAYS = sql("""
    DELETE FROM device_days WHERE (device, day, firmware) IN
        (SELECT device, day, firmware FROM device_days WHERE day < :before ORDER BY day LIMIT :most)""")
OLD_CHANGES = sql("""
    DELETE FROM presence_changes WHERE (device, at_ms) IN (SELECT p.device, p.at_ms FROM presence_changes p
        WHERE p.at_ms < :before_ms AND EXISTS (SELECT 1 FROM presence_changes n
            WHERE n.device = p.device AND n.at_ms > p.at_ms AND n.at_ms < :before_ms) LIMIT :most)""")


@dataclass(frozen=True)
class DayRow:
    """A device's day under one firmware."""

    device: str
    day: str
    firmware: str
    board: str
    sums: DaySum


def became(connection: Connection, device: str, presence: str, day: str, now_ms: int) -> None:
    """A device is this from now on; its first day that is to be added up is this one, if none was before."""
    run(connection, BECAME, device=device, at_ms=now_ms, presence=presence)
    run(connection, BEGIN, device=device, day=day)


def again(connection: Connection, days: Mapping[str, str]) -> None:
    """Something of this day (by device) became known late, or moved: add up again what was added up from it on."""
    AGAIN.run(connection, sorted(days.items()))


def due(connection: Connection, day: str, most: int) -> list[tuple[str, str]]:
    """(device, its next day) of some devices of which days before this one are not added up."""
    return [(row.device, row.next_day) for row in every(connection, DUE, day=day, most=most)]


def next_day(connection: Connection, device: str) -> str | None:
    """The first day of a device that is not added up."""
    row = one(connection, NEXT_DAY, device=device)
    return None if row is None else str(row.next_day)


def folded(connection: Connection, device: str, day: str) -> None:
    """All days before this one are added up."""
    run(connection, FOLDED, device=device, day=day)


def first_known_ms(connection: Connection, device: str) -> int | None:
    """When anything was known of it first."""
    row = one(connection, FIRST, device=device)
    return None if row is None else row.at_ms


def presence(connection: Connection, device: str, from_ms: int, to_ms: int) -> list[tuple[int, str]]:
    """What a device became in this time, and what it was when it began."""
    return [tuple(row) for row in every(connection, PRESENCE, device=device, from_ms=from_ms, to_ms=to_ms)]


def presence_of_all(connection: Connection, from_ms: int, to_ms: int) -> dict[str, list[tuple[int, str]]]:
    """The same, of every device."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in every(connection, PRESENCE_OF_ALL, from_ms=from_ms, to_ms=to_ms):
        found.setdefault(row.device, []).append((row.at_ms, row.presence))
    return found


def boots(connection: Connection, device: str, from_ms: int, to_ms: int) -> list[Boot]:
    """How a device started in this time, and the last time before it."""
    before = every(connection, BOOT_BEFORE, device=device, from_ms=from_ms)
    return [as_boot(row) for row in (*before, *every(connection, BOOTS, device=device, from_ms=from_ms, to_ms=to_ms))]


def boots_of_all(connection: Connection, from_ms: int, to_ms: int) -> dict[str, list[Boot]]:
    """How every board started in this time."""
    found: dict[str, list[Boot]] = {}
    for row in every(connection, BOOTS_OF_ALL, from_ms=from_ms, to_ms=to_ms):
        found.setdefault(row.device, []).append(as_boot(row))
    return found


def faults_of_all(connection: Connection, from_ms: int, to_ms: int) -> dict[str, list[int]]:
    """When every board told of a fault in this time."""
    found: dict[str, list[int]] = {}
    for row in every(connection, FAULTS_OF_ALL, from_ms=from_ms, to_ms=to_ms):
        found.setdefault(row.device, []).append(row.happened_ms)
    return found


def save(connection: Connection, device: str, day: str, board: str, sums: Mapping[str, DaySum]) -> None:
    """This is a device's day."""
    run(connection, DROP, device=device, day=day)
    rows = [
        {"device": device, "day": day, "firmware": firmware, "board": board, "reasons": json.dumps(its.reasons)}
        | {name: getattr(its, name) for name in NUMBERS}
        for firmware, its in sums.items()
    ]
    run_each(connection, ADD, rows)


def since(connection: Connection, first: str) -> list[DayRow]:
    """The days of all devices from this one on."""
    return [as_day(row) for row in every(connection, SINCE, first=first)]


def days_of(connection: Connection, device: str, first: str) -> list[DayRow]:
    """The days of one device from this one on."""
    return [as_day(row) for row in every(connection, OF_ONE, device=device, first=first)]


def by_firmware(connection: Connection, first: str) -> Iterable[tuple[str, str, str, DaySum]]:
    """(firmware, board, device, what it did with it) from this day on, without reasons."""
    for row in every(connection, BY_FIRMWARE, first=first):
        yield row.firmware, row.board, row.device, sum_of(int(getattr(row, name)) for name in NUMBERS)


def delete_days(connection: Connection, before: str, most: int) -> int:
    """Delete some of the days before this one."""
    return run(connection, OLD_DAYS, before=before, most=most)


def delete_changes(connection: Connection, before_ms: int, most: int) -> int:
    """Delete some changes of presence from before then; the last of each device stays: it says what it was since."""
    return run(connection, OLD_CHANGES, before_ms=before_ms, most=most)


def as_boot(row: Any) -> Boot:
    body = json.loads(row.body)
    return Boot(row.happened_ms, str(body["reason"]), str(body.get("firmware", "")))


def as_day(row: Any) -> DayRow:
    numbers = (int(getattr(row, name)) for name in NUMBERS)
    reasons = tuple((str(reason), int(n)) for reason, n in json.loads(row.reasons))
    return DayRow(row.device, row.day, row.firmware, row.board, sum_of(numbers, reasons))
