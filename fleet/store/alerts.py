"""Alerts, and the watch that is kept over each office."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.alerts import Alert, Cause
from fleet.store import news
from fleet.store.rows import every, one, run, run_each, sql

COLUMNS = """id, office, day, cause, subject, opened_ms, figures, low_since_ms, acknowledged_ms, acknowledged_by,
    closed_ms, told_ms, times_told, told_acknowledged, told_closed"""
WATCH = sql("SELECT office, limits, version, looked_ms FROM alert_watches WHERE office = :office")
BEGIN = sql("""
    INSERT INTO alert_watches (office, limits, version, looked_ms, due_ms, linked) VALUES (:office, '{}', 0, 0, 0, 0)
    ON CONFLICT (office) DO NOTHING""")
SET_LIMITS = sql("UPDATE alert_watches SET limits = :limits, version = version + 1, due_ms = 0 WHERE office = :office")
CHANGED = sql("UPDATE alert_watches SET version = version + 1, due_ms = 0 WHERE office = :office")
VERSIONS = sql("SELECT office, version FROM alert_watches")
LATEST_MS = 600_000
# Nobody says that a look is due so late: a clock that was ahead did.
# Due is what nobody ever looked at, what time changes, and what something was linked of since, though not at once.
DUE = sql("""
    SELECT o.id AS office, COALESCE(w.linked, 0) AS linked FROM offices o
        LEFT JOIN windows w ON w.office = o.id AND w.day = :day
        LEFT JOIN alert_watches a ON a.office = o.id
    WHERE o.timezone = :timezone AND (a.office IS NULL OR NOT a.due_ms BETWEEN :now_ms + 1 AND :now_ms + :latest_ms
        OR (a.linked <> COALESCE(w.linked, 0) AND a.looked_ms <= :now_ms - :pause_ms))
    ORDER BY a.looked_ms, o.id""")
LOOKED = sql("""
    UPDATE alert_watches SET version = version + :changed, looked_ms = :now_ms, due_ms = :due_ms, linked = :linked
    WHERE office = :office AND version = :version AND looked_ms = :looked_ms""")

UNSETTLED = sql(f"SELECT {COLUMNS} FROM alerts WHERE office = :office AND NOT settled ORDER BY opened_ms, id")  # noqa: S608
ONE = sql(f"SELECT {COLUMNS} FROM alerts WHERE office = :office AND id = :id")  # noqa: S608
SOME = f"SELECT {COLUMNS} FROM alerts WHERE office = :office"  # noqa: S608
OPEN = sql(f"{SOME} AND NOT settled AND closed_ms IS NULL ORDER BY opened_ms, id")
PAGE = sql(f"{SOME} AND id < :before AND day >= :since ORDER BY id DESC LIMIT :most")
ABOUT = sql(f"""
    SELECT {COLUMNS} FROM alerts WHERE cause = 'printer' AND subject = :device
    ORDER BY opened_ms DESC, id DESC LIMIT :most""")  # noqa: S608 (our own constant)
COUNT_OPEN = sql("""
    SELECT cause, COUNT(*) AS n, SUM(CASE WHEN acknowledged_ms IS NULL THEN 1 ELSE 0 END) AS fresh
    FROM alerts WHERE NOT settled AND closed_ms IS NULL GROUP BY cause""")
ADD = sql("""
    INSERT INTO alerts (office, day, cause, subject, opened_ms, figures, acknowledged_by, times_told,
        told_acknowledged, told_closed, settled)
    VALUES (:office, :day, :cause, :subject, :opened_ms, :figures, '', 0, :no, :no, :no) RETURNING id""")
# Who acknowledged it is not written here: a person may do so meanwhile.
SAVE = sql("""
    UPDATE alerts SET figures = :figures, low_since_ms = :low_since_ms, closed_ms = :closed_ms, told_ms = :told_ms,
        times_told = :times_told, told_acknowledged = :told_acknowledged, told_closed = :told_closed,
        settled = :settled
    WHERE id = :id""")
ACKNOWLEDGE = sql("""
    UPDATE alerts SET acknowledged_ms = :now_ms, acknowledged_by = :person
    WHERE office = :office AND id = :id AND closed_ms IS NULL AND acknowledged_ms IS NULL""")
NEVER_BEFORE = 1 << 62


@dataclass(frozen=True)
class Watch:
    """The watch over an office: its limits as JSON, and the mark by which a look knows that nobody wrote meanwhile."""

    office: str
    limits: str
    version: int
    looked_ms: int


@dataclass(frozen=True)
class AlertOfDay:
    """An alert, and the day on which it opened at its office."""

    office: str
    day: str
    alert: Alert


def watch(connection: Connection, office: str) -> Watch | None:
    """The watch over an office; None before it was ever looked at."""
    row = one(connection, WATCH, office=office)
    return None if row is None else Watch(*row)


def begin(connection: Connection, office: str) -> None:
    """The office is watched from now on."""
    run(connection, BEGIN, office=office)


def set_limits(connection: Connection, office: str, limits: str) -> None:
    """The office is alerted by these limits from now on."""
    begin(connection, office)
    run(connection, SET_LIMITS, office=office, limits=limits)
    news.tell(connection, office)


def changed(connection: Connection, office: str) -> None:
    """A person did something: whoever is looking looks again. Before the alerts themselves, as in every transaction."""
    begin(connection, office)
    run(connection, CHANGED, office=office)
    news.tell(connection, office)


def versions(connection: Connection) -> dict[str, int]:
    """By office a number that rises with every change that a person sees."""
    return {row.office: row.version for row in every(connection, VERSIONS)}


def due(connection: Connection, day: str, timezone: str, now_ms: int, pause_ms: int) -> list[tuple[str, int]]:
    """The (office, what is linked of this day) of this time zone that are to be looked at."""
    values = {"now_ms": now_ms, "pause_ms": pause_ms, "latest_ms": LATEST_MS}
    return [(row.office, row.linked) for row in every(connection, DUE, day=day, timezone=timezone, **values)]


def looked(connection: Connection, before: Watch, changed: bool, now_ms: int, due_ms: int, linked: int) -> bool:
    """The office was looked at; False if anybody has written since `before` was read."""
    values = {"office": before.office, "version": before.version, "looked_ms": before.looked_ms}
    values |= {"changed": int(changed), "now_ms": now_ms, "due_ms": due_ms, "linked": linked}
    is_ours = run(connection, LOOKED, **values) == 1
    if is_ours and changed:
        news.tell(connection, before.office)
    return is_ours


def unsettled(connection: Connection, office: str) -> list[Alert]:
    """The alerts of an office with which there is something left to do."""
    return [alert_in(row) for row in every(connection, UNSETTLED, office=office)]


def open_now(connection: Connection, office: str) -> list[AlertOfDay]:
    """The alerts of an office that are open, the oldest first."""
    return [of_day(row) for row in every(connection, OPEN, office=office)]


def page(connection: Connection, office: str, since: str, before: int | None, most: int) -> list[AlertOfDay]:
    """The last alerts that opened on this day or later, before this one, the newest first."""
    values = {"since": since, "before": NEVER_BEFORE if before is None else before, "most": most}
    return [of_day(row) for row in every(connection, PAGE, office=office, **values)]


def about_device(connection: Connection, device: str, most: int) -> list[AlertOfDay]:
    """The last alerts about this device, wherever it stood, the newest first."""
    return [of_day(row) for row in every(connection, ABOUT, device=device, most=most)]


def one_alert(connection: Connection, office: str, alert: int) -> AlertOfDay | None:
    """One alert of an office."""
    row = one(connection, ONE, office=office, id=alert)
    return None if row is None else of_day(row)


def count_open(connection: Connection) -> dict[str, tuple[int, int]]:
    """By cause, how many alerts are open, and how many of these nobody has acknowledged."""
    return {row.cause: (row.n, int(row.fresh)) for row in every(connection, COUNT_OPEN)}


def add(connection: Connection, office: str, day: str, alert: Alert) -> int:
    """Keep a new alert; its id."""
    values = {"cause": alert.cause.value, "subject": alert.subject, "opened_ms": alert.opened_ms}
    row = one(connection, ADD, office=office, day=day, figures=as_text(alert), no=False, **values)
    assert row is not None  # noqa: S101
    return int(row.id)


def save(connection: Connection, alerts: Iterable[Alert]) -> None:
    """What became of these alerts."""
    run_each(
        connection,
        SAVE,
        [
            {
                "id": one.id,
                "figures": as_text(one),
                "low_since_ms": one.low_since_ms,
                "closed_ms": one.closed_ms,
                "told_ms": one.told_ms,
                "times_told": one.times_told,
                "told_acknowledged": one.told_acknowledged,
                "told_closed": one.told_closed,
                "settled": one.is_settled,
            }
            for one in alerts
        ],
    )


def acknowledge(connection: Connection, office: str, alert: int, person: str, now_ms: int) -> bool:
    """Somebody has seen to it; False if it is closed, somebody has before, or there is none."""
    return run(connection, ACKNOWLEDGE, office=office, id=alert, person=person, now_ms=now_ms) == 1


def as_text(alert: Alert) -> str:
    """The figures as they are kept."""
    return json.dumps(dict(alert.figures), separators=(",", ":"), sort_keys=True)


def of_day(row: Any) -> AlertOfDay:
    """A row with its office and day."""
    return AlertOfDay(row.office, row.day, alert_in(row))


def alert_in(row: Any) -> Alert:
    """A row as a value."""
    return Alert(
        cause=Cause(row.cause),
        subject=row.subject,
        opened_ms=row.opened_ms,
        figures=json.loads(row.figures),
        low_since_ms=row.low_since_ms,
        acknowledged_ms=row.acknowledged_ms,
        acknowledged_by=row.acknowledged_by,
        closed_ms=row.closed_ms,
        told_ms=row.told_ms,
        times_told=row.times_told,
        told_acknowledged=bool(row.told_acknowledged),
        told_closed=bool(row.told_closed),
        id=row.id,
    )
