"""The end of an office's day: until when numbers are given, and for which days printers hold some.

An office closes some minutes after its last session, as its calendar says; a person's word on one day goes before the
calendar, be it longer or shorter. Where nobody has said when an office is open (no calendar was imported for it or for
anything above it) its day ends at midnight: the usual hours are a guess, and a guess turns nobody away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fleet.domain.calendars import MINUTE_MS, Calendar
from fleet.domain.periods import ONE_DAY

WORKING_DAYS_AHEAD = 2
# A printer that is cut off on the evening before a holiday prints on the first two days after it.


class BadClosing(ValueError):
    """A day can not end so; the text says what was found and what was expected."""


@dataclass(frozen=True)
class ClosingNow:
    """How today ends: until when numbers are given, whether a person said so, and whom that leaves.

    `until_ms` None: to midnight. `closed`: nobody is given a number any more. `ended`: so many waited when the day was
    ended, and were told so.
    """

    until_ms: int | None
    said: bool
    closed: bool
    waiting: int
    parked: int
    ended: int


def until_ms(calendar: Calendar, day: date, grace_min: int, said_ms: int | None) -> int:
    """Until when numbers of a day are given; its first moment where none are."""
    start_ms, end_ms = calendar.moment(day, 0), calendar.moment(day + ONE_DAY, 0)
    if said_ms is not None:
        return min(max(said_ms, start_ms), end_ms)
    if not calendar.is_known:
        return end_ms
    closes_ms = calendar.closes_ms(day)
    return start_ms if closes_ms is None else min(closes_ms + grace_min * MINUTE_MS, end_ms)


def days_of_numbers(calendar: Calendar, today: date, grace_min: int, said: Mapping[date, int]) -> dict[date, int]:
    """The days for which printers hold numbers, and until when each of them gives any.

    Today, if there is anything to give, and the next two days with sessions; those that a person opens beside. Without
    a calendar tomorrow, too: the usual hours may be wrong.
    """

    def ends_ms(day: date) -> int:
        return until_ms(calendar, day, grace_min, said.get(day))

    def is_open(day: date) -> bool:
        return ends_ms(day) > calendar.moment(day, 0)

    working = calendar.next_working_days(today, WORKING_DAYS_AHEAD + len(said))
    days = {today, *[day for day in working if is_open(day)][:WORKING_DAYS_AHEAD]}
    days |= {day for day in said if day > today and is_open(day)}
    if not calendar.is_known:
        days.add(today + timedelta(days=1))
    return {day: ends_ms(day) for day in sorted(days)}
