"""A month of a calendar as it is drawn: weeks from Monday on, and of each day what differs from a usual one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fleet.domain.calendars import Calendar, DayPlan, Session
from fleet.domain.periods import ONE_DAY


@dataclass(frozen=True)
class DayDrawn:
    """One day. `differs`: not as the weekday usually is."""

    plan: DayPlan
    is_of_month: bool
    is_today: bool
    differs: bool


@dataclass(frozen=True)
class MonthDrawn:
    """A month, by weeks; the first days of the months before and after it."""

    first: date
    weeks: tuple[tuple[DayDrawn, ...], ...]
    before: date
    after: date

    @property
    def differing(self) -> list[DayDrawn]:
        """The days of the month that are not as usual."""
        return [day for week in self.weeks for day in week if day.is_of_month and day.differs]


def draw_month(calendar: Calendar, first: date, today: date) -> MonthDrawn:
    """The month that begins on this day."""
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    weeks, day = [], first - (first.isoweekday() - 1) * ONE_DAY
    while day < after:
        weeks.append(tuple(drawn(calendar, day + n * ONE_DAY, first, today) for n in range(7)))
        day += 7 * ONE_DAY
    return MonthDrawn(first, tuple(weeks), (first - ONE_DAY).replace(day=1), after)


def drawn(calendar: Calendar, day: date, first: date, today: date) -> DayDrawn:
    plan = calendar.plan(day)
    differs = bool(plan.notes) or not plan.appointments or hours(plan.sessions) != hours(usual(calendar, day))
    return DayDrawn(plan, (day.year, day.month) == (first.year, first.month), day == today, differs)


def usual(calendar: Calendar, day: date) -> tuple[Session, ...]:
    """What the week says of this day."""
    return calendar.week_of(day, day.isoweekday())


def hours(sessions: Sequence[Session]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in sessions]
