"""Working days of the sample: Monday to Friday, holidays too."""

from datetime import date, timedelta

FRIDAY = 4


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; with 0, the day itself."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() <= FRIDAY
    return day


def working_days_until(today: date, count: int) -> list[date]:
    """The last `count` working days up to this one, the oldest first."""
    days = (today - timedelta(days=back) for back in range(2 * count + 2))
    return sorted([day for day in days if day.weekday() <= FRIDAY][:count])
