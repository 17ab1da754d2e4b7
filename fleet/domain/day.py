"""The office's own day: which date a moment belongs to, and when a date begins and ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FRIDAY = 5


def day_of(ms: int, timezone: str) -> str:
    """The ISO date of a moment (UTC milliseconds) in this time zone."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)).date().isoformat()


def bounds(day: str, timezone: str) -> tuple[int, int]:
    """The first millisecond (UTC) of this ISO date, and the first one after it."""
    start = date.fromisoformat(day)
    return midnight(start, timezone), midnight(start + timedelta(days=1), timezone)


def later(day: str, days: int) -> str:
    """The ISO date so many days later."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def days_ahead(day: str) -> list[str]:
    """The days for which a printer holds numbers: this one, the next one, and the two working days after this one.

    Until an office has a calendar of its own, Monday to Friday are working days; so a printer that is cut off on Friday
    evening prints on Saturday, Monday and Tuesday.
    """
    working = [later(day, n) for n in range(1, 5) if date.fromisoformat(later(day, n)).isoweekday() <= FRIDAY]
    return sorted({day, later(day, 1), *working[:2]})


def midnight(day: date, timezone: str) -> int:
    """UTC milliseconds of the beginning of this date."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC).timestamp() * 1000)
