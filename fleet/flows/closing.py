"""An office's day ends: nobody new is given a number, a person keeps it open longer, and who is left is told.

Whoever waits when the office closes is served as long as counters call; those who still wait when somebody ends the
day, or when it is over, end as "closed". Nobody is dropped: the supervisor sees how many they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain.calendars import Calendar
from fleet.domain.closing import BadClosing, ClosingNow, days_of_numbers, until_ms
from fleet.domain.day import bounds, day_of, shown_time
from fleet.flows.calendars import calendar_of
from fleet.flows.queue_rules import policy_of
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import day_ends, places, retention
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.events import DayClosed

LOOKED_BACK_DAYS = 7
# A sender that was away for a week ends the days that it missed; what is older nobody waits for.


@dataclass(frozen=True)
class Ends:
    """What decides how an office's days end, from the first on: its calendar, its grace, and what people said."""

    first: date
    calendar: Calendar
    grace_min: int
    said: Mapping[date, int]

    def until_ms(self, day: str) -> int:
        """Until when numbers of this day are given."""
        found = date.fromisoformat(day)
        return until_ms(self.calendar, found, self.grace_min, self.said.get(found))

    def of_numbers(self) -> dict[str, int]:
        """The ISO days for which printers hold numbers on the first day, and until when each of them gives any."""
        found = days_of_numbers(self.calendar, self.first, self.grace_min, self.said)
        return {day.isoformat(): ms for day, ms in found.items()}


def ends_from(connection: Connection, office: OfficeRow, day: str) -> Ends:
    """How the days of an office end, from this one on."""
    said = {date.fromisoformat(one): ms for one, ms in day_ends.said(connection, office.id, day).items()}
    grace_min = policy_of(connection, office.id).grace_min
    return Ends(date.fromisoformat(day), calendar_of(connection, office.id, office.timezone), grace_min, said)


def ends_now(connection: Connection, office: OfficeRow, now_ms: int) -> Ends:
    """How they end from today on."""
    return ends_from(connection, office, day_of(now_ms, office.timezone))


def closes(connection: Connection, office: OfficeRow, day: str) -> int:
    """Until when numbers of any day are given."""
    return ends_from(connection, office, day).until_ms(day)


def told_days(store: Store, offices: Sequence[str], now_ms: int) -> dict[str, tuple[tuple[str, int], ...]]:
    """By office the days and their ends that its printers are to know now; another value: they are to be told."""
    with store.reading() as connection:
        found = (places.office(connection, one) for one in offices)
        return {
            one.id: tuple(ends_now(connection, one, now_ms).of_numbers().items()) for one in found if one is not None
        }


@again_after_conflict
def say_until(store: Store, office_id: str, day: str, ends_ms: int | None, by: str, now_ms: int) -> None:
    """Numbers of a day are given until this moment; None: as the calendar says. Raises BadClosing."""
    with store.writing(alone=False) as connection:
        office = known_office(connection, office_id)
        if day < day_of(now_ms, office.timezone):
            raise BadClosing(f"day: expected today or a later one, found {day}")
        if ends_ms is None:
            day_ends.take_back(connection, office.id, day)
            return
        start_ms, end_ms = bounds(day, office.timezone)
        if not start_ms <= ends_ms <= end_ms:
            raise BadClosing(f"until: expected a time of {day}, found {shown_time(ends_ms, office.timezone)}")
        day_ends.say(connection, office.id, day, ends_ms, by, now_ms)


def closing_now(connection: Connection, office: OfficeRow, now_ms: int) -> ClosingNow:
    """How today ends, and whom that leaves."""
    day = day_of(now_ms, office.timezone)
    ends_ms = closes(connection, office, day)
    waiting, parked, ended = day_ends.count(connection, office.id, day)
    return ClosingNow(
        until_ms=None if ends_ms == bounds(day, office.timezone)[1] else ends_ms,
        said=day in day_ends.said(connection, office.id, day),
        closed=now_ms >= ends_ms,
        waiting=waiting,
        parked=parked,
        ended=ended,
    )


def look(store: Store, office_id: str, now_ms: int) -> tuple[OfficeRow, ClosingNow]:
    """An office, and how its day ends. Raises BadClosing if there is none."""
    with store.reading() as connection:
        office = known_office(connection, office_id)
        return office, closing_now(connection, office, now_ms)


def look_at(store: Store, office_id: str, day: str) -> int:
    """Until when numbers of a day are given. Raises BadClosing."""
    with store.reading() as connection:
        return closes(connection, known_office(connection, office_id), day)


@again_after_conflict
def end_day(store: Store, server: VirtualDevice, office_id: str, by: str, now_ms: int) -> int:
    """Today is over for those who still wait, and nobody new is given a number; how many they were. Raises BadClosing.

    Only once numbers are given no more, or by this very act: whoever says so says both.
    """
    with store.writing(alone=False) as connection:
        office = known_office(connection, office_id)
        places.hold(connection, office.id)
        day = day_of(now_ms, office.timezone)
        if closes(connection, office, day) > now_ms:
            day_ends.say(connection, office.id, day, now_ms, by, now_ms)
        left = day_ends.waiting(connection, office.id, day, day)
        return closed(connection, server, office, left, now_ms)


@again_after_conflict
def end_days_before(store: Store, server: VirtualDevice, office_id: str, now_ms: int) -> int:
    """Days that are over are so for whoever still waited; how many they were."""
    with store.writing(alone=False) as connection:
        office = known_office(connection, office_id)
        places.hold(connection, office.id)
        today = date.fromisoformat(day_of(now_ms, office.timezone))
        first, last = today - timedelta(days=LOOKED_BACK_DAYS), today - timedelta(days=1)
        left = day_ends.waiting(connection, office.id, first.isoformat(), last.isoformat())
        kept_ms = retention.linked_since_ms(connection)
        left = [one for one in left if bounds(one[0], office.timezone)[0] >= kept_ms]
        return closed(connection, server, office, left, now_ms)


def closed(
    connection: Connection, server: VirtualDevice, office: OfficeRow, left: list[tuple[str, str, int]], now_ms: int
) -> int:
    """These waited, and their day is over: in its last moment, or now."""
    for day, service, number in left:
        at_ms = min(now_ms, bounds(day, office.timezone)[1] - 1)
        event = DayClosed(service=service, number=number, up=server.up_ms(at_ms), at=at_ms)
        server.record(connection, event, at_ms, office)
    return len(left)


def known_office(connection: Connection, office_id: str) -> OfficeRow:
    """The office. Raises BadClosing."""
    office = places.office(connection, office_id)
    if office is None:
        ids = ", ".join(sorted(one.id for one in places.offices(connection)))
        raise BadClosing(f"office: expected one of {ids or 'none yet'}, found {office_id!r}")
    return office
