"""When people come."""

import pytest

from fleet.domain.office_rhythm import (
    DAY_MIN,
    MOST_A_MINUTE,
    OF_WEEKDAY,
    WEEK_MIN,
    BadMoment,
    moment_of,
    share_a_minute,
    told,
)


def test_each_day_has_its_people_and_a_weekend_none() -> None:
    for day, share in enumerate((*OF_WEEKDAY, 0.0, 0.0)):
        minutes = range(day * DAY_MIN, (day + 1) * DAY_MIN)
        assert sum(map(share_a_minute, minutes)) == pytest.approx(share, abs=0.001)


def test_nobody_comes_at_lunch_and_most_on_a_monday_morning() -> None:
    assert not share_a_minute(moment_of("tue-12:30"))
    assert share_a_minute(moment_of("mon-08:15")) == MOST_A_MINUTE == max(map(share_a_minute, range(WEEK_MIN)))
    assert share_a_minute(moment_of("mon-08:15") + WEEK_MIN) == MOST_A_MINUTE


def test_a_moment_is_written_as_it_is_told() -> None:
    assert told(moment_of("fri-16:59")) == "fri-16:59"
    for wrong in ("", "mon", "mon-7:30", "mo-07:30", "mon-24:00", "mon-07:60", "mon-+7:30"):
        with pytest.raises(BadMoment, match="such as mon-07:30"):
            moment_of(wrong)
