"""Stretches of time: a period as few sums of whole days, months and years, and the days, weeks and months within it.

Sums can be taken from one another, so a month but for its first week is the month less seven days; at each end of a
period no more than half a month of days is read, and half a year of months.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Stretch:
    """A whole day, month or year."""

    span: str
    begins: date


@dataclass(frozen=True)
class Period:
    """From a first day to a last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def until(self, day: date) -> "Period":
        """Its days, those after this one left out."""
        return Period(self.first, min(self.last, day))


def cover(period: Period) -> dict[Stretch, int]:
    """Whole stretches that, added (1) and taken out (-1), are just this period."""
    found: Counter[Stretch] = Counter()
    for year in range(period.first.year, period.last.year + 1):
        its = Period(max(period.first, date(year, 1, 1)), min(period.last, date(year, 12, 31)))
        found.update(of_year(its))
    return {stretch: sign for stretch, sign in found.items() if sign}


def of_year(period: Period) -> dict[Stretch, int]:
    """The same for days of one year."""
    year = period.first.year
    inside = dict(of_months(period))
    if len(inside) == 1:
        return inside
    whole = Counter({Stretch("year", date(year, 1, 1)): 1})
    for outside in (
        Period(date(year, 1, 1), period.first - ONE_DAY),
        Period(period.last + ONE_DAY, date(year, 12, 31)),
    ):
        if outside.days > 0:
            whole.subtract(dict(of_months(outside)))
    return whole if len(whole) < len(inside) else inside


def of_months(period: Period) -> Iterator[tuple[Stretch, int]]:
    """The same for days of one year, in months and days."""
    for month in months(period):
        begins = month.first.replace(day=1)
        ends = end_of("month", begins)
        lacking = [*days(Period(begins, month.first - ONE_DAY)), *days(Period(month.last + ONE_DAY, ends))]
        if len(lacking) < month.days:
            yield Stretch("month", begins), 1
            yield from ((Stretch("day", day.first), -1) for day in lacking)
        else:
            yield from ((Stretch("day", day.first), 1) for day in days(month))


def days(period: Period) -> list[Period]:
    """Its days."""
    return [Period(day, day) for day in (period.first + n * ONE_DAY for n in range(max(0, period.days)))]


def weeks(period: Period) -> list[Period]:
    """Its weeks from Monday to Sunday, the first and the last as far as they are in it."""
    return cut(period, lambda day: day + timedelta(days=6 - day.weekday()))


def months(period: Period) -> list[Period]:
    """Its months, the first and the last as far as they are in it."""
    return cut(period, lambda day: end_of("month", day))


def years(period: Period) -> list[Period]:
    """Its years, the first and the last as far as they are in it."""
    return cut(period, lambda day: end_of("year", day))


def end_of(span: str, day: date) -> date:
    """The last day of the month or year that this day lies in."""
    month = 12 if span == "year" else day.month
    following = day.year * 12 + month
    return date(following // 12, following % 12 + 1, 1) - ONE_DAY


def cut(period: Period, end: Callable[[date], date]) -> list[Period]:
    """The period in pieces, each up to the end of what its first day lies in."""
    found = []
    first = period.first
    while first <= period.last:
        last = min(end(first), period.last)
        found.append(Period(first, last))
        first = last + ONE_DAY
    return found
