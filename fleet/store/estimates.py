"""What people are told of their waits, what was promised, and what past days teach."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, run_each, sql

WAITING = sql("""
    SELECT service, number, taken_ms, since_ms, due_ms, priority, senior, waiting_for FROM tickets
    WHERE office = :office AND day = :day AND state = 'waiting' ORDER BY since_ms, event""")
CAME = sql("SELECT COUNT(*) AS n FROM tickets WHERE office = :office AND day = :day")
LAST_WAITS = sql("""
    SELECT v.wait_ms FROM visits v JOIN tickets t ON t.office = v.office AND t.day = v.day AND t.service = v.service
        AND t.number = v.number
    WHERE v.office = :office AND v.day = :day AND v.wait_ms IS NOT NULL AND t.priority = '' AND t.due_ms IS NULL
    ORDER BY v.called_ms DESC, v.id DESC LIMIT :most""")
LAST_CALLS = sql("""
    SELECT counter, MAX(called_ms) AS called_ms FROM visits WHERE office = :office AND day = :day GROUP BY counter""")
TRANSFERS = sql("""
    SELECT service, number, to_service FROM visits
    WHERE office = :office AND day = :day AND to_service IS NOT NULL ORDER BY called_ms""")

NOW = sql("SELECT day, version, made_ms, due_ms, body FROM estimates WHERE office = :office")
LATEST_MS = 600_000
# Nobody takes one, or says that it is due, for so long: what is later was said by a clock that was ahead.
# Due is what nobody ever estimated, where something was linked since, where a while has passed, or a day has begun.
DUE = sql("""
    SELECT o.id AS office, COALESCE(w.linked, 0) AS version FROM offices o
        LEFT JOIN windows w ON w.office = o.id AND w.day = :day
        LEFT JOIN estimates e ON e.office = o.id
    WHERE o.timezone = :timezone AND (e.office IS NULL OR (NOT e.taken_until_ms BETWEEN :now_ms AND :latest_ms
        AND (e.version <> COALESCE(w.linked, 0) OR e.day <> :day OR e.due_ms <= :now_ms OR e.due_ms > :latest_ms)))
    ORDER BY e.made_ms, o.id""")
ADD = sql("""
    INSERT INTO estimates (office, day, version, made_ms, due_ms, taken_until_ms, body)
    VALUES (:office, '', 0, 0, 0, 0, '{}') ON CONFLICT (office) DO NOTHING""")
TAKE = sql("""
    UPDATE estimates SET taken_until_ms = :until_ms
    WHERE office = :office AND NOT taken_until_ms BETWEEN :now_ms AND :latest_ms
        AND (version <> :version OR day <> :day OR due_ms <= :now_ms OR due_ms > :latest_ms)""")
SAVE = sql("""
    UPDATE estimates SET day = :day, version = :version, made_ms = :made_ms, due_ms = :due_ms, body = :body,
        taken_until_ms = 0
    WHERE office = :office AND taken_until_ms = :until_ms""")

PROMISED = sql("SELECT service, number FROM promises WHERE office = :office AND day = :day")
PROMISE = sql("""
    INSERT INTO promises (office, day, service, number, told_ms, ahead, played_low_s, played_middle_s, played_high_s,
        low_s, middle_s, high_s, rivals)
    VALUES (:office, :day, :service, :number, :told_ms, :ahead, :played_low_s, :played_middle_s, :played_high_s,
        :low_s, :middle_s, :high_s, :rivals)
    ON CONFLICT (office, day, service, number) DO NOTHING""")
# How long somebody waited at first: until the call that came first, from when waiting counts.
CAME_TRUE = sql("""
    SELECT p.day, p.service, p.number, p.told_ms, p.ahead, p.played_low_s, p.played_middle_s, p.played_high_s,
        p.low_s, p.middle_s, p.high_s, p.rivals, t.priority, t.senior, t.due_ms,
        (SELECT v.wait_ms FROM visits v WHERE v.office = p.office AND v.day = p.day AND v.service = p.service
            AND v.number = p.number AND v.wait_ms IS NOT NULL ORDER BY +v.called_ms, v.id LIMIT 1) AS wait_ms
    FROM promises p JOIN tickets t ON t.office = p.office AND t.day = p.day AND t.service = p.service
        AND t.number = p.number
    WHERE p.office = :office AND p.day >= :first AND p.day <= :last ORDER BY p.day, p.told_ms, p.service, p.number""")

TO_TEACH = sql("""
    SELECT w.office, w.day, w.linked FROM windows w
        LEFT JOIN estimate_days e ON e.office = w.office AND e.day = w.day
    WHERE w.linked > 0 AND w.linked = w.marked AND (e.linked IS NULL OR e.linked <> w.linked OR e.rules <> :rules)
    ORDER BY w.day DESC, w.office LIMIT :most""")
TAUGHT = sql("""
    INSERT INTO estimate_days (office, day, linked, rules, taught, score)
    VALUES (:office, :day, :linked, :rules, :taught, :score)
    ON CONFLICT (office, day) DO UPDATE SET linked = excluded.linked, rules = excluded.rules, taught = excluded.taught,
        score = excluded.score""")
LESSONS = sql("""
    SELECT day, taught FROM estimate_days WHERE office = :office AND day < :day ORDER BY day DESC LIMIT :most""")
LAST_LESSON = sql("""
    SELECT MAX(day) AS day, COUNT(*) AS n, SUM(linked) AS linked FROM estimate_days WHERE office = :office""")
SCORES = sql("""
    SELECT day, score FROM estimate_days WHERE office = :office AND day >= :first AND day <= :last ORDER BY day""")


LINKED_DAYS = sql("""
    SELECT DISTINCT day FROM visits WHERE office = :office AND wait_ms IS NOT NULL ORDER BY day DESC LIMIT :most""")


@dataclass(frozen=True)
class WaitingTicket:
    """Somebody who waits."""

    service: str
    number: int
    taken_ms: int
    since_ms: int
    due_ms: int | None
    priority: str
    senior: bool
    waiting_for: str


@dataclass(frozen=True)
class EstimateRow:
    """What an office tells; `version` is what was linked then. At `due_ms` it is made anew anyway."""

    day: str
    version: int
    made_ms: int
    due_ms: int
    body: dict[str, Any]


@dataclass(frozen=True)
class PromiseRow:
    """What somebody was told when they took a number, in seconds; as it was played, and as it was told."""

    service: str
    number: int
    told_ms: int
    ahead: int
    played_s: tuple[int, int, int]
    told_s: tuple[int, int, int]
    rivals: dict[str, float]


@dataclass(frozen=True)
class CameTrue:
    """A promise and its ticket. `wait_ms`: how long they waited until they were first called; None: they were not."""

    day: str
    promise: PromiseRow
    priority: str
    senior: bool
    due_ms: int | None
    wait_ms: int | None


def waiting(connection: Connection, office: str, day: str) -> list[WaitingTicket]:
    """Who waits, in the order in which they began to."""
    rows = every(connection, WAITING, office=office, day=day)
    return [WaitingTicket(**{**row._mapping, "senior": bool(row.senior)}) for row in rows]


def came(connection: Connection, office: str, day: str) -> int:
    """How many have taken a number."""
    return int(one(connection, CAME, office=office, day=day).n)


def last_waits_ms(connection: Connection, office: str, day: str, most: int) -> list[int]:
    """The last waits of people without priority, the newest last."""
    return [row.wait_ms for row in reversed(every(connection, LAST_WAITS, office=office, day=day, most=most))]


def last_calls_ms(connection: Connection, office: str, day: str) -> dict[str, int]:
    """By counter, when its last visit began."""
    return {row.counter: row.called_ms for row in every(connection, LAST_CALLS, office=office, day=day)}


def transfers(connection: Connection, office: str, day: str) -> dict[tuple[str | None, int | None], str]:
    """The service that a number was last sent on to."""
    rows = every(connection, TRANSFERS, office=office, day=day)
    return {(row.service, row.number): row.to_service for row in rows}


def now(connection: Connection, office: str) -> EstimateRow | None:
    """What an office tells; None before it ever told anything."""
    row = one(connection, NOW, office=office)
    return None if row is None else EstimateRow(row.day, row.version, row.made_ms, row.due_ms, json.loads(row.body))


def due(connection: Connection, day: str, timezone: str, now_ms: int) -> list[tuple[str, int]]:
    """The (office, what is linked of this day) of this time zone that are to be estimated, the oldest first."""
    rows = every(connection, DUE, day=day, timezone=timezone, now_ms=now_ms, latest_ms=now_ms + LATEST_MS)
    return [(row.office, row.version) for row in rows]


def take(connection: Connection, office: str, day: str, version: int, now_ms: int, until_ms: int) -> bool:
    """Take the office's estimates for oneself until then; False if they are not due any more, or another has them."""
    run(connection, ADD, office=office)
    values = {"day": day, "version": version, "now_ms": now_ms, "until_ms": until_ms, "latest_ms": now_ms + LATEST_MS}
    return run(connection, TAKE, office=office, **values) == 1


def save(connection: Connection, office: str, row: EstimateRow, until_ms: int) -> bool:
    """The office tells this now; False if it took so long that another has taken it."""
    body = json.dumps(row.body, separators=(",", ":"))
    values = {"day": row.day, "version": row.version, "made_ms": row.made_ms, "due_ms": row.due_ms, "body": body}
    return run(connection, SAVE, office=office, until_ms=until_ms, **values) == 1


def promised(connection: Connection, office: str, day: str) -> set[tuple[str, int]]:
    """The numbers of a day whose promise is kept."""
    return {(row.service, row.number) for row in every(connection, PROMISED, office=office, day=day)}


def promise(connection: Connection, office: str, day: str, rows: Iterable[PromiseRow]) -> None:
    """Keep what people were told; who was told something keeps that."""
    names = ("low_s", "middle_s", "high_s")
    run_each(
        connection,
        PROMISE,
        [
            {
                "office": office,
                "day": day,
                "service": row.service,
                "number": row.number,
                "told_ms": row.told_ms,
                "ahead": row.ahead,
                **dict(zip(names, row.told_s, strict=True)),
                **{f"played_{name}": value for name, value in zip(names, row.played_s, strict=True)},
                "rivals": json.dumps(row.rivals, separators=(",", ":")),
            }
            for row in rows
        ],
    )


def came_true(connection: Connection, office: str, first: str, last: str) -> list[CameTrue]:
    """The promises of these days and what came of them, in their order."""
    return [
        CameTrue(
            row.day,
            PromiseRow(
                row.service,
                row.number,
                row.told_ms,
                row.ahead,
                (row.played_low_s, row.played_middle_s, row.played_high_s),
                (row.low_s, row.middle_s, row.high_s),
                json.loads(row.rivals),
            ),
            row.priority,
            bool(row.senior),
            row.due_ms,
            row.wait_ms,
        )
        for row in every(connection, CAME_TRUE, office=office, first=first, last=last)
    ]


def to_teach(connection: Connection, rules: int, most: int) -> list[tuple[str, str, int]]:
    """(office, day, linked) of days that were linked since they taught something, the newest first."""
    return [tuple(row) for row in every(connection, TO_TEACH, rules=rules, most=most)]


def teach(
    connection: Connection,
    office: str,
    day: str,
    linked: int,
    rules: int,
    taught: dict[str, Any],
    score: dict[str, Any],
) -> None:
    """Keep what a day teaches, as it was linked then, and how its promises came true."""
    bodies = {name: json.dumps(body, separators=(",", ":")) for name, body in (("taught", taught), ("score", score))}
    run(connection, TAUGHT, office=office, day=day, linked=linked, rules=rules, **bodies)


def lessons(connection: Connection, office: str, day: str, most: int) -> list[tuple[str, dict[str, Any]]]:
    """What the last days before this one teach, the newest first."""
    rows = every(connection, LESSONS, office=office, day=day, most=most)
    return [(row.day, json.loads(row.taught)) for row in rows]


def lessons_mark(connection: Connection, office: str) -> tuple[str | None, int, int]:
    """Changes whenever a day of this office teaches something new."""
    row = one(connection, LAST_LESSON, office=office)
    return row.day, int(row.n), int(row.linked or 0)


def scores(connection: Connection, office: str, first: str, last: str) -> Sequence[tuple[str, dict[str, Any]]]:
    """How the promises of each of these days came true."""
    rows = every(connection, SCORES, office=office, first=first, last=last)
    return [(row.day, json.loads(row.score)) for row in rows]


def linked_days(connection: Connection, office: str, most: int) -> list[str]:
    """The last days on which somebody was called, the oldest first."""
    return [row.day for row in reversed(every(connection, LINKED_DAYS, office=office, most=most))]
