"""The options of commands that look at a stretch of time."""

from datetime import date
from typing import Annotated

import typer

from fleet.commands.shared import Refused
from fleet.domain.named_periods import BadPeriod, Length, Period, holding, read_period

Day = Annotated[str | None, typer.Option("--day", help="Of this day, such as 2026-10-08.")]
Week = Annotated[str | None, typer.Option("--week", help="Of this week, such as 2026-W41.")]
Month = Annotated[str | None, typer.Option("--month", help="Of this month, such as 2026-10.")]
Quarter = Annotated[str | None, typer.Option("--quarter", help="Of this quarter, such as 2026-Q4.")]
Year = Annotated[str | None, typer.Option("--year", help="Of this year, such as 2026.")]


def period_of(
    today: date, day: str | None, week: str | None, month: str | None, quarter: str | None, year: str | None
) -> Period:
    """The period that one of these names; this month if none does. Raises Refused."""
    given = {Length.DAY: day, Length.WEEK: week, Length.MONTH: month, Length.QUARTER: quarter, Length.YEAR: year}
    named = [(length, text) for length, text in given.items() if text is not None]
    if len(named) > 1:
        raise Refused(f"expected one period, found {' and '.join(f'--{length}' for length, _ in named)}")
    if not named:
        return holding(Length.MONTH, today)
    ((length, text),) = named
    try:
        period = read_period(text)
    except BadPeriod as problem:
        raise Refused(f"--{length}: {problem}") from None
    if period.length != length:
        raise Refused(f"--{length}: expected a {length}, found the {period.length} {text!r}")
    if period.first > today:
        raise Refused(f"--{length}: expected one that has begun, found {text!r}")
    return period
