"""Calendars as a table: a row for each rule of a unit, the same whether it is read or written."""

import re
from collections.abc import Sequence
from datetime import date

from fleet.domain.calendars import Rule, RuleKind, Session, session_of
from fleet.domain.cells import Refused, read_day, read_text, shown_day, text_of
from fleet.domain.columns import Cell, Columns, folded
from fleet.domain.file_errors import RowError, shortened
from fleet.domain.org_table import ID

RULES = Columns(
    {
        "unit": ("Mã đơn vị", "Unit"),
        "kind": ("Loại ngày", "Loại", "Kind"),
        "weekdays": ("Thứ", "Weekdays"),
        "session": ("Buổi", "Session"),
        "start": ("Từ giờ", "Start"),
        "end": ("Đến giờ", "End"),
        "first": ("Từ ngày", "First day"),
        "last": ("Đến hết ngày", "Last day"),
        "like": ("Làm như thứ", "Like weekday"),
        "note": ("Ghi chú", "Lý do", "Note"),
    },
    required=("unit", "kind"),
)
EVERYWHERE = "*"
KIND_NAMES = {
    RuleKind.WEEK: "giờ làm việc",
    RuleKind.CLOSED: "nghỉ",
    RuleKind.OPEN: "làm việc",
    RuleKind.NO_APPOINTMENTS: "không hẹn",
}
KIND_OF = {folded(name): kind for kind, name in KIND_NAMES.items()}
KIND_OF |= {folded(kind.value.replace("_", " ")): kind for kind in RuleKind}
SESSION_NAMES = {"morning": "sáng", "noon": "trưa", "afternoon": "chiều", "evening": "tối"}
SESSION_OF = {folded(word): session for session, name in SESSION_NAMES.items() for word in (name, session)}
NOON, ONE, SIX = 11 * 60, 13 * 60, 18 * 60
# Whoever begins before eleven begins in the morning, before one at noon, before six in the afternoon.

HOUR = re.compile(r"(\d{1,2})(?:[:hH](\d{2})?(?::00)?)")
WEEKDAYS = re.compile(r"(?:[tT]?([2-7])|CN)(?: ?[-–] ?(?:[tT]?([2-7])|CN))?", re.IGNORECASE)
MIDNIGHT = 24 * 60
NOTE_AT_MOST = 200

UnitRule = tuple[str, Rule]


def read_rule(cells: dict[str, Cell]) -> UnitRule:
    """The unit and the rule of one row; raises Refused at its first bad cell."""
    unit = text_of(cells.get("unit"))
    if unit != EVERYWHERE and not ID.fullmatch(unit):
        raise Refused("unit", shortened(unit) or None, "unit_or_all")
    kind_cell = text_of(cells.get("kind"))
    kind = KIND_OF.get(folded(kind_cell))
    if kind is None:
        raise Refused("kind", shortened(kind_cell) or None, "day_kind", ", ".join(KIND_NAMES.values()))
    first, last = read_day("first", cells.get("first")), read_day("last", cells.get("last"))
    if last is not None and first is not None and last < first:
        raise Refused("last", shown_day(last), "not_before", shown_day(first))
    if kind in (RuleKind.CLOSED, RuleKind.OPEN):
        last = last or first  # a day by itself
    start, end = read_hour("start", cells), read_hour("end", cells)
    if (start is None) != (end is None):
        raise Refused("end" if end is None else "start", None, "hour")
    if start is not None and end is not None and end <= start:
        raise Refused("end", shown_hour(end), "hour_after", shown_hour(start))
    rule = Rule(
        kind,
        first,
        last,
        read_weekdays("weekdays", cells),
        read_session(cells, start),
        start,
        end,
        read_like(cells),
        read_note(cells),
    )
    check_rule(rule, cells)
    return unit, rule


def check_rule(rule: Rule, cells: dict[str, Cell]) -> None:
    """Each kind of day has cells that it needs, and cells that would say nothing. Raises Refused."""
    needs: dict[RuleKind, tuple[str, ...]] = {
        RuleKind.WEEK: ("weekdays", "start"),
        RuleKind.CLOSED: ("first",),
        RuleKind.OPEN: ("first",),
        RuleKind.NO_APPOINTMENTS: (),
    }
    empty: dict[RuleKind, tuple[str, ...]] = {
        RuleKind.WEEK: ("like",),
        RuleKind.CLOSED: ("start", "like"),
        RuleKind.OPEN: ("like",) if rule.start is not None else (),
        RuleKind.NO_APPOINTMENTS: ("start", "like", "session"),
    }
    for column in needs[rule.kind]:
        if not getattr(rule, column) and getattr(rule, column) != 0:
            raise Refused(column, None, "needed_for", KIND_NAMES[rule.kind])
    for column in empty[rule.kind]:
        if text_of(cells.get(column)):
            raise Refused(column, shortened(text_of(cells.get(column))), "nothing_for", KIND_NAMES[rule.kind])
    if rule.kind == RuleKind.NO_APPOINTMENTS and rule.first is None and not rule.weekdays:
        raise Refused("weekdays", None, "needed_for", KIND_NAMES[rule.kind])


def read_hour(column: str, cells: dict[str, Cell]) -> int | None:
    text = text_of(cells.get(column))
    if not text:
        return None
    match = HOUR.fullmatch(text)
    minute = int(match[1]) * 60 + int(match[2] or 0) if match else -1
    if match is None or int(match[2] or 0) > 59 or not 0 <= minute <= MIDNIGHT:
        raise Refused(column, shortened(text), "hour")
    return minute


def read_weekdays(column: str, cells: dict[str, Cell]) -> tuple[int, ...]:
    """`T2-T6` as 1 to 5, `T7, CN` as 6 and 7."""
    cell = cells.get(column)
    text = text_of(cell)
    days: set[int] = set()
    for part in filter(None, (one.strip() for one in re.split(r"[,;]", text))):
        match = None if isinstance(cell, date) else WEEKDAYS.fullmatch(part)  # a spreadsheet made 2 June of 2-6
        if match is None:
            raise Refused(column, shortened(text), "weekdays")
        first = int(match[1]) - 1 if match[1] else 7
        ranged = "-" in part or "–" in part
        last = (int(match[2]) - 1 if match[2] else 7) if ranged else first
        if last < first:
            raise Refused(column, shortened(text), "weekdays")
        days |= set(range(first, last + 1))
    return tuple(sorted(days))


def read_session(cells: dict[str, Cell], start: int | None) -> str:
    text = text_of(cells.get("session"))
    if text:
        if folded(text) not in SESSION_OF:
            raise Refused("session", shortened(text), "session", ", ".join(SESSION_NAMES.values()))
        return SESSION_OF[folded(text)]
    return "" if start is None else session_at(start)


def session_at(start: int) -> str:
    """The session of hours that begin at this minute."""
    return "morning" if start < NOON else "noon" if start < ONE else "afternoon" if start < SIX else "evening"


def read_like(cells: dict[str, Cell]) -> int | None:
    days = read_weekdays("like", cells)
    if len(days) > 1:
        raise Refused("like", shortened(text_of(cells.get("like"))), "one_weekday")
    return days[0] if days else None


def read_note(cells: dict[str, Cell]) -> str:
    note = read_text("note", cells.get("note"))
    if len(note) > NOTE_AT_MOST:
        raise Refused("note", len(note), "text", str(NOTE_AT_MOST))
    return note


def overlapping(lines: Sequence[tuple[int, UnitRule]]) -> list[RowError]:
    """The rows whose hours overlap those of an earlier row of the same unit, weekday and time."""
    errors = []
    held: dict[str, list[tuple[int, Rule]]] = {}
    for row, (unit, rule) in lines:
        if rule.kind in (RuleKind.WEEK, RuleKind.OPEN) and rule.start is not None:
            for other_row, other in held.get(unit, []):
                if (
                    other.kind == rule.kind
                    and same_days(rule, other)
                    and same_hours(session_of(rule), session_of(other))
                ):
                    hours = f"{shown_hour(rule.start)} – {shown_hour(rule.end or 0)}"
                    errors.append(RowError(row, RULES.name("start"), hours, "hours_once", str(other_row)))
                    break
            held.setdefault(unit, []).append((row, rule))
    return errors


def same_days(one: Rule, other: Rule) -> bool:
    return (
        (one.last is None or other.first is None or other.first <= one.last)
        and (other.last is None or one.first is None or one.first <= other.last)
        and (not one.weekdays or not other.weekdays or bool(set(one.weekdays) & set(other.weekdays)))
    )


def same_hours(one: Session, other: Session) -> bool:
    return one.start < other.end and other.start < one.end


def rows_of_rules(rules: Sequence[UnitRule]) -> list[list[str]]:
    """The headings and a row for each rule; reading them again gives the same rules."""
    return [[RULES.name(column) for column in RULES.names], *(row_of(unit, rule) for unit, rule in rules)]


def row_of(unit: str, rule: Rule) -> list[str]:
    return [
        unit,
        KIND_NAMES[rule.kind],
        shown_weekdays(rule.weekdays),
        SESSION_NAMES.get(rule.session, ""),
        "" if rule.start is None else shown_hour(rule.start),
        "" if rule.end is None else shown_hour(rule.end),
        "" if rule.first is None else shown_day(rule.first),
        "" if rule.last is None else shown_day(rule.last),
        "" if rule.like is None else shown_weekday(rule.like),
        rule.note,
    ]


def shown_hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def shown_weekday(day: int) -> str:
    return "CN" if day == 7 else f"T{day + 1}"


def shown_weekdays(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{shown_weekday(days[0])}-{shown_weekday(days[-1])}"
    return ", ".join(shown_weekday(day) for day in days)
