"""People change the calendar of one office: its week, and single days. The same rules as in a file of calendars.

What a form holds are the cells of such a file, as texts; what can not be is said of its row and column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.calendar_table import overlapping, read_rule
from fleet.domain.calendars import Calendar, Rule, RuleKind
from fleet.domain.cells import Refused
from fleet.domain.columns import Cell
from fleet.domain.org_tree import Tree
from fleet.domain.seen import mark_of, refuse_changed
from fleet.domain.unfit import Expected, Unfit, refuse
from fleet.flows.calendars import calendar_of
from fleet.flows.equip import office_of
from fleet.store import calendars, ledger, units
from fleet.store.database import Store

RULES_AT_MOST = 400
# Of one office: ten years with forty days that differ.
ROWS_AT_MOST = 40
Cells = Mapping[str, str]

MEANT: dict[str, tuple[Expected, str]] = {
    "day_kind": (Expected.CHOICE, ""),
    "weekdays": (Expected.CHOICE, ""),
    "one_weekday": (Expected.CHOICE, ""),
    "session": (Expected.CHOICE, ""),
    "needed_for": (Expected.NEEDED, ""),
    "nothing_for": (Expected.NOTHING, ""),
    "day": (Expected.DAY, ""),
    "not_before": (Expected.LATER_DAY, "first"),
    "hour": (Expected.HOUR, ""),
    "hour_after": (Expected.LATER_HOUR, "after"),
    "hours_once": (Expected.HOURS_ONCE, "row"),
    "text": (Expected.LINE, "most"),
    "formula": (Expected.PLAIN, ""),
}
# What is expected of a cell in a file, and of a field of a form.


class CalendarUnfit(Unfit):
    """A calendar can not be so; `field` is a column, with the row behind a dash. Nothing was changed."""


@dataclass(frozen=True)
class OwnCalendar:
    """An office's calendar as a person changes it. `above`: the name of the unit whose rules hold, and its rules."""

    week: tuple[Rule, ...]
    days: tuple[Rule, ...]
    above: tuple[tuple[str, Rule], ...]
    calendar: Calendar

    @property
    def mark(self) -> str:
        """What a form carries, so that what somebody else changed is not written over."""
        return mark_of([*self.week, *self.days])


def own_calendar(store: Store, office: str, today: date) -> OwnCalendar:
    """The calendar of an office, and what is above it today. Raises EquipError."""
    with store.reading() as connection:
        place = office_of(connection, office)
        rules = calendars.rules_of(connection, office)
        path = list(
            Tree(node for nodes in units.ancestry(connection, office).values() for node in nodes).path(office, today)
        )
        above = [(node.name, rule) for node in path[1:] for rule in calendars.rules_of(connection, node.id)]
        above += [("", rule) for rule in calendars.rules_of(connection, "*")]
        return OwnCalendar(
            tuple(one for one in rules if one.kind is RuleKind.WEEK),
            tuple(one for one in rules if one.kind is not RuleKind.WEEK),
            tuple(above),
            calendar_of(connection, office, place.timezone),
        )


def set_week(store: Store, office: str, rows: Sequence[Cells], seen: str | None) -> None:
    """Make these the weekly hours of an office; none: those of what is above it.

    Raises CalendarUnfit, EquipError, ChangedMeanwhile.
    """
    week = read_rows(office, [{**row, "kind": "week"} if any(row.values()) else {} for row in rows])
    with store.writing() as connection:
        rules = looked_at(connection, office, seen)
        if len(week) > ROWS_AT_MOST:
            raise CalendarUnfit(f"expected at most {ROWS_AT_MOST} rows, found {len(week)}")
        calendars.save(connection, office, [*week, *(one for one in rules if one.kind is not RuleKind.WEEK)])
        note_rules(connection, office, rules)


def add_days(store: Store, office: str, row: Cells) -> Rule:
    """On these days it is otherwise: closed, open, or no appointments. Raises CalendarUnfit, EquipError."""
    (rule,) = read_rows(office, [row], alone=True)
    with store.writing() as connection:
        rules = looked_at(connection, office, None)
        clash = overlapping([(n, (office, one)) for n, one in enumerate([*rules, rule], 1)])
        if rule in rules or len(rules) >= RULES_AT_MOST:
            raise CalendarUnfit("first: expected days that are not set yet, found them", "first", Expected.DAYS_ONCE)
        if clash:
            raise problem_of("start", "hours_once", clash[0].detail)
        calendars.save(connection, office, [*rules, rule])
        note_rules(connection, office, rules)
    return rule


def take_back(store: Store, office: str, rule_mark: str) -> bool:
    """These days are as others again; False if there was no such rule (any more). Raises EquipError."""
    with store.writing() as connection:
        rules = looked_at(connection, office, None)
        kept = [one for one in rules if one.kind is RuleKind.WEEK or mark_of(one) != rule_mark]
        calendars.save(connection, office, kept)
        note_rules(connection, office, rules)
        return len(kept) < len(rules)


def note_rules(connection: Connection, office: str, before: Sequence[Rule]) -> None:
    """Which rules an office has no more, and which are new."""
    after = calendars.rules_of(connection, office)
    gone = [told(one) for one in before if one not in after]
    new = [told(one) for one in after if one not in before]
    ledger.note(connection, What.CALENDAR_CHANGE, office, office, {"rules": gone}, {"rules": new})


def told(rule: Rule) -> str:
    """A rule as the log tells it, without its note."""
    days = "".join(map(str, rule.weekdays))
    return " ".join(str(one) for one in (rule.kind, rule.first, rule.last, days, rule.start, rule.end) if one)


def looked_at(connection: Connection, office: str, seen: str | None) -> list[Rule]:
    """The rules of an office, if they are those that were seen. Raises EquipError, ChangedMeanwhile."""
    office_of(connection, office)
    rules = calendars.rules_of(connection, office)
    week = [one for one in rules if one.kind is RuleKind.WEEK]
    refuse_changed(seen, [*week, *(one for one in rules if one.kind is not RuleKind.WEEK)])
    return rules


def read_rows(office: str, rows: Sequence[Cells], alone: bool = False) -> list[Rule]:
    """The rules of these rows, of those that are not empty. Raises CalendarUnfit with all that is wrong."""
    problems: list[CalendarUnfit] = []
    read: list[tuple[int, tuple[str, Rule]]] = []
    for number, row in enumerate(rows):
        if not row:
            continue
        cells: dict[str, Cell] = {**row, "unit": office}
        wrong: dict[str, CalendarUnfit] = {}
        while True:
            try:
                rule = read_rule(cells)
            except Refused as problem:
                if problem.column in wrong:
                    break
                field = problem.column if alone else f"{problem.column}-{number}"
                wrong[problem.column] = problem_of(field, problem.expected, problem.detail)
                if not cells.get(problem.column) or problem.column == "kind":
                    break
                cells[problem.column] = ""  # and what is wrong beside it?
            else:
                read.append((number, rule))
                break
        problems += wrong.values()
    for clash in overlapping(read):
        problems.append(problem_of(f"start-{clash.row}", "hours_once", str(int(clash.detail) + 1)))
    refuse(problems)
    return [rule for _, (_, rule) in read]


def problem_of(field: str, expected: str, detail: str) -> CalendarUnfit:
    """What is wrong with a cell, as a form says it."""
    meant, bound = MEANT[expected]
    bounds = {} if not bound else {bound: detail}
    return CalendarUnfit(f"{field}: expected {expected} {detail}".rstrip(), field, meant, **bounds)
