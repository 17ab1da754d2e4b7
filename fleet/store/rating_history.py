"""Ratings of longer stretches of time, as statistics read them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam

from fleet.domain.nine_criteria import Answer, Criterion
from fleet.domain.rating_cells import Counted
from fleet.domain.rating_reasons import Said
from fleet.store.rows import every, portions, sql

COUNTED = sql("""
    SELECT r.office, r.id, r.day, r.score, r.scale, r.scale_version, x.id AS excluded,
        COALESCE(v.about, v.service) AS service, v.counter, v.wait_ms FROM ratings r
    LEFT JOIN visits v ON v.office = r.office AND v.day = r.day AND v.id = r.visit
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office IN :offices AND r.day >= :first AND r.day <= :last AND r.counted
    ORDER BY r.office, r.day, r.place, r.id""").bindparams(bindparam("offices", expanding=True))
DAYS = sql("SELECT DISTINCT day FROM ratings WHERE office = :office AND day >= :first AND day < :before")
RATED = sql("""
    SELECT w.rating FROM rating_reasons w
    JOIN ratings r ON r.office = w.office AND r.day = w.day AND r.id = w.rating AND r.counted
    WHERE w.office = :office AND w.day >= :first AND w.day <= :last AND w.counted""")
SCORES = sql("""
    SELECT r.office, r.id, r.day, r.score, r.scale, r.scale_version, x.id AS excluded FROM ratings r
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office IN :offices AND r.day >= :first AND r.day <= :last AND r.counted
    ORDER BY r.office, r.day, r.place, r.id""").bindparams(bindparam("offices", expanding=True))
SAID = sql("""
    SELECT w.day, w.rating, w.said, x.id AS excluded FROM rating_reasons w
    LEFT JOIN excluded_presses x ON x.office = w.office AND x.day = w.day AND x.id = w.rating AND x.stands
    WHERE w.office = :office AND w.day >= :first AND w.day <= :last AND w.counted ORDER BY w.day, w.place, w.id""")
ANSWERS = sql("""
    SELECT day, criterion, points FROM question_answers
    WHERE office = :office AND day >= :first AND day <= :last AND counted ORDER BY day, place, id""")
TIMES_ANSWERED = sql("""
    SELECT criterion, COUNT(*) AS n FROM question_answers
    WHERE office = :office AND day >= :first AND day <= :last AND counted GROUP BY criterion""")


def counted(connection: Connection, offices: Collection[str], first: str, last: str) -> dict[str, list[Counted]]:
    """By office the presses of these days that count, in the order of days and of how the fleet learnt of them."""
    found: dict[str, list[Counted]] = {office: [] for office in offices}
    for some in portions(offices):
        for row in every(connection, COUNTED, offices=some, first=first, last=last):
            found[row.office].append(
                Counted(
                    day=row.day,
                    score=row.score,
                    scale=row.scale,
                    scale_version=row.scale_version,
                    excluded=row.excluded is not None,
                    service=row.service or "",
                    counter=row.counter or "",
                    wait_ms=row.wait_ms,
                    id=row.id,
                )
            )
    return found


def days(connection: Connection, office: str, first: str, before: str) -> set[str]:
    """The days from a first day on, and before another, of which ratings are kept."""
    return {row.day for row in every(connection, DAYS, office=office, first=first, before=before)}


def explained(connection: Connection, office: str, first: str, last: str) -> set[str]:
    """The ratings of these days that count and of which somebody said why."""
    return {row.rating for row in every(connection, RATED, office=office, first=first, last=last)}


def scores(connection: Connection, offices: Collection[str], first: str, last: str) -> dict[str, list[Counted]]:
    """The same without what is known of the visits, which takes much longer to find than the presses."""
    found: dict[str, list[Counted]] = {office: [] for office in offices}
    for some in portions(offices):
        for row in every(connection, SCORES, offices=some, first=first, last=last):
            excluded = row.excluded is not None
            found[row.office].append(Counted(row.day, row.score, row.scale, row.scale_version, excluded, id=row.id))
    return found


def said(connection: Connection, office: str, first: str, last: str) -> Sequence[Said]:
    """The reasons of these days that count, in the same order."""
    return [
        Said(row.day, row.rating, row.said, row.excluded is not None)
        for row in every(connection, SAID, office=office, first=first, last=last)
    ]


def answers(connection: Connection, office: str, first: str, last: str) -> Sequence[Answer]:
    """The answers of these days that count, in the same order."""
    rows = every(connection, ANSWERS, office=office, first=first, last=last)
    return [Answer(Criterion(row.criterion), row.points, row.day) for row in rows]


def times_answered(connection: Connection, office: str, first: str, last: str) -> dict[Criterion, int]:
    """How often each question was answered at an office on these days."""
    rows = every(connection, TIMES_ANSWERED, office=office, first=first, last=last)
    return {Criterion(row.criterion): int(row.n) for row in rows}
