"""The rules of calendars in the database."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from fleet.domain.calendars import Rule, RuleKind
from fleet.store.rows import every, run_each, sql

RULES = sql("""
    SELECT unit, kind, first, last, weekdays, session, start_minute, end_minute, like_weekday, note
    FROM calendar_rules ORDER BY unit, position""")
RULES_OF = sql("""
    SELECT unit, kind, first, last, weekdays, session, start_minute, end_minute, like_weekday, note
    FROM calendar_rules WHERE unit = :unit ORDER BY position""")
FORGET = sql("DELETE FROM calendar_rules WHERE unit = :unit")
ADD = sql("""
    INSERT INTO calendar_rules
        (unit, position, kind, first, last, weekdays, session, start_minute, end_minute, like_weekday, note)
    VALUES
        (:unit, :position, :kind, :first, :last, :weekdays, :session, :start_minute, :end_minute, :like_weekday, :note)
    """)


def rules(connection: Connection) -> list[tuple[str, Rule]]:
    """All rules, by unit, in the order of their files."""
    return [(row.unit, rule_of(row)) for row in every(connection, RULES)]


def rules_of(connection: Connection, unit: str) -> list[Rule]:
    """The rules of one unit."""
    return [rule_of(row) for row in every(connection, RULES_OF, unit=unit)]


def save(connection: Connection, unit: str, unit_rules: Sequence[Rule]) -> None:
    """Make these the rules of the unit."""
    forget(connection, [unit])
    run_each(
        connection,
        ADD,
        [
            {
                "unit": unit,
                "position": position,
                "kind": rule.kind.value,
                "first": rule.first.isoformat() if rule.first else None,
                "last": rule.last.isoformat() if rule.last else None,
                "weekdays": " ".join(map(str, rule.weekdays)),
                "session": rule.session,
                "start_minute": rule.start,
                "end_minute": rule.end,
                "like_weekday": rule.like,
                "note": rule.note,
            }
            for position, rule in enumerate(unit_rules)
        ],
    )


def forget(connection: Connection, units: Iterable[str]) -> None:
    """These units have no rules of their own any more."""
    run_each(connection, FORGET, [{"unit": unit} for unit in units])


def rule_of(row: Any) -> Rule:
    return Rule(
        kind=RuleKind(row.kind),
        first=date.fromisoformat(row.first) if row.first else None,
        last=date.fromisoformat(row.last) if row.last else None,
        weekdays=tuple(int(day) for day in row.weekdays.split()),
        session=row.session,
        start=row.start_minute,
        end=row.end_minute,
        like=row.like_weekday,
        note=row.note,
    )
