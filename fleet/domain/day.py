"""The office's own day: which date a moment belongs to, and when a date begins and ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


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


def midnight(day: date, timezone: str) -> int:
    """UTC milliseconds of the beginning of this date."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC).timestamp() * 1000)


def shown_time(ms: int, timezone: str) -> str:
    """A moment as people of this time zone read it: `2026-11-09 08:30`."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")
