"""Moments and days as they stand in requests and answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from fleet.api.problems import unfit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
Moment = Annotated[datetime, Field(description="A moment, RFC 3339 in UTC.", examples=["2026-11-09T02:00:00Z"])]
Day = Annotated[
    date | None,
    Query(description="A day of the office's calendar; without it today.", examples=["2026-11-09"]),
]


def moment(ms: int | None) -> datetime | None:
    """UTC milliseconds as a moment."""
    return None if ms is None else moment_of(ms)


def moment_of(ms: int) -> datetime:
    """UTC milliseconds as a moment."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def ms_of(text: str | None, where: str) -> int | None:
    """The UTC milliseconds of a moment that says its time zone. Raises Problem."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise unfit(where, "moment") from None
    if read.tzinfo is None or not EARLIEST < read.date() < LATEST:
        raise unfit(where, "moment")
    return (read - EPOCH) // timedelta(milliseconds=1)


def fit_day(day: date, where: str) -> date:
    """The day, if an office can have had it. Raises Problem."""
    if not EARLIEST <= day <= LATEST:
        raise unfit(where, "date_parsing")
    return day
