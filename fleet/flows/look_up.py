"""What programs are told of offices: as it is stored, by ids; never a score beside a visit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import Connection

from fleet.domain.api_rights import Caller
from fleet.domain.day import day_of
from fleet.domain.satisfaction import Score, publish
from fleet.store import day_lists, desks, devices, places, province_lists, visits
from fleet.store.database import Store
from fleet.store.devices import DeviceRow, Place
from fleet.store.places import CounterRow, OfficeRow, ServiceRow
from protocols.ticket_code import ticket_label

Found = TypeVar("Found")


class NoSuchOffice(LookupError):
    """There is no office of this id, or the caller has nothing to do with it."""


class NoSuchCounter(LookupError):
    """There is no counter of this id, or the caller has nothing to do with it."""


@dataclass(frozen=True)
class QueueOf:
    """Who waits for a service now; `oldest_ms` is when the one who waits longest took the number."""

    service: ServiceRow
    waiting: int
    waiting_priority: int
    oldest_ms: int | None
    parked: int
    called: int
    median_wait_s: float | None


@dataclass(frozen=True)
class CounterOf:
    """What a counter does; `state` closed means that nothing happened there today."""

    counter: CounterRow
    state: str
    since_ms: int | None
    reason: str
    service: str | None
    number: int | None
    label: str | None


@dataclass(frozen=True)
class DayPage:
    """Rows of an office's day as `day_lists` gives them, what stands before the numbers of each service, and of visits
    the codes of the dossiers that were scanned.
    """

    day: str
    rows: Sequence[Any]
    prefixes: dict[str, str]
    dossiers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class DayScore:
    """What may be said of the ratings of an office's day, and how many visits were served and rated."""

    day: str
    score: Score
    served: int
    rated: int


def office_for(store: Store, caller: Caller, office: str) -> OfficeRow:
    """The office, if it concerns the caller. Raises NoSuchOffice."""
    with store.reading() as connection:
        return office_in(connection, caller, office)


def office_in(connection: Connection, caller: Caller, office: str) -> OfficeRow:
    """The same in a transaction of somebody who reads more."""
    row = places.office(connection, office) if caller.concerns(office) else None
    if row is None:
        raise NoSuchOffice
    return row


def office_of_counter(store: Store, caller: Caller, counter: str) -> OfficeRow:
    """The office of a counter, if it concerns the caller. Raises NoSuchCounter."""
    with store.reading() as connection:
        office = desks.office_of(connection, counter)
        row = None if office is None else places.office(connection, office)
    if row is None or not caller.concerns(row.id):
        raise NoSuchCounter
    return row


def prefixes_of(store: Store, office: str) -> dict[str, str]:
    """What stands before the numbers of each service."""
    with store.reading() as connection:
        return {one.id: one.prefix for one in places.services(connection, office)}


def offices_for(store: Store, caller: Caller, after: str, most: int) -> Sequence[Any]:
    """The offices that concern the caller, by id, after this one."""
    with store.reading() as connection:
        return gathered(
            lambda last: province_lists.offices(connection, caller.offices, last, most),
            lambda page: [row for row in page if caller.concerns(row.id)],
            after,
            most,
        )


def gathered(
    read: Callable[[str], Sequence[Any]], fit: Callable[[Sequence[Any]], list[Found]], after: str, most: int
) -> list[Found]:
    """So many of those that fit, page after page until there are no more; ids stand first in rows."""
    found: list[Found] = []
    page = read(after)
    while page:
        found += fit(page)
        if len(found) >= most or len(page) < most:
            break
        page = read(page[-1][0])
    return found[:most]


def services_of(store: Store, office: str) -> list[ServiceRow]:
    """The services of an office in their order."""
    with store.reading() as connection:
        return places.services(connection, office)


def counters_of(store: Store, office: str) -> list[tuple[CounterRow, list[str]]]:
    """The counters of an office in their order, with the services that each calls for."""
    with store.reading() as connection:
        skills = places.skills(connection, office)
        return [(one, sorted(skills.get(one.id, {}))) for one in places.open_counters(connection, office)]


def queue_of(store: Store, office: OfficeRow, now_ms: int) -> list[QueueOf]:
    """Each service's queue, now."""
    with store.reading() as connection:
        day = day_of(now_ms, office.timezone)
        waiting = visits.waiting(connection, office.id, day)
        waits = visits.waits(connection, office.id, day)
        called = visits.called(connection, office.id, day)
        parked = visits.parked(connection, office.id, day)
        services = places.services(connection, office.id)
    return [
        QueueOf(
            service=service,
            waiting=waiting[service.id].n if service.id in waiting else 0,
            waiting_priority=waiting[service.id].priority if service.id in waiting else 0,
            oldest_ms=waiting[service.id].oldest_ms if service.id in waiting else None,
            parked=parked.get(service.id, 0),
            called=called.get(service.id, 0),
            median_wait_s=median(waits[service.id]) / 1000 if service.id in waits else None,
        )
        for service in services
    ]


def counters_now(store: Store, office: OfficeRow, now_ms: int) -> list[CounterOf]:
    """What each counter does, as far as it is linked."""
    with store.reading() as connection:
        day = day_of(now_ms, office.timezone)
        states = visits.counter_days(connection, office.id, day)
        serving = visits.open_visits(connection, office.id, day)
        counters = places.open_counters(connection, office.id)
        prefixes = {one.id: one.prefix for one in places.services(connection, office.id)}
    result = []
    for counter in counters:
        state = states.get(counter.id)
        service, number, _ = serving.get(counter.id, (None, None, 0))
        result.append(
            CounterOf(
                counter=counter,
                state="closed" if state is None else state.state,
                since_ms=None if state is None else state.since_ms,
                reason="" if state is None else state.reason,
                service=service,
                number=number,
                label=label(prefixes, service, number),
            )
        )
    return result


def tickets_of(
    store: Store,
    caller: Caller,
    office: str,
    day: str | None,
    after: tuple[int, str, int] | None,
    most: int,
    now_ms: int,
) -> DayPage:
    """A page of the tickets of a day, or of today. Raises NoSuchOffice."""
    with store.reading() as connection:
        day, prefixes = day_and_prefixes(connection, caller, office, day, now_ms)
        return DayPage(day, day_lists.tickets(connection, office, day, after, most), prefixes)


def visits_of(
    store: Store, caller: Caller, office: str, day: str | None, after: tuple[int, str] | None, most: int, now_ms: int
) -> DayPage:
    """A page of the visits of a day, or of today. Raises NoSuchOffice."""
    with store.reading() as connection:
        day, prefixes = day_and_prefixes(connection, caller, office, day, now_ms)
        rows = day_lists.visits(connection, office, day, after, most)
        return DayPage(day, rows, prefixes, day_lists.dossiers_of(connection, office, day, [row[0] for row in rows]))


def day_and_prefixes(
    connection: Connection, caller: Caller, office: str, day: str | None, now_ms: int
) -> tuple[str, dict[str, str]]:
    """The day, today of the office's own calendar if none was asked for; what stands before numbers of its services."""
    row = office_in(connection, caller, office)
    prefixes = {one.id: one.prefix for one in places.services(connection, office)}
    return day or day_of(now_ms, row.timezone), prefixes


def scores_of(store: Store, office: str, first: date, last: date) -> list[DayScore]:
    """Each day's ratings in whole groups of five: days are disjoint, so nothing can be had by subtraction."""
    result = []
    with store.reading() as connection:
        for n in range((last - first).days + 1):
            day = (first + timedelta(days=n)).isoformat()
            served = visits.served(connection, office, day).values()
            if served:
                score = publish(visits.counted_scores(connection, office, day))
                result.append(DayScore(day, score, sum(n for n, _ in served), sum(rated for _, rated in served)))
    return result


def boards_for(
    store: Store, caller: Caller, office: str | None, presence: str, after: str, most: int, now_ms: int
) -> list[tuple[Any, Place | None]]:
    """The boards that stand where the caller may look, by id, after this one, each with its place.

    `office`: of these those that stand there; `presence`: those that are so.
    """
    if not ((office or "") + presence).isprintable():
        return []  # so nothing is called, and not each database takes it
    only = caller.offices if office is None else {office}
    with store.reading() as connection:

        def standing(page: Sequence[Any]) -> list[tuple[Any, Place | None]]:
            stand = devices.places_of(connection, [row[0] for row in page], now_ms)
            placed = [(row, stand.get(row[0])) for row in page]
            return [(row, its) for row, its in placed if is_wanted(None if its is None else its.office)]

        def is_wanted(at: str | None) -> bool:
            return caller.concerns(at) and office in (None, at)

        def read(last: str) -> Sequence[Any]:
            return province_lists.boards(connection, only, presence, last, most)

        return gathered(read, standing, after, most)


def device_for(store: Store, caller: Caller, device: str, now_ms: int) -> tuple[DeviceRow, Place | None] | None:
    """A board that stands where the caller may look, with its place."""
    with store.reading() as connection:
        row, place = devices.device(connection, device), devices.place_now(connection, device, now_ms)
    if row is None or row.kind != "board" or not caller.concerns(None if place is None else place.office):
        return None
    return row, place


def label(prefixes: dict[str, str], service: str | None, number: int | None) -> str | None:
    """A number as it is called, `A007`."""
    return None if service is None or number is None else ticket_label(prefixes.get(service, ""), number)
