"""Reports that are sent by themselves, how far each has come, and what of a period has not settled yet."""

from typing import Any

from sqlalchemy import Connection

from fleet.domain.named_periods import Length, Period, read_period
from fleet.domain.report_schedules import Heard, Schedule
from fleet.store.rows import every, one, run, sql

COLUMNS = "id, unit, length, form, language, addresses, last, created_ms, said"
ADD = sql(f"""
    INSERT INTO report_schedules (unit, length, form, language, addresses, last, created_ms, said)
    VALUES (:unit, :length, :form, :language, :addresses, :last, :created_ms, '') RETURNING {COLUMNS}""")  # noqa: S608
ALL = sql(f"SELECT {COLUMNS} FROM report_schedules ORDER BY id")  # noqa: S608
REMOVE = sql(f"DELETE FROM report_schedules WHERE id = :id RETURNING {COLUMNS}")  # noqa: S608
STEP = sql("UPDATE report_schedules SET last = :last, said = :said WHERE id = :id AND last = :was")
UNLINKED = sql("""
    SELECT COUNT(*) AS n FROM windows w LEFT JOIN examinations e ON e.office = w.office AND e.day = w.day
    WHERE w.office = :office AND w.day >= :first AND w.day <= :last
        AND (w.marked > w.linked OR e.linked IS NULL OR e.linked <> w.linked)""")
WORKED = sql("""
    SELECT MAX(COALESCE(finished_ms, called_ms)) AS until_ms FROM visits WHERE office = :office AND day =
        (SELECT MAX(day) FROM visits WHERE office = :office AND day >= :first AND day <= :last)""")
HEARD = sql("""
    SELECT d.last_seen_ms, d.presence FROM assignments a JOIN devices d ON d.id = a.device
    WHERE a.office = :office AND a.to_ms IS NULL AND d.kind = 'board' AND d.revoked_ms IS NULL
        AND d.last_seen_ms IS NOT NULL""")


def add(
    connection: Connection,
    unit: str,
    length: Length,
    form: str,
    language: str,
    to: tuple[str, ...],
    last: Period,
    now_ms: int,
) -> Schedule:
    """Keep a new one."""
    row = one(
        connection,
        ADD,
        unit=unit,
        length=length.value,
        form=form,
        language=language,
        addresses=" ".join(to),
        last=str(last),
        created_ms=now_ms,
    )
    return schedule_of(row)


def schedules(connection: Connection) -> list[Schedule]:
    """All, the oldest first."""
    return [schedule_of(row) for row in every(connection, ALL)]


def remove(connection: Connection, schedule: int) -> Schedule | None:
    """It is sent no more; None if there is none."""
    row = one(connection, REMOVE, id=schedule)
    return None if row is None else schedule_of(row)


def step(connection: Connection, schedule: Schedule, period: Period, said: str) -> bool:
    """This period is done; False if somebody else did it, or the schedule is gone."""
    return run(connection, STEP, id=schedule.id, was=str(schedule.last), last=str(period), said=said) == 1


def is_linked(connection: Connection, office: str, period: Period) -> bool:
    """Whether all that came of these days is linked, and its presses examined."""
    values = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    row = one(connection, UNLINKED, office=office, **values)
    return row is None or row.n == 0


def worked_until_ms(connection: Connection, office: str, period: Period) -> int | None:
    """When the last visit of these days ended; None if there was none."""
    values = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    row = one(connection, WORKED, office=office, **values)
    return None if row is None else row.until_ms


def heard(connection: Connection, office: str) -> list[Heard]:
    """When the devices of an office were heard of."""
    return [Heard(row.last_seen_ms, row.presence == "lost") for row in every(connection, HEARD, office=office)]


def schedule_of(row: Any) -> Schedule:
    """A row as a value."""
    return Schedule(
        id=row.id,
        unit=row.unit,
        length=Length(row.length),
        form=row.form,
        language=row.language,
        to=tuple(row.addresses.split()),
        last=read_period(row.last),
        created_ms=row.created_ms,
        said=row.said,
    )
