"""Stretches of days that are reported on: a day, a week, a month, a quarter, a year."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fleet.domain import periods
from fleet.domain.periods import ONE_DAY, end_of

EARLIEST_YEAR, LATEST_YEAR = 2000, 2099
WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|Q(?P<quarter>[1-4])|W(?P<week>\d{2})))?", re.ASCII
)
EXPECTED = "2026-10-08, 2026-W41, 2026-10, 2026-Q4 or 2026"


class BadPeriod(ValueError):
    """A text names no period."""

    def __init__(self, found: str) -> None:
        super().__init__(f"expected a day, week, month, quarter or year as {EXPECTED}, found {found!r}")
        self.found = found


class Length(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Period(periods.Period):
    """One that has a name, since it is a whole day, week, month, quarter or year."""

    length: Length

    def __str__(self) -> str:
        """The period as it is written in commands, addresses and names of files; it sorts in time."""
        year, week, _ = self.first.isocalendar()
        return {
            Length.DAY: f"{self.first:%Y-%m-%d}",
            Length.WEEK: f"{year}-W{week:02d}",
            Length.MONTH: f"{self.first:%Y-%m}",
            Length.QUARTER: f"{self.first:%Y}-Q{(self.first.month + 2) // 3}",
            Length.YEAR: f"{self.first:%Y}",
        }[self.length]

    def before(self) -> "Period":
        """The period of this length that ends where this one begins."""
        return holding(self.length, self.first - ONE_DAY)


def read_period(text: str) -> Period:
    """The period that a text names. Raises BadPeriod."""
    match = WRITTEN.fullmatch(text.strip().upper())
    if match is None or not EARLIEST_YEAR <= int(match["year"]) <= LATEST_YEAR:
        raise BadPeriod(text)
    year = int(match["year"])
    try:
        if match["week"]:
            return holding(Length.WEEK, date.fromisocalendar(year, int(match["week"]), 1))
        if match["day"]:
            return holding(Length.DAY, date(year, int(match["month"]), int(match["day"])))
        if match["month"]:
            return holding(Length.MONTH, date(year, int(match["month"]), 1))
    except ValueError:
        raise BadPeriod(text) from None
    if match["quarter"]:
        return holding(Length.QUARTER, date(year, 3 * int(match["quarter"]), 1))
    return holding(Length.YEAR, date(year, 1, 1))


def holding(length: Length, day: date) -> Period:
    """The period of this length that this day is in. Weeks begin on Monday."""
    if length == Length.DAY:
        return Period(day, day, length)
    if length == Length.WEEK:
        monday = day - (day.isoweekday() - 1) * ONE_DAY
        return Period(monday, monday + 6 * ONE_DAY, length)
    months = {Length.MONTH: 1, Length.QUARTER: 3, Length.YEAR: 12}[length]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, end_of("month", first.replace(month=first.month + months - 1)), length)
