"""When an office is open, against a slow definition that asks minute by minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain import holidays
from fleet.domain.calendar_sentences import CALENDAR_EXPECTED
from fleet.domain.calendar_table import RULES, overlapping, read_rule, rows_of_rules
from fleet.domain.calendars import USUAL, VIET_NAM, Calendar, Placed, Rule, RuleKind, Session
from fleet.domain.file_errors import ALL_EXPECTED, BadFile, said
from fleet.domain.table import read_lines
from tests.fleet.domain.lunar import solar

MONDAY = date(2026, 8, 31)  # in a week with a holiday, ten days after a Saturday that is worked instead
HOURS = [("morning", 450, 690), ("noon", 690, 780), ("afternoon", 800, 1020), ("evening", 1080, 1440)]


def moment(day: date, minute: int) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(VIET_NAM))
    return int(midnight.timestamp() * 1000) + minute * 60_000


days = st.integers(-12, 12).map(lambda n: MONDAY + timedelta(days=n))
ranges = st.tuples(st.none() | days, st.none() | days).filter(lambda ends: None in ends or ends[0] <= ends[1])
some_weekdays = st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found)))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    kind = draw(st.sampled_from(RuleKind))
    first, last = draw(ranges)
    if kind in (RuleKind.CLOSED, RuleKind.OPEN):
        first = first or MONDAY
        last = max(last or first, first)
    name, start, end = draw(st.sampled_from(HOURS))
    note = draw(st.sampled_from(["", "Lễ"]))
    if kind == RuleKind.WEEK:
        return Rule(kind, first, last, draw(some_weekdays), name, start, end)
    if kind == RuleKind.CLOSED:
        return Rule(kind, first, last, (), draw(st.sampled_from(["", name])), note=note)
    if kind == RuleKind.OPEN:
        if draw(st.booleans()):
            return Rule(kind, first, last, (), name, start, end, note=note)
        return Rule(kind, first, last, like=draw(st.integers(1, 7) | st.none()), note=note)
    return Rule(kind, first, last, draw(some_weekdays), note=note)


placed = st.builds(Placed, st.integers(0, 2), rules(), st.none() | days, st.none() | days)


def slow_session(given_rules: list[Placed], day: date, minute: int) -> str | None:
    """The session in which this minute lies, told from the minute alone; None while closed."""

    def holds(one: Placed, weekday: bool) -> bool:
        rule = one.rule
        inside = (one.since is None or day >= one.since) and (one.until is None or day < one.until)
        inside = inside and (rule.first is None or day >= rule.first) and (rule.last is None or day <= rule.last)
        return inside and (not weekday or not rule.weekdays or day.isoweekday() in rule.weekdays)

    def week(weekday: int) -> str | None:
        weekly = [one for one in given_rules if one.rule.kind == RuleKind.WEEK and holds(one, weekday=False)]
        weekly = weekly or [Placed(9, rule) for rule in USUAL]
        near = min(one.distance for one in weekly)
        for one in weekly:
            if one.distance == near and weekday in one.rule.weekdays and one.rule.start <= minute < one.rule.end:
                return one.rule.session
        return None

    now = week(day.isoweekday())
    if day in holidays.holidays(day.year):
        now = None
    elif day in holidays.worked(day.year):
        now = week(holidays.worked(day.year)[day].isoweekday())
    for distance in (2, 1, 0):
        here = [one.rule for one in given_rules if one.distance == distance and holds(one, weekday=True)]
        if any(rule.kind == RuleKind.CLOSED and rule.session in ("", now) for rule in here):
            now = None
        openings = [rule for rule in here if rule.kind == RuleKind.OPEN]
        if openings:
            now = None
            for rule in openings:
                if rule.start is None:
                    now = now or week(rule.like or day.isoweekday())
                elif rule.start <= minute < rule.end:
                    now = now or rule.session
    return now


@settings(deadline=None, max_examples=60)
@given(st.lists(placed, max_size=8), days, st.integers(0, 2000), st.integers(0, 3000))
def test_it_is_open_as_the_slow_definition_says(given_rules: list[Placed], day: date, start: int, long: int) -> None:
    calendar = Calendar(given_rules)
    slow = {
        (day + timedelta(days=n), minute): slow_session(given_rules, day + timedelta(days=n), minute)
        for n in range(5)
        for minute in range(0, 1440, 10)  # all hours of these rules are at tens of minutes
    }
    for (one, minute), session in slow.items():
        assert calendar.is_open(moment(one, minute)) == (session is not None), (one, minute)
        assert calendar.is_open(moment(one, minute + 9)) == (session is not None)
    counted = sum(
        slow[day + timedelta(days=at // 1440), at % 1440 // 10 * 10] is not None for at in range(start, start + long)
    )
    assert calendar.working_minutes_between(moment(day, start), moment(day, start + long)) == counted
    open_days = [
        one
        for one in (day + timedelta(days=n) for n in range(1, 5))
        if any(s for (d, _), s in slow.items() if d == one)
    ]
    assert [one for one in calendar.next_working_days(day, 4) if one <= day + timedelta(days=4)] == open_days
    for one in (day + timedelta(days=n) for n in range(5)):
        minutes = [minute + 10 for (d, minute), session in slow.items() if d == one and session]
        assert calendar.closes_ms(one) == (moment(one, max(minutes)) if minutes else None)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["*", "ben-nghe"]), rules()), max_size=8))
def test_what_is_written_reads_back(given_rules: list[tuple[str, Rule]]) -> None:
    lines = read_lines([*rows_of_rules(given_rules)], RULES, read_rule, 100) if given_rules else []
    assert [rule for _, rule in lines] == given_rules


def test_an_office_without_rules_works_as_most_do() -> None:
    calendar = Calendar()
    assert calendar.sessions(date(2026, 11, 20)) == (Session("morning", 450, 690), Session("afternoon", 810, 1020))
    assert not calendar.is_working_day(date(2026, 11, 21))
    assert calendar.next_working_days(date(2026, 2, 13), 2) == [date(2026, 2, 23), date(2026, 2, 24)]
    assert calendar.last_working_days(date(2026, 2, 22), 2) == [date(2026, 2, 12), date(2026, 2, 13)]
    assert calendar.plan(date(2026, 8, 22)).sessions == calendar.sessions(date(2026, 8, 24)), "made up for 31 August"
    assert calendar.plan(date(2026, 9, 2)).notes == ("Quốc khánh",)


def test_an_office_that_never_opens_ends_the_search() -> None:
    closed = Calendar([Placed(0, Rule(RuleKind.CLOSED, first=date(2020, 1, 1)))])
    assert closed.next_working_days(date(2026, 1, 1), 2) == closed.last_working_days(date(2026, 1, 1), 2) == []


def test_the_nearest_unit_has_the_last_word() -> None:
    day = date(2026, 9, 2)
    everywhere = Placed(2, Rule(RuleKind.CLOSED, day, day, note="Bão"))
    opened = Placed(0, Rule(RuleKind.OPEN, day, day, start=480, end=600))
    assert Calendar([opened, everywhere]).sessions(day) == (Session("", 480, 600),)
    assert Calendar([everywhere]).plan(day).notes == ("Quốc khánh", "Bão")
    shut = Placed(0, Rule(RuleKind.CLOSED, day, day))
    assert Calendar([shut, Placed(2, opened.rule)]).sessions(day) == ()


def test_days_without_appointments_are_open() -> None:
    calendar = Calendar([Placed(1, Rule(RuleKind.NO_APPOINTMENTS, weekdays=(5,), note="Ngày không viết"))])
    friday = calendar.plan(date(2026, 11, 20))
    assert (friday.appointments, friday.notes, len(friday.sessions)) == (False, ("Ngày không viết",), 2)
    assert calendar.plan(date(2026, 11, 19)).appointments


@pytest.mark.parametrize("year", holidays.LUNAR)
def test_the_table_of_tet_is_what_the_moon_says(year: int) -> None:
    assert holidays.LUNAR[year] == (f"{solar(year, 1, 1):%m-%d}", f"{solar(year, 3, 10):%m-%d}")


@pytest.mark.parametrize("year", [*range(2020, 2060)])
def test_a_year_has_its_holidays(year: int) -> None:
    off = holidays.holidays(year)
    lost = [day for day, _ in holidays.by_law(year) if day.isoweekday() < 6 and day not in off]
    assert not lost, "what the law names is off"
    on_working_days = [day for day in off if day.isoweekday() < 6]
    # Eleven days by law, each of them a working day or given back on one; Tết is known until 2050.
    assert len(on_working_days) - len(holidays.worked(year)) == (11 if year in holidays.LUNAR else 5)


HEADINGS = [RULES.name(column) for column in RULES.names]
COLUMN = {column: place for place, column in enumerate(RULES.names)}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"kind": "giờ", "unit": "*"}, "one of these kinds of day: giờ làm việc, nghỉ, làm việc, không hẹn"),
        ({"kind": "nghỉ", "unit": "Bến Nghé"}, "the id of a unit of the tree, or * for everywhere"),
        ({"kind": "giờ làm việc", "start": "7:30", "end": "11:30"}, "column “Thứ”: found nothing; expected a value"),
        ({"kind": "giờ làm việc", "weekdays": "T2-T6"}, "column “Từ giờ”: found nothing; expected a value"),
        ({"kind": "giờ làm việc", "weekdays": "T2", "start": "7:30"}, "column “Đến giờ”: found nothing"),
        ({"kind": "giờ làm việc", "weekdays": "T2", "start": "7:30", "end": "7h"}, "an hour after 07:30"),
        ({"kind": "giờ làm việc", "weekdays": "T2", "start": "7:61", "end": "8h"}, "an hour such as 07:30"),
        ({"kind": "giờ làm việc", "weekdays": "T2", "start": "7:30", "end": "24:01"}, "an hour such as 07:30"),
        ({"kind": "giờ làm việc", "weekdays": "T8", "start": "7:30", "end": "8h"}, "weekdays such as T2-T6"),
        ({"kind": "giờ làm việc", "weekdays": "T6-T2", "start": "7:30", "end": "8h"}, "weekdays such as T2-T6"),
        ({"kind": "giờ làm việc", "weekdays": date(2026, 6, 2), "start": "7:30", "end": "8h"}, "with the T, or"),
        ({"kind": "nghỉ"}, "column “Từ ngày”: found nothing"),
        (
            {"kind": "nghỉ", "first": "02/09/2026", "start": "7h", "end": "8h"},
            "nothing, since the kind of day is “nghỉ”",
        ),
        ({"kind": "nghỉ", "first": "02/09/2026", "last": "01/09/2026"}, "a day not before 02/09/2026"),
        ({"kind": "nghỉ", "first": "02/09/2026", "session": "đêm"}, "one of these sessions: sáng, trưa"),
        ({"kind": "làm việc", "first": "02/09/2026", "like": "T2, T3"}, "one weekday, such as T2"),
        (
            {"kind": "làm việc", "first": "02/09/2026", "like": "T2", "start": "7h", "end": "8h"},
            "nothing, since the kind",
        ),
        ({"kind": "không hẹn"}, "column “Thứ”: found nothing"),
        ({"kind": "không hẹn", "weekdays": "T6", "note": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_row_that_is_wrong_is_named(cells: dict[str, object], words: str) -> None:
    row: list[object] = [""] * len(HEADINGS)
    for column, text in {"unit": "ben-nghe", **cells}.items():
        row[COLUMN[column]] = text
    with pytest.raises(BadFile) as refusal:
        read_lines([HEADINGS, row], RULES, read_rule, 10)
    (english,), (vietnamese,) = refusal.value.said("en"), refusal.value.said("vi")
    assert english.startswith("Row 2, column “") and words in english, english
    assert vietnamese.startswith("Dòng 2, cột “")


def test_hours_of_a_spreadsheet_and_of_people_are_read() -> None:
    rows = [
        ["*", "Giờ làm việc", "t2-6; CN", "", start, end] for start, end in (("07:30:00", "11h30"), ("13h", "17:00"))
    ]
    (first, second) = (rule for _, (_, rule) in read_lines([HEADINGS[:6], *rows], RULES, read_rule, 10))
    assert (first.weekdays, first.session, first.start, first.end) == ((1, 2, 3, 4, 5, 7), "morning", 450, 690)
    assert (second.session, second.start, second.end) == ("afternoon", 780, 1020)


def test_hours_that_overlap_are_refused() -> None:
    def rule(weekdays: tuple[int, ...], start: int, end: int, **more: date) -> tuple[str, Rule]:
        return "*", Rule(RuleKind.WEEK, weekdays=weekdays, start=start, end=end, **more)

    lines = [
        (2, rule((1, 2), 450, 690, last=date(2026, 6, 30))),
        (3, rule((1, 2), 690, 780)),
        (4, rule((3,), 450, 690)),
        (5, rule((2, 4), 460, 480, first=date(2026, 7, 1))),
        (6, rule((2,), 600, 700)),
    ]
    (error,) = overlapping(lines)
    assert said(error, "en") == (
        "Row 6, column “Từ giờ”: found “10:00 – 11:40”; "
        "expected hours that do not overlap those of row 2 of the same unit."
    )


def test_every_sentence_is_there_in_both_languages() -> None:
    assert CALENDAR_EXPECTED.items() <= ALL_EXPECTED.items()
    for vietnamese, english in CALENDAR_EXPECTED.values():
        assert vietnamese and english and vietnamese != english
