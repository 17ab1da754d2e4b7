"""Periods in what programs ask: their names are read in one place, whichever route is asked about them."""

from typing import Annotated

from fastapi import Path, Query

from fleet.api.door import Door
from fleet.api.problems import unfit
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.satisfaction import LENGTHS

LONGEST_NAME = 10
PeriodName = Annotated[
    str | None,
    Query(
        description="A day, week, month, quarter or year: 2026-10-08, 2026-W41, 2026-10, 2026-Q4, 2026; this month.",
        max_length=LONGEST_NAME,
        examples=["2026-10"],
    ),
]
LongPeriodName = Annotated[
    str,
    Path(
        description="A month, quarter or year: 2026-10, 2026-Q4 or 2026.", max_length=LONGEST_NAME, examples=["2026-10"]
    ),
]


def period_of(door: Door, name: str | None) -> Period:
    """The period that was asked for, this month if none was. Raises Problem."""
    today = day_in_viet_nam(door.clock())
    wanted = holding(Length.MONTH, today) if name is None else named(name, "named_period")
    if wanted.first > today:
        raise unfit("period", "begun_period")
    return wanted


def long_period(name: str) -> Period:
    """The month, quarter or year of this name. Raises Problem."""
    period = named(name, "long_period")
    if period.length not in LENGTHS:
        raise unfit("period", "long_period")
    return period


def named(name: str, expected: str) -> Period:
    """The period of this name. Raises Problem, which says what was expected."""
    try:
        return read_period(name)
    except BadPeriod:
        raise unfit("period", expected) from None
