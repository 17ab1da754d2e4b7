"""How long what is kept: classes of data, and from which moment and day on each is kept at a given time.

Whole days of an office are kept or not. A day of which something is gone is not linked again: what was made of it stays
as it is, for as long as that class is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.day import bounds, day_of, later

DAY_MS = 86_400_000
VIET_NAM = "Asia/Ho_Chi_Minh"


class Kept(StrEnum):
    """A class of data that is kept for so many days."""

    EVENTS = "events"
    SCANS = "scans"
    UNREADABLE = "unreadable"
    HEALTH = "health"
    VISITS = "visits"
    RATINGS = "ratings"
    DOSSIERS = "dossiers"
    IMPORTS = "imports"
    ARCHIVES = "archives"


LINKED_FROM = (Kept.EVENTS, Kept.SCANS, Kept.VISITS, Kept.RATINGS)
# Without one of these a day cannot be linked anew to what it was.


@dataclass(frozen=True)
class Since:
    """What is kept: from this day on, which begins at this moment (UTC milliseconds)."""

    day: str
    ms: int


def since(now_ms: int, days: int, timezones: Iterable[str] = ()) -> Since:
    """From when on something is kept that is kept for so many days before today; where it is earliest."""
    found = []
    for timezone in {*timezones} or {VIET_NAM}:
        day = later(day_of(now_ms, timezone), -days)
        found.append(Since(day, bounds(day, timezone)[0]))
    return min(found, key=lambda one: one.ms)


def holders_since_ms(now_ms: int, timezones: Iterable[str] = ()) -> int:
    """From when on hashes of holders are kept: those of a day go with its key, a day after it is over."""
    zones = {*timezones} or {VIET_NAM}
    return max(bounds(day_of(now_ms - DAY_MS - 1, timezone), timezone)[0] for timezone in zones)
