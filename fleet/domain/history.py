"""Looking back at an office: which periods stand side by side, and what is said of each."""

from dataclasses import dataclass
from datetime import date, timedelta

from fleet.domain import periods
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.satisfaction import wilson
from fleet.domain.shown_ratings import Scale
from fleet.domain.waits import WaitRow

YEAR_OF_WEEKS = timedelta(weeks=52)
# The same week, or the same day of the week, a year before.
STEPS = {
    Length.DAY: "hour",
    Length.WEEK: "day",
    Length.MONTH: "day",
    Length.QUARTER: "week",
    Length.YEAR: "month",
}
HOURS = range(24)


@dataclass(frozen=True)
class Wanted:
    """What is looked at: a period of an office, all of it or a service, a counter, a weekday (1 Monday), an hour."""

    period: Period
    service: str = ""
    counter: str = ""
    weekday: int | None = None
    hour: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether it is not the whole office at all times."""
        return bool(self.service or self.counter) or self.weekday is not None or self.hour is not None


@dataclass(frozen=True)
class Heat:
    """An hour of a weekday: how many visits, and the wait that nine of ten did not exceed (None: too few)."""

    visits: int
    p90_s: float | None = None
    within: float | None = None


@dataclass(frozen=True)
class Rated:
    """What is published of a period's ratings, of the scale that most have: n in whole groups of five."""

    key: str
    n: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Look:
    """A period, or the one before it, or the same a year before: until a last day, with its visits and ratings."""

    period: Period
    until: date
    row: WaitRow
    rated: Rated | None


@dataclass(frozen=True)
class History:
    """An office looked back at. `steps` with those of the period before; of days only those on which anybody came.

    None where details are too many to add up (`heat`, `services`, `counters`), or ratings are not told of such a part.
    `services` and `counters` are the names of all.
    """

    office: str
    name: str
    wanted: Wanted
    target_s: int | None
    this: Look
    before: Look
    last_year: Look
    by: str
    steps: tuple[WaitRow, ...]
    steps_before: tuple[WaitRow, ...]
    heat: tuple[tuple[Heat, ...], ...] | None
    of_services: tuple[WaitRow, ...] | None
    of_counters: tuple[WaitRow, ...] | None
    rated_by: str
    rated: tuple[Rated, ...]
    services: dict[str, str]
    counters: dict[str, str]


def a_year_before(period: Period) -> Period:
    """The same period of the year before; of a week or day the one 52 weeks before, which is the same weekday."""
    if period.length in (Length.DAY, Length.WEEK):
        return holding(period.length, period.first - YEAR_OF_WEEKS)
    return holding(period.length, period.first.replace(year=period.first.year - 1))


def alike(period: Period, days: int) -> periods.Period:
    """So many of its first days: a period that is not over yet is compared with as much of the other."""
    return period.until(period.first + timedelta(days=days - 1))


def steps_of(period: periods.Period, by: str) -> list[periods.Period]:
    """The pieces of a period that are told one by one."""
    if by == "hour":
        return [period]
    return {"day": periods.days, "week": periods.weeks, "month": periods.months}[by](period)


def rated_of(key: str, days: dict[Scale, tuple[int, int]]) -> Rated:
    """The satisfied share of the scale that most of these ratings have, with its interval."""
    if not days:
        return Rated(key)
    k, n = days[max(days, key=lambda scale: (days[scale][1], scale))]
    return Rated(key, n, k / n, *wilson(k, n)) if n else Rated(key)
