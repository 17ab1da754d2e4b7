"""People change the calendar of one office: its week, and single days. The same rules as in a file of calendars.

What a form holds are the cells of such a file, as texts; what can not be is said of its row and column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain.calendar_table import overlapping, read_rule
from fleet.domain.calendars import Calendar, Rule, RuleKind
from fleet.domain.cells import Refused
from fleet.domain.columns import Cell
from fleet.domain.org_tree import Tree
from fleet.domain.seen import mark_of, refuse_changed
from fleet.flows.calendars import calendar_of
from fleet.flows.equip import office_of
from fleet.store import calendars, units
from fleet.store.database import Store

RULES_AT_MOST = 400
# Of one office: ten years with forty days that differ.
Cells = Mapping[str, str]


@dataclass(frozen=True)
class CellProblem:
    """A cell that can not be so. `row` counts from 0; `expected` and `detail` are those of a file's error."""

    row: int
    column: str
    expected: str
    detail: str = ""


class CalendarUnfit(ValueError):
    """A calendar can not be so; the problems say where and why. Nothing was changed."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__("; ".join(f"row {one.row + 1}, {one.column}: {one.expected} {one.detail}" for one in problems))
        self.problems = tuple(problems)


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
    week = read_rows(office, [{**row, "kind": "week"} for row in rows])
    with store.writing() as connection:
        rules = looked_at(connection, office, seen)
        calendars.save(connection, office, [*week, *(one for one in rules if one.kind is not RuleKind.WEEK)])


def add_days(store: Store, office: str, row: Cells, seen: str | None) -> Rule:
    """On these days it is otherwise: closed, open, or no appointments. Raises as set_week."""
    (rule,) = read_rows(office, [row])
    with store.writing() as connection:
        rules = looked_at(connection, office, seen)
        if rule.kind is RuleKind.WEEK or len(rules) >= RULES_AT_MOST:
            raise CalendarUnfit([CellProblem(0, "kind", "day_kind", "nghỉ, làm việc, không hẹn")])
        if rule in rules:
            raise CalendarUnfit([CellProblem(0, "first", "day_once")])
        clash = overlapping([(n, (office, one)) for n, one in enumerate([*rules, rule])])
        if clash:
            raise CalendarUnfit([CellProblem(0, "start", "hours_once", clash[0].detail)])
        calendars.save(connection, office, [*rules, rule])
    return rule


def take_back(store: Store, office: str, rule_mark: str) -> bool:
    """These days are as others again; False if there was no such rule (any more). Raises EquipError."""
    with store.writing() as connection:
        rules = looked_at(connection, office, None)
        kept = [one for one in rules if one.kind is RuleKind.WEEK or mark_of(one) != rule_mark]
        calendars.save(connection, office, kept)
        return len(kept) < len(rules)


def looked_at(connection: Connection, office: str, seen: str | None) -> list[Rule]:
    """The rules of an office, if they are those that were seen. Raises EquipError, ChangedMeanwhile."""
    office_of(connection, office)
    rules = calendars.rules_of(connection, office)
    week = [one for one in rules if one.kind is RuleKind.WEEK]
    refuse_changed(seen, [*week, *(one for one in rules if one.kind is not RuleKind.WEEK)])
    return rules


def read_rows(office: str, rows: Sequence[Cells]) -> list[Rule]:
    """The rules of these rows. Raises CalendarUnfit with the first problem of each."""
    problems, read = [], []
    for number, row in enumerate(rows):
        cells: dict[str, Cell] = {**row, "unit": office}
        try:
            read.append((number, read_rule(cells)))
        except Refused as problem:
            problems.append(CellProblem(number, problem.column, problem.expected, problem.detail))
    for clash in overlapping(read):
        problems.append(CellProblem(int(clash.row), "start", "hours_once", str(int(clash.detail) + 1)))
    if problems:
        raise CalendarUnfit(problems)
    return [rule for _, (_, rule) in read]
