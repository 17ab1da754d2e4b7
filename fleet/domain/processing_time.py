"""How long a dossier took, and whether that was in time: the rule of items 2.1 and 2.2 of Decision 766/QĐ-TTg.

It is on time if its processing ended on or before the day on which the result was due, that day moved on by the working
days for which it waited for supplements; where no day was set, on or before the end of its legal time. What has not
ended is looked at as of the end of the period. A second request for supplements makes it late whatever its dates say.
The end is that of processing, else the return of the result, else the day on which it was stopped, refused or taken
back.

Files do not always date an end. Then the mirror knows only that it had come by the day on which it heard of it: enough
to call a dossier on time, never to call it late.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from fleet.domain.calendars import Calendar
from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import ASKED_FOR_MORE, OVER, READY, begins

LOOKED_AHEAD = timedelta(days=800)
# The longest legal times are some 300 working days.
SUPPLEMENTS_IN_TIME = 1


class Outcome(StrEnum):
    """What became of a dossier by the end of a period."""

    ON_TIME = "on_time"
    OPEN_IN_TIME = "open_in_time"
    LATE = "late"
    OPEN_LATE = "open_late"
    LATE_BY_SUPPLEMENTS = "late_by_supplements"
    NO_DUE_DAY = "no_due_day"
    """Neither a due day nor a legal time is known of it."""
    END_NOT_DATED = "end_not_dated"
    """It is over, nobody says since when, and the mirror heard of it after the due day."""


IN_TIME = frozenset({Outcome.ON_TIME, Outcome.OPEN_IN_TIME})
OVERDUE = frozenset({Outcome.LATE, Outcome.OPEN_LATE, Outcome.LATE_BY_SUPPLEMENTS})


@dataclass(frozen=True)
class Since:
    """A state of a dossier, and the day on which the mirror heard of it."""

    state: str
    day: date


@dataclass(frozen=True)
class Judged:
    """A dossier as of the end of a period. `days`: the working days that it took; None if it has not ended."""

    dossier: Dossier
    outcome: Outcome
    supplements: int
    due: date | None = None
    ended: date | None = None
    days: int | None = None


class WorkingDays:
    """The working days of a calendar in order, so that counting them is quick."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        span = (last + LOOKED_AHEAD - first).days + 1
        days = (first + timedelta(days=n) for n in range(span))
        self.days = [day for day in days if calendar.is_working_day(day)]

    def between(self, first: date, last: date) -> int:
        """How many there are after the first day, up to the last one."""
        return max(0, bisect_right(self.days, last) - bisect_right(self.days, first))

    def after(self, day: date, count: int) -> date:
        """The day so many working days later; the same day for none."""
        if count <= 0 or not self.days:
            return day
        return self.days[min(bisect_right(self.days, day) + count - 1, len(self.days) - 1)]


def judge(
    dossier: Dossier, states: Sequence[Since], supplements: int, legal_days: float | None, last: date, days: WorkingDays
) -> Judged:
    """What became of a dossier by `last`, of which more was asked for so often."""
    ended, dated = end_of(dossier, states)
    ended_by_then = ended is not None and ended <= last
    until = ended if ended is not None and ended_by_then else last
    waited = waited_for_supplements(dossier, states, until, days)
    due = due_day(dossier, legal_days, waited, days)
    took = days.between(dossier.received_on, until) - waited if ended_by_then and dated else None
    return Judged(
        dossier,
        outcome_of(due, until, ended_by_then, dated or ended is None, supplements),
        supplements,
        due,
        ended if ended_by_then and dated else None,
        None if took is None else max(0, took),
    )


def outcome_of(due: date | None, until: date, ended: bool, dated: bool, supplements: int) -> Outcome:
    """`until` is when it ended, or when the period did. Not `dated`: it ended on that day or before."""
    if supplements > SUPPLEMENTS_IN_TIME:
        return Outcome.LATE_BY_SUPPLEMENTS
    if due is None:
        return Outcome.NO_DUE_DAY
    if until <= due:
        return Outcome.ON_TIME if ended else Outcome.OPEN_IN_TIME
    if not dated:
        return Outcome.END_NOT_DATED
    return Outcome.LATE if ended else Outcome.OPEN_LATE


def end_of(dossier: Dossier, states: Sequence[Since]) -> tuple[date | None, bool]:
    """When its processing ended (None: it has not), and whether that is dated or only the last day it can be."""
    if dossier.finished_on is not None:
        return dossier.finished_on, True
    heard = min((one.day for one in states if begins(one.state, (*READY, *OVER))), default=None)
    if dossier.returned_on is not None:
        early = heard is not None and heard < dossier.returned_on
        return (heard, False) if early and in_time_by(dossier, heard) else (dossier.returned_on, True)
    return heard, heard is None


def in_time_by(dossier: Dossier, day: date | None) -> bool:
    """Whether its result was there when it was due, though it was fetched later."""
    return day is not None and dossier.due_on is not None and day <= dossier.due_on


def waited_for_supplements(dossier: Dossier, states: Sequence[Since], until: date, days: WorkingDays) -> int:
    """For how many working days the office waited for what it had asked for, as far as states tell."""
    waited = 0
    for number, one in enumerate(states):
        if begins(one.state, ASKED_FOR_MORE):
            following = states[number + 1].day if number + 1 < len(states) else until
            waited += days.between(max(one.day, dossier.received_on), min(following, until))
    return waited


def due_day(dossier: Dossier, legal_days: float | None, waited: int, days: WorkingDays) -> date | None:
    """By when it must be done: as the office promised, else as the law has it; moved on by what it waited for."""
    if dossier.due_on is not None:
        return days.after(dossier.due_on, waited)
    return None if legal_days is None else days.after(dossier.received_on, ceil(legal_days) + waited)
