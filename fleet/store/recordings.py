"""What a recording of a day is made of: events as they came, where devices stood, when boots began, who was called."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.recording import Given
from fleet.store.rows import every, one, run_each, sql

OF_DAY = "e.happened_ms >= :start_ms AND e.happened_ms < :end_ms AND e.reason IS NULL"
EVENTS = sql(f"""
    SELECT e.received_ms, e.device, e.epoch, e.boot, e.seq, e.body, 0 AS of_server, NULL AS counter
    FROM assignments a JOIN events e ON e.device = a.device
        AND e.happened_ms >= a.from_ms AND (a.to_ms IS NULL OR e.happened_ms < a.to_ms)
    WHERE a.office = :office AND {OF_DAY}
    UNION ALL SELECT e.received_ms, e.device, e.epoch, e.boot, e.seq, e.body, 1, e.counter FROM events e
    WHERE e.office = :office AND {OF_DAY}""")  # noqa: S608 (our own words)
STANDS = sql("""
    SELECT a.device, d.roles, a.counter, a.from_ms, a.to_ms FROM assignments a JOIN devices d ON d.id = a.device
    WHERE a.office = :office AND a.from_ms < :end_ms AND (a.to_ms IS NULL OR a.to_ms > :start_ms)
    ORDER BY a.from_ms, a.device""")
BOOT = sql("""
    SELECT device, epoch, boot, offset_ms, anchor_sure FROM boots
    WHERE device = :device AND epoch = :epoch AND boot = :boot AND offset_ms IS NOT NULL""")
TURN_FIELDS = "assigned_ms, counter, device, service, number, round, want, priority, since_ms"
TURNS = sql(f"""
    SELECT {TURN_FIELDS} FROM turns WHERE office = :office AND day = :day
    ORDER BY assigned_ms, counter, service, number""")  # noqa: S608 (our own words)
ADD_TURN = sql(f"""
    INSERT INTO turns (office, day, {TURN_FIELDS}) VALUES (:office, :day, :assigned_ms, :counter, :device, :service,
        :number, :round, :want, :priority, :since_ms)
    ON CONFLICT (office, day, service, number, round) DO NOTHING""")  # noqa: S608
SECRETS = ("holder", "badge_hash")


@dataclass(frozen=True)
class RecordedEvent:
    """An event as it came, without hashes of anybody."""

    ms: int
    device: str
    epoch: int
    boot: int
    event: dict[str, Any]
    of_server: bool
    counter: str | None


def events(connection: Connection, office: str, start_ms: int, end_ms: int) -> list[RecordedEvent]:
    """The readable events of an office in this time, in the order in which they came."""
    rows = every(connection, EVENTS, office=office, start_ms=start_ms, end_ms=end_ms)
    ordered = sorted(rows, key=lambda row: (row.received_ms, row.device, row.epoch, row.boot, row.seq))
    return [
        RecordedEvent(
            row.received_ms, row.device, row.epoch, row.boot, public(row.body), bool(row.of_server), row.counter
        )
        for row in ordered
    ]


def public(body: str) -> dict[str, Any]:
    """An event without what stands for a person."""
    return {name: value for name, value in json.loads(body).items() if name not in SECRETS}


def stands(
    connection: Connection, office: str, start_ms: int, end_ms: int
) -> list[tuple[str, tuple[str, ...], str | None, int, int | None]]:
    """Where the devices of an office stood in this time: (device, roles, counter, from, to)."""
    rows = every(connection, STANDS, office=office, start_ms=start_ms, end_ms=end_ms)
    return [(row.device, tuple(row.roles.split()), row.counter, row.from_ms, row.to_ms) for row in rows]


def boots(connection: Connection, lives: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int, int, bool]]:
    """When these boots began, where it is known: (device, epoch, boot, moment, whether it is sure)."""
    found = (one(connection, BOOT, device=device, epoch=epoch, boot=boot) for device, epoch, boot in lives)
    return [(r.device, r.epoch, r.boot, r.offset_ms, bool(r.anchor_sure)) for r in found if r is not None]


def turns(connection: Connection, office: str, day: str) -> list[Given]:
    """The turns that counters of an office were given on a day, in their order."""
    rows = every(connection, TURNS, office=office, day=day)
    return [Given(**{**row._mapping, "priority": bool(row.priority)}) for row in rows]


def add_turns(connection: Connection, office: str, day: str, given: Sequence[Given]) -> None:
    """These turns were given; one that is there stays as it is."""
    run_each(connection, ADD_TURN, [{"office": office, "day": day, **vars(one)} for one in given])
