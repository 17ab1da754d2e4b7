"""Rollouts, and what was done to them. Their devices: `rollout_devices.py`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.store import news, rows
from fleet.store.rows import every, one, run, sql

COLUMNS = """id, kind, subject, version, plan, state, wave, wave_ms, since_ms, made_by, made_as, made_ms, approved_by,
    approved_as, ended_ms, why"""
ADD = sql(f"""
    INSERT INTO rollouts ({COLUMNS}, changes) VALUES (:id, :kind, :subject, :version, :plan, :state, :wave, :wave_ms,
        :since_ms, :made_by, :made_as, :made_ms, :approved_by, :approved_as, :ended_ms, :why, 0)""")  # noqa: S608
GET = sql(f"SELECT {COLUMNS} FROM rollouts WHERE id = :id")  # noqa: S608 (our own constant)
UNDER_WAY = "state IN ('running', 'paused', 'stopped')"
OPEN = f"(state = 'awaiting' OR {UNDER_WAY})"
ALL_OPEN = sql(f"SELECT {COLUMNS} FROM rollouts WHERE {UNDER_WAY} ORDER BY id")  # noqa: S608
HOLD = sql(f"SELECT id FROM rollouts WHERE {OPEN} ORDER BY id")  # noqa: S608
OPEN_OF = sql(f"SELECT {COLUMNS} FROM rollouts WHERE kind = :kind AND subject = :subject AND {OPEN}")  # noqa: S608
COUNTS = sql(f"SELECT kind, state, COUNT(*) AS n FROM rollouts WHERE {OPEN} GROUP BY kind, state")  # noqa: S608
LAST = sql(f"SELECT {COLUMNS} FROM rollouts ORDER BY made_ms DESC, id LIMIT :most")  # noqa: S608
OF_KIND = sql(f"SELECT {COLUMNS} FROM rollouts WHERE kind = :kind ORDER BY made_ms, id")  # noqa: S608
SAVE = sql("""
    UPDATE rollouts SET state = :state, wave = :wave, wave_ms = :wave_ms, since_ms = :since_ms,
        approved_by = :approved_by, approved_as = :approved_as, ended_ms = :ended_ms, why = :why, changes = changes + 1
    WHERE id = :id""")
TOUCH = sql("UPDATE rollouts SET changes = changes + 1 WHERE id = :id")
VERSION = sql("SELECT COUNT(*) + COALESCE(SUM(changes), 0) AS n FROM rollouts")
ADD_STEP = sql("""
    INSERT INTO rollout_steps (rollout, n, at_ms, "by", what, about)
    SELECT :rollout, COUNT(*) + 1, :at_ms, :by, :what, :about FROM rollout_steps WHERE rollout = :rollout""")
STEPS = sql("""
    SELECT at_ms, "by", what, about FROM rollout_steps WHERE rollout = :rollout ORDER BY n DESC LIMIT :most""")


@dataclass(frozen=True)
class RolloutRow:
    """A rollout as it is kept; `plan` and `why` are JSON."""

    id: str
    kind: str
    subject: str
    version: int
    plan: str
    state: str
    wave: int
    wave_ms: int
    since_ms: int
    made_by: str
    made_as: str
    made_ms: int
    approved_by: str = ""
    approved_as: str = ""
    ended_ms: int | None = None
    why: str = "{}"


@dataclass(frozen=True)
class StepRow:
    """Something that was done to a rollout, by whom; nobody: by itself."""

    at_ms: int
    by: str
    what: str
    about: dict[str, Any]


def add(connection: Connection, row: RolloutRow) -> None:
    """Keep a new rollout."""
    run(connection, ADD, **vars(row))
    news.tell(connection, news.DEVICES)


def rollout(connection: Connection, rollout_id: str) -> RolloutRow | None:
    """One rollout."""
    row = one(connection, GET, id=rollout_id)
    return None if row is None else RolloutRow(*row)


def under_way(connection: Connection) -> list[RolloutRow]:
    """Those that have begun and are not over, by id."""
    return [RolloutRow(*row) for row in every(connection, ALL_OPEN)]


def count_open(connection: Connection) -> dict[tuple[str, str], int]:
    """How many are not over, by kind and state."""
    return {(row.kind, row.state): int(row.n) for row in every(connection, COUNTS)}


def hold(connection: Connection) -> None:
    """Nobody else decides about any rollout that is not over until the transaction ends: they mind each other."""
    rows.hold(connection, HOLD)


def open_of(connection: Connection, kind: str, subject: str) -> RolloutRow | None:
    """The rollout of this subject that is not over."""
    row = one(connection, OPEN_OF, kind=kind, subject=subject)
    return None if row is None else RolloutRow(*row)


def last(connection: Connection, most: int) -> list[RolloutRow]:
    """The last rollouts, the newest first."""
    return [RolloutRow(*row) for row in every(connection, LAST, most=most)]


def of_kind(connection: Connection, kind: str) -> list[RolloutRow]:
    """All rollouts of this kind, the last at the end."""
    return [RolloutRow(*row) for row in every(connection, OF_KIND, kind=kind)]


def save(connection: Connection, row: RolloutRow) -> None:
    """How it goes by now. The rollout is held."""
    run(connection, SAVE, **vars(row))
    news.tell(connection, news.DEVICES)


def touch(connection: Connection, rollout_id: str) -> None:
    """Something of it is otherwise for whoever looks on."""
    run(connection, TOUCH, id=rollout_id)
    news.tell(connection, news.DEVICES)


def version(connection: Connection) -> int:
    """A number that is another whenever any rollout has changed."""
    row = one(connection, VERSION)
    return 0 if row is None else int(row.n)


def note(connection: Connection, rollout_id: str, what: str, by: str, about: Mapping[str, Any], now_ms: int) -> None:
    """This was done. The rollout is held, so that each step has its number."""
    said = json.dumps(dict(about), sort_keys=True, ensure_ascii=False)
    run(connection, ADD_STEP, rollout=rollout_id, at_ms=now_ms, by=by, what=what, about=said)


def steps(connection: Connection, rollout_id: str, most: int) -> list[StepRow]:
    """What was done, the last first."""
    found = every(connection, STEPS, rollout=rollout_id, most=most)
    return [StepRow(row.at_ms, row.by, row.what, json.loads(row.about)) for row in found]
