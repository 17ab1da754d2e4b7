"""Reports that are sent by themselves: which period is next, and when its figures have settled.

A period is sent once, in order, after its last day. What an outage missed is sent afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import midnight
from fleet.domain.named_periods import Length, Period, holding

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
READY_AFTER_MS = 6 * HOUR_MS
# At six in the morning: what was told at night is linked, the last ratings are examined, and nobody is at work yet.
AWAITED_FOR_MS = 2 * DAY_MS
# A device that was cut off in the middle of a day is put right within two working days, or it is to be replaced.
CUT_OFF_MS = HOUR_MS
# Before the last visit of a day ends no device is switched off for longer than that.
MISSED_AT_MOST = 31
TO_AT_MOST = 20


@dataclass(frozen=True)
class Schedule:
    """A report of a unit that goes to these addresses after each period of a length. `last` was the last one sent.

    `said` is why the last one could not be made; empty: it was.
    """

    id: int
    unit: str
    length: Length
    form: str
    language: str
    to: tuple[str, ...]
    last: Period
    created_ms: int
    said: str = ""


@dataclass(frozen=True)
class Heard:
    """A device of an office: when it was last heard of, and whether its line broke since."""

    seen_ms: int
    lost: bool


def following(period: Period) -> Period:
    """The period of the same length after this one."""
    return holding(period.length, period.last + timedelta(days=1))


def next_due(last: Period, today: date) -> Period | None:
    """The next period to be sent, once it is over. After a long outage only the last ones are."""
    period = following(last)
    if period.last >= today:
        return None
    missed = [period]
    while (period := following(period)).last < today:
        missed.append(period)
    return missed[-MISSED_AT_MOST:][0]


def ready_ms(period: Period) -> int:
    """The first moment at which a period may be sent."""
    return midnight(period.last + timedelta(days=1), VIET_NAM) + READY_AFTER_MS


def awaits_device(period: Period, devices: Sequence[Heard], worked_until_ms: int | None) -> bool:
    """Whether one may still tell of this period: its line broke while its office worked on (until then)."""
    if worked_until_ms is None:
        return False
    first_ms = midnight(period.first, VIET_NAM)
    return any(one.lost and first_ms <= one.seen_ms < worked_until_ms - CUT_OFF_MS for one in devices)
