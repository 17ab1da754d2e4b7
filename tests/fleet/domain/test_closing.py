"""Until when numbers are given, and for which days printers hold some."""

from datetime import date, timedelta

import pytest

from fleet.domain.calendars import Calendar, Placed, Rule, RuleKind
from fleet.domain.closing import days_of_numbers, until_ms

FRIDAY = date(2026, 11, 27)
DAY = timedelta(days=1)


def week(weekdays: tuple[int, ...], *sessions: tuple[int, int]) -> list[Placed]:
    return [
        Placed(0, Rule(RuleKind.WEEK, weekdays=weekdays, session=f"s{n}", start=start, end=end))
        for n, (start, end) in enumerate(sessions)
    ]


def at(calendar: Calendar, day: date, hour: float) -> int:
    return calendar.moment(day, int(hour * 60))


MON_TO_FRI = week((1, 2, 3, 4, 5), (450, 690), (810, 1020))


@pytest.mark.parametrize(
    ("rules", "day", "grace_min", "hour"),
    [
        (MON_TO_FRI, FRIDAY, 30, 17.5),
        (MON_TO_FRI, FRIDAY, 0, 17),
        (MON_TO_FRI, FRIDAY + DAY, 30, 0),
        (MON_TO_FRI, date(2027, 1, 1), 30, 0),
        (week((5,), (450, 1020)), FRIDAY, 30, 17.5),
        (week((5,), (450, 690), (1020, 1230)), FRIDAY, 30, 21),
        (week((5,), (450, 1430)), FRIDAY, 30, 24),
        (MON_TO_FRI + week((6,), (450, 690)), FRIDAY + DAY, 30, 12),
        ([*MON_TO_FRI, Placed(0, Rule(RuleKind.CLOSED, first=FRIDAY, session="s1"))], FRIDAY, 30, 12),
        ([], FRIDAY, 30, 24),
        ([], FRIDAY + DAY, 30, 24),
    ],
)
def test_a_day_ends_after_its_last_session(rules: list[Placed], day: date, grace_min: int, hour: float) -> None:
    calendar = Calendar(rules)
    assert until_ms(calendar, day, grace_min, None) == at(calendar, day, hour)


@pytest.mark.parametrize("rules", [MON_TO_FRI, []])
def test_what_a_person_says_goes_before_the_calendar_within_the_day(rules: list[Placed]) -> None:
    calendar = Calendar(rules)
    for hour, ends in ((15, 15), (20, 20), (-3, 0), (30, 24)):
        assert until_ms(calendar, FRIDAY, 30, at(calendar, FRIDAY, 0) + hour * 3_600_000) == at(calendar, FRIDAY, ends)


def days(rules: list[Placed], today: date, said: dict[date, int] | None = None) -> list[str]:
    return [day.isoformat()[5:] for day in days_of_numbers(Calendar(rules), today, 30, said or {})]


def test_numbers_are_held_for_today_and_the_next_two_working_days() -> None:
    assert days(MON_TO_FRI, FRIDAY) == ["11-27", "11-30", "12-01"]
    assert days(MON_TO_FRI, date(2027, 2, 4)) == ["02-04", "02-12", "02-15"], "over Tết"
    assert days(MON_TO_FRI + week((6,), (450, 690)), FRIDAY) == ["11-27", "11-28", "11-30"]
    saturday = FRIDAY + DAY
    until = at(Calendar(), saturday, 11.5)
    assert days(MON_TO_FRI, FRIDAY, {saturday: until}) == ["11-27", "11-28", "11-30", "12-01"], "opened by a person"
    assert days(MON_TO_FRI, FRIDAY, {FRIDAY + 3 * DAY: at(Calendar(), FRIDAY, 0)}) == ["11-27", "12-01", "12-02"], (
        "and shut"
    )
    assert days_of_numbers(Calendar(MON_TO_FRI), saturday, 30, {})[saturday] == at(Calendar(), saturday, 0)


def test_without_a_calendar_tomorrow_is_among_them_whatever_it_is() -> None:
    assert days([], date(2026, 11, 9)) == ["11-09", "11-10", "11-11"], "a Monday"
    assert days([], date(2026, 11, 13)) == ["11-13", "11-14", "11-16", "11-17"], "a Friday"
    assert days([], date(2026, 11, 14)) == ["11-14", "11-15", "11-16", "11-17"]
    assert days([], date(2026, 2, 13)) == ["02-13", "02-14", "02-23", "02-24"], "before Tết"
