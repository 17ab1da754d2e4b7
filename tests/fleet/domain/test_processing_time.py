"""Whether a dossier was handled in time, by worked examples. The 1st of October 2026 is a Thursday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.calendars import Calendar
from fleet.domain.dossier import Dossier
from fleet.domain.processing_time import IN_TIME, Judged, Outcome, Since, WorkingDays, judge

CALENDAR = Calendar()
LAST = date(2026, 10, 31)
DAYS = WorkingDays(CALENDAR, date(2026, 9, 1), LAST)
ASKED, WORKED_ON, READY, RETURNED = "Chờ bổ sung hồ sơ", "Đang xử lý", "Chờ trả kết quả", "Đã trả kết quả"
DOSSIER = Dossier("H29.27.05-261001-0001", "H29.27.05", date(2026, 10, 1), due_on=date(2026, 10, 9))


def on(day: int) -> date:
    return date(2026, 10, day)


def judged(
    *states: tuple[str, int], supplements: int = 0, legal: float | None = None, last: date = LAST, **fields: object
) -> Judged:
    since = [Since(state, on(day)) for state, day in states]
    return judge(DOSSIER._replace(**fields), since, supplements, legal, last, DAYS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("finished", "outcome", "took"),
    [
        (on(1), Outcome.ON_TIME, 0),
        (on(9), Outcome.ON_TIME, 6),
        (on(10), Outcome.LATE, 6),  # a Saturday: the rule compares days
        (on(12), Outcome.LATE, 7),
    ],
)
def test_it_is_on_time_up_to_its_due_day(finished: date, outcome: Outcome, took: int) -> None:
    found = judged(finished_on=finished)
    assert (found.outcome, found.days, found.ended) == (outcome, took, finished)


@pytest.mark.parametrize(("last", "outcome"), [(on(8), "open_in_time"), (on(9), "open_in_time"), (on(10), "open_late")])
def test_what_is_open_is_looked_at_as_of_the_end_of_the_period(last: date, outcome: str) -> None:
    assert judged(last=last).outcome == outcome
    assert judged(last=last, finished_on=on(20)).outcome == outcome, "what came later was not known then"


@pytest.mark.parametrize(("finished", "outcome"), [(on(14), Outcome.ON_TIME), (on(15), Outcome.LATE)])
def test_the_time_of_supplements_is_taken_off(finished: date, outcome: Outcome) -> None:
    """Asked on Monday the 5th, there again on Thursday the 8th: three working days, so due on Wednesday the 14th."""
    found = judged((WORKED_ON, 1), (ASKED, 5), (WORKED_ON, 8), supplements=1, finished_on=finished)
    assert (found.outcome, found.due, found.days) == (outcome, on(14), DAYS.between(on(1), finished) - 3)


def test_while_it_waits_for_supplements_it_does_not_become_late() -> None:
    assert judged((WORKED_ON, 1), (ASKED, 8), supplements=1, last=on(30)).outcome == Outcome.OPEN_IN_TIME


def test_a_second_request_makes_it_late_though_its_date_is_met() -> None:
    assert judged(supplements=1, finished_on=on(2)).outcome == Outcome.ON_TIME
    assert judged(supplements=2, finished_on=on(2)).outcome == Outcome.LATE_BY_SUPPLEMENTS
    assert judged(supplements=2).outcome == Outcome.LATE_BY_SUPPLEMENTS


@pytest.mark.parametrize(("finished", "outcome"), [(on(8), Outcome.ON_TIME), (on(9), Outcome.LATE)])
def test_without_a_due_day_the_legal_time_counts(finished: date, outcome: Outcome) -> None:
    """Five working days after Thursday the 1st end on Thursday the 8th."""
    assert judged(legal=5, due_on=None, finished_on=finished).outcome == outcome


def test_without_either_nothing_is_said() -> None:
    assert judged(due_on=None, finished_on=on(2)).outcome == Outcome.NO_DUE_DAY
    assert judged(legal=0, due_on=None, finished_on=on(1)).outcome == Outcome.ON_TIME, "the same day is a time, too"


def test_the_end_is_that_of_processing_else_the_return() -> None:
    assert judged(finished_on=on(8), returned_on=on(20)).outcome == Outcome.ON_TIME
    assert judged(returned_on=on(20)).outcome == Outcome.LATE
    assert judged((READY, 8), returned_on=on(20)).outcome == Outcome.ON_TIME, "it was ready, and fetched later"


def test_what_is_over_without_a_date_is_on_time_or_unknown_never_late() -> None:
    """The mirror heard on that day that it was over; when it was, nobody says."""
    assert judged((WORKED_ON, 1), (RETURNED, 9)).outcome == Outcome.ON_TIME
    found = judged((RETURNED, 20))
    assert (found.outcome, found.days, found.ended) == (Outcome.END_NOT_DATED, None, None)


@given(st.integers(0, 40), st.integers(0, 10), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 30)))
def test_to_end_later_never_makes_it_timely(finished: int, later: int, asked: int, due: int | None) -> None:
    due_on = None if due is None else on(1) + timedelta(days=due)
    ends = [on(1) + timedelta(days=finished + more) for more in (0, later)]
    early, late = (judged(supplements=asked, legal=7, due_on=due_on, finished_on=end).outcome for end in ends)
    assert late not in IN_TIME or early in IN_TIME


def test_working_days_are_counted_as_the_calendar_has_them() -> None:
    for first, last in ((on(1), on(1)), (on(2), on(5)), (on(3), on(4)), (on(1), on(30))):
        slow = sum(CALENDAR.is_working_day(first + timedelta(days=n + 1)) for n in range((last - first).days))
        assert DAYS.between(first, last) == slow
    assert DAYS.after(on(2), 1) == on(5) and DAYS.after(on(3), 0) == on(3)
