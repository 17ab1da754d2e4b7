"""Until when an office gives numbers on single days, where a person said so; and who still waits on days."""

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

SAID = sql("SELECT day, until_ms FROM day_ends WHERE office = :office AND day >= :since ORDER BY day")
SAY = sql("""
    INSERT INTO day_ends (office, day, until_ms, said_by, said_ms) VALUES (:office, :day, :until_ms, :by, :now_ms)
    ON CONFLICT (office, day) DO UPDATE SET until_ms = excluded.until_ms, said_by = excluded.said_by,
        said_ms = excluded.said_ms""")
TAKE_BACK = sql("DELETE FROM day_ends WHERE office = :office AND day = :day")
WAITING = sql("""
    SELECT day, service, number FROM tickets
    WHERE office = :office AND day >= :first AND day <= :last AND state = 'waiting' ORDER BY day, service, number""")
COUNT = sql("""
    SELECT SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting,
        SUM(CASE WHEN state = 'parked' THEN 1 ELSE 0 END) AS parked,
        SUM(CASE WHEN state = 'closed' THEN 1 ELSE 0 END) AS ended
    FROM tickets WHERE office = :office AND day = :day""")


def said(connection: Connection, office: str, since: str) -> dict[str, int]:
    """By ISO day, from this one on, until when a person said that numbers are given."""
    return {row.day: row.until_ms for row in every(connection, SAID, office=office, since=since)}


def say(connection: Connection, office: str, day: str, until_ms: int, by: str, now_ms: int) -> None:
    """Numbers of this day are given until then, says somebody."""
    run(connection, SAY, office=office, day=day, until_ms=until_ms, by=by, now_ms=now_ms)


def take_back(connection: Connection, office: str, day: str) -> None:
    """This day ends as the calendar says."""
    run(connection, TAKE_BACK, office=office, day=day)


def waiting(connection: Connection, office: str, first: str, last: str) -> list[tuple[str, str, int]]:
    """(day, service, number) of whoever waits on these days."""
    return [tuple(row) for row in every(connection, WAITING, office=office, first=first, last=last)]


def count(connection: Connection, office: str, day: str) -> tuple[int, int, int]:
    """How many wait, are set aside, and were told that the day is over."""
    row = one(connection, COUNT, office=office, day=day)
    return row.waiting or 0, row.parked or 0, row.ended or 0
