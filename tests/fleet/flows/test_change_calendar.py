"""An office's calendar is changed by rows of hours and by days that differ, as a file of calendars would change it."""

from datetime import date

import pytest

from fleet.domain.calendars import RuleKind
from fleet.domain.month_drawn import draw_month
from fleet.domain.seen import ChangedMeanwhile, mark_of
from fleet.domain.unfit import Expected
from fleet.flows.calendars import calendar_of
from fleet.flows.change_calendar import CalendarUnfit, add_days, own_calendar, set_week, take_back
from fleet.store import calendars
from fleet.store.database import Store
from tests.fleet.office import OFFICE

TODAY = date(2026, 11, 23)
MORNING = {"weekdays": "T2, T3, T4, T5, T6", "start": "7h30", "end": "11:30", "first": "", "last": ""}
AFTERNOON = {"weekdays": "T2, T3, T4, T5, T6", "start": "13:30", "end": "17:00", "first": "", "last": ""}
OFF = {"kind": "nghỉ", "first": "2026-11-26", "last": "", "note": "Tập huấn"}


def hours(store: Store, day: date) -> list[tuple[int, int]]:
    with store.reading() as connection:
        return [(one.start, one.end) for one in calendar_of(connection, OFFICE).sessions(day)]


def problems(act: object) -> dict[str, Expected]:
    with pytest.raises(CalendarUnfit) as problem:
        act()  # type: ignore[operator]
    return {one.field: one.expected for one in problem.value.problems}


def test_a_week_is_its_rows_and_empty_rows_are_none(store: Store) -> None:
    set_week(store, OFFICE, [MORNING, {}, dict.fromkeys(MORNING, "")], None)
    assert hours(store, TODAY) == [(450, 690)]
    set_week(store, OFFICE, [], None)
    assert own_calendar(store, OFFICE, TODAY).week == ()
    assert hours(store, TODAY) == [(450, 690), (810, 1020)], "what is above it, here the usual hours"


def test_everything_that_is_wrong_in_any_row_is_said_and_nothing_is_kept(store: Store) -> None:
    set_week(store, OFFICE, [AFTERNOON], None)
    wrong = [
        {**MORNING, "start": "sáng", "first": "hôm qua"},
        {**MORNING, "end": "7:00"},
        {**MORNING, "weekdays": ""},
        {},
        {**AFTERNOON, "last": "2026-12-31"},
        {**AFTERNOON, "start": "16:00", "end": "18:00"},
    ]
    assert problems(lambda: set_week(store, OFFICE, wrong, None)) == {
        "start-0": Expected.HOUR,
        "first-0": Expected.DAY,
        "end-1": Expected.LATER_HOUR,
        "weekdays-2": Expected.NEEDED,
        "start-5": Expected.HOURS_ONCE,
    }
    assert hours(store, TODAY) == [(810, 1020)]


def test_days_that_differ_are_added_shown_and_taken_back(store: Store) -> None:
    set_week(store, OFFICE, [MORNING], None)
    rule = add_days(store, OFFICE, OFF)
    assert hours(store, date(2026, 11, 26)) == []
    month = draw_month(own_calendar(store, OFFICE, TODAY).calendar, date(2026, 11, 1), TODAY)
    assert [(one.plan.day.day, one.plan.notes) for one in month.differing] == [(26, ("Tập huấn",))]
    assert problems(lambda: add_days(store, OFFICE, OFF)) == {"first": Expected.DAYS_ONCE}
    assert take_back(store, OFFICE, mark_of(rule))
    assert not take_back(store, OFFICE, mark_of(rule))
    assert hours(store, date(2026, 11, 26)) == [(450, 690)]
    assert len(own_calendar(store, OFFICE, TODAY).week) == 1, "the week stays"


def test_a_day_says_what_it_needs_and_what_it_has_no_use_for(store: Store) -> None:
    assert problems(lambda: add_days(store, OFFICE, {"kind": "nghỉ"})) == {"first": Expected.NEEDED}
    row = {"kind": "làm việc", "first": "29/11/2026", "start": "9:00", "end": "8:00", "note": "=1"}
    assert problems(lambda: add_days(store, OFFICE, row)) == {"end": Expected.LATER_HOUR}
    assert problems(lambda: add_days(store, OFFICE, {**OFF, "like": "T2"})) == {"like": Expected.NOTHING}
    assert add_days(store, OFFICE, {"kind": "không hẹn", "weekdays": "T6"}).kind is RuleKind.NO_APPOINTMENTS


def test_what_somebody_else_changed_meanwhile_is_not_written_over(store: Store) -> None:
    mark = own_calendar(store, OFFICE, TODAY).mark
    add_days(store, OFFICE, OFF)
    with pytest.raises(ChangedMeanwhile):
        set_week(store, OFFICE, [MORNING], mark)
    set_week(store, OFFICE, [MORNING], own_calendar(store, OFFICE, TODAY).mark)
    with store.reading() as connection:
        assert [one.kind for one in calendars.rules_of(connection, OFFICE)] == [RuleKind.WEEK, RuleKind.CLOSED]


@pytest.mark.parametrize(("month", "weeks"), [(date(2026, 2, 1), 5), (date(2027, 2, 1), 4), (date(2026, 12, 1), 5)])
def test_a_month_is_drawn_in_weeks_from_monday_on(store: Store, month: date, weeks: int) -> None:
    drawn = draw_month(own_calendar(store, OFFICE, TODAY).calendar, month, TODAY)
    days = [one.plan.day for week in drawn.weeks for one in week if one.is_of_month]
    assert len(drawn.weeks) == weeks
    assert all(week[0].plan.day.isoweekday() == 1 for week in drawn.weeks)
    assert days == sorted(set(days)) and days[0] == month and (drawn.after - days[-1]).days == 1
    assert drawn.before.day == drawn.after.day == 1
