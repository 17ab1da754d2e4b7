"""Numbers and times as a person reads them. `static/live.js` writes elapsed times in the same form."""

import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fleet.pages.texts import Wording

SHORT = 48
VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


def elapsed(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: 12:34, 1:02:33."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def minutes(seconds: float) -> int:
    """Whole minutes, rounded up: a promise is not made smaller than it is."""
    return -int(-seconds // 60)


def percent(share: float) -> str:
    """A share of one without decimals; more would pretend to know more."""
    return f"{share * 100:.0f}%"


def clock(ms: int, timezone: str) -> str:
    """Hour and minute at the office."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)):%H:%M}"


def hour_and_day(ms: int, timezone: str) -> str:
    """When somebody is to come: 08:30 09/11/2026."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)):%H:%M %d/%m/%Y}"


def moment(ms: int, timezone: str) -> str:
    """Day and time at the office."""
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(timezone)):%d/%m %H:%M:%S}"


def day_and_time(ms: int) -> str:
    """A moment in Việt Nam, to the minute: 21/11/2026 07:45."""
    return f"{datetime.fromtimestamp(ms / 1000, VIET_NAM):%d/%m/%Y %H:%M}"


def day(iso: str) -> str:
    """An ISO date as people write it, without the year."""
    parsed = date.fromisoformat(iso)
    return f"{parsed:%d/%m}"


def long_day(day: str, wording: Wording) -> str:
    """An ISO date in words."""
    parsed = date.fromisoformat(day)
    return wording.say(
        "date.long",
        weekday=wording.say(f"date.weekday.{parsed.isoweekday()}"),
        day=parsed.day,
        month=wording.say(f"date.month.{parsed.month}"),
        year=parsed.year,
    )


def short(text: object, longest: int = SHORT) -> str:
    """A stranger's text, without what cannot be seen or turns the writing round, and not longer than this."""
    visible = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in str(text)[:1000])
    words = " ".join(visible.split())
    return words if len(words) <= longest else words[: longest - 1] + "…"
