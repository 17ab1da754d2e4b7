"""A counter's day and a clerk's month, for supervisors who look back."""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain import periods
from fleet.domain.clerk_sessions import clerk_label
from fleet.domain.counter_day import (
    MIN_MS,
    NO_SHOW,
    Beside,
    ClerkDay,
    ClerkMonth,
    CounterDay,
    Stretch,
    busy_share,
    pauses_of,
    took,
)
from fleet.domain.day import bounds, day_of
from fleet.domain.history import Wanted
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.rating_cells import CellScore, cells_of, shown_of
from fleet.domain.satisfied import LEAST_OF_PART
from fleet.domain.waits import Durations, WaitRow
from fleet.flows.history import Reading, TooMuchDetail
from fleet.flows.past_visits import FROM_THE_LAST
from fleet.flows.watch import UnknownOffice
from fleet.store import counter_day as store_
from fleet.store import places, rating_history, visits
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.ticket_code import ticket_label

MOST_VISITS = 500
BESIDE = timedelta(weeks=4)
NO_TIME = Durations(0)


class UnknownCounter(LookupError):
    """The office has no counter of this id."""


class UnknownClerk(LookupError):
    """No clerk of this number was signed in at the office in the period."""


def counter_day(store: Store, office: str, counter: str, day: str, now_ms: int) -> CounterDay:
    """A day of a counter. Raises UnknownOffice and UnknownCounter."""
    with store.reading() as connection:
        place = office_of(connection, office)
        names = {one.id: one.name for one in places.counters(connection, office)}
        if counter not in names:
            raise UnknownCounter(counter)
        prefixes = {one.id: one.prefix for one in places.services(connection, office)}
        services = {one.id: one.name for one in places.services(connection, office)}
        start_ms, end_ms = bounds(day, place.timezone)
        until_ms = min(now_ms, end_ms)
        rows = visits.visits_before(connection, office, day, FROM_THE_LAST, MOST_VISITS, counter)
        rows = sorted(rows, key=lambda row: (row.called_ms, row.id))
        last_ms = max((row.finished_ms or row.called_ms for row in rows), default=start_ms)
        over_ms = until_ms if now_ms < end_ms else last_ms
        stretches = [
            Stretch(
                row.called_ms,
                max(row.called_ms, row.finished_ms or over_ms),
                NO_SHOW if row.outcome == NO_SHOW else "visit",
                "" if row.number is None else ticket_label(prefixes.get(row.service or "", ""), row.number),
                services.get(row.service or "", row.service or ""),
            )
            for row in rows
        ]
        happened = store_.pauses(connection, office, day, counter)
        stretches += [
            Stretch(begins, ends, "paused", reason)
            for begins, ends, reason in pauses_of(happened, [row.called_ms for row in rows], over_ms)
        ]
        served = visits.visits_of_sessions(connection, office, day)
        sessions = [one for one in visits.sessions_of_day(connection, office, day) if one.counter == counter]
        stretches += [
            Stretch(one.began_ms, min(one.ended_ms or over_ms, over_ms), "clerk", clerk_label(one.number))
            for one in sessions
            if one.began_ms <= over_ms
        ]
        last = date.fromisoformat(day)
        beside = beside_of_counter(connection, place, counter, periods.Period(last - BESIDE + periods.ONE_DAY, last))
        return CounterDay(
            office=office,
            office_name=place.name,
            timezone=place.timezone,
            counter=counter,
            name=names[counter],
            day=day,
            stretches=tuple(stretches),
            sessions=tuple(
                (one.number, clerk_label(one.number), one.began_ms, one.ended_ms, served.get(one.id, 0))
                for one in sessions
            ),
            visits=len(rows),
            no_shows=sum(row.outcome == NO_SHOW for row in rows),
            service=took((row.called_ms, row.finished_ms, row.outcome) for row in rows),
            busy=busy_share(stretches),
            paused_min=sum(one.ends_ms - one.begins_ms for one in stretches if one.kind == "paused") / MIN_MS,
            beside=beside,
            last_weeks=BESIDE.days,
        )


def clerk_month(store: Store, office: str, number: int, period: Period, now_ms: int) -> ClerkMonth:
    """A clerk's month or quarter. Raises UnknownOffice and UnknownClerk."""
    with store.reading() as connection:
        place = office_of(connection, office)
        today = date.fromisoformat(day_of(now_ms, place.timezone))
        span = (period.first.isoformat(), min(period.last, today).isoformat())
        sessions = store_.sessions_of_clerk(connection, office, number, *span)
        if not sessions:
            raise UnknownClerk(number)
        names = {one.id: one.name for one in places.counters(connection, office)}
        of_day = defaultdict(list)
        for session in sessions:
            of_day[session.day].append(session)
        rows = store_.visits_of_clerk(connection, office, number, *span)
        served: dict[str, int] = defaultdict(int)
        for row in rows:
            served[row.day] += 1
        days = tuple(
            ClerkDay(
                day,
                min(one.began_ms for one in its),
                None if any(one.ended_ms is None for one in its) else max(one.ended_ms or 0 for one in its),
                tuple(dict.fromkeys(names.get(one.counter, one.counter) for one in its)),
                served[day],
            )
            for day, its in sorted(of_day.items())
        )
        its_services = {row.service or "" for row in rows}
        here = {
            service: [(row.called_ms, row.finished_ms, row.outcome) for row in rows if (row.service or "") == service]
            for service in its_services
        }
        whole = of_office(connection, place, periods.Period(period.first, min(period.last, today)))
        service_names = {one.id: one.name for one in places.services(connection, office)}
        return ClerkMonth(
            office=office,
            office_name=place.name,
            timezone=place.timezone,
            number=number,
            clerk=clerk_label(number),
            period=period,
            days=days,
            visits=len(rows),
            no_shows=sum(row.outcome == NO_SHOW for row in rows),
            service=took((row.called_ms, row.finished_ms, row.outcome) for row in rows),
            beside=tuple(
                Beside(service_names.get(one, one), len(here[one]), took(here[one]), time_of(whole.get(one)))
                for one in sorted(here, key=lambda one: (-len(here[one]), one))
            ),
            cells=ratings_of_clerk(connection, office, number, period, today),
        )


def office_of(connection: Connection, office: str) -> OfficeRow:
    """The office. Raises UnknownOffice."""
    found = places.office(connection, office)
    if found is None:
        raise UnknownOffice(office)
    return found


def beside_of_counter(
    connection: Connection, place: OfficeRow, counter: str, days: periods.Period
) -> tuple[Beside, ...]:
    """How long visits took at a counter and at its office, service by service; nothing of too many details."""
    names = {one.id: one.name for one in places.services(connection, place.id)}
    wanted = Wanted(holding(Length.MONTH, days.last), counter=counter)
    try:
        here = Reading(connection, place.id, {}).parts(wanted, days, "service") or ()
    except TooMuchDetail:
        return ()
    whole = of_office(connection, place, days)
    return tuple(
        Beside(names.get(row.key, row.key), row.visits, row.service, time_of(whole.get(row.key)))
        for row in sorted(here, key=lambda row: (-row.visits, row.key))
    )


def of_office(connection: Connection, place: OfficeRow, days: periods.Period) -> dict[str, WaitRow]:
    """The whole office by service."""
    rows = Reading(connection, place.id, {}).parts(Wanted(holding(Length.MONTH, days.last)), days, "service")
    return {row.key: row for row in rows or ()}


def time_of(row: WaitRow | None) -> Durations:
    """How long its visits took."""
    return NO_TIME if row is None else row.service


def ratings_of_clerk(
    connection: Connection, office: str, number: int, period: Period, today: date
) -> tuple[CellScore, ...]:
    """What is published of the presses for a clerk's visits: of days that are over, in groups of five, from 20 on."""
    until = min(period.last, today - periods.ONE_DAY)
    if until < period.first:
        return ()
    span = (period.first.isoformat(), until.isoformat())
    its = store_.ratings_of_clerk(connection, office, number, *span)
    came = rating_history.counted(connection, [office], *span)[office]
    shown = shown_of([one for one in came if (one.day, one.id) in its], period.length)
    return tuple(cell for cell in cells_of(shown) if cell.n >= LEAST_OF_PART)
