"""Working days of the sample: Monday to Friday; holidays fall on none of its days."""

from datetime import date, timedelta

FRIDAY = 4


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; with 0, the day itself."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() <= FRIDAY
    return day
