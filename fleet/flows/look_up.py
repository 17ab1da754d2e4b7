"""What programs are told of offices: as it is stored, by ids; never a score beside a visit."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from fleet.domain.api_rights import Caller
from fleet.domain.day import day_of
from fleet.domain.satisfaction import Score, publish
from fleet.store import day_lists, desks, devices, places, visits
from fleet.store.database import Store
from fleet.store.day_lists import TicketRow, VisitOfDay
from fleet.store.devices import DeviceRow, Place
from fleet.store.places import CounterRow, OfficeRow, ServiceRow
from protocols.ticket_code import ticket_label


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
class DayScore:
    """What may be said of the ratings of an office's day, and how many visits were served and rated."""

    day: str
    score: Score
    served: int
    rated: int


def office_for(store: Store, caller: Caller, office: str) -> OfficeRow:
    """The office, if it concerns the caller. Raises NoSuchOffice."""
    with store.reading() as connection:
        row = places.office(connection, office)
    if row is None or not caller.concerns(office):
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


def offices_for(store: Store, caller: Caller) -> list[OfficeRow]:
    """The offices that concern the caller, by id."""
    with store.reading() as connection:
        return sorted((one for one in places.offices(connection) if caller.concerns(one.id)), key=lambda one: one.id)


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
    store: Store, office: str, day: str, after: tuple[int, str, int] | None, most: int
) -> tuple[list[TicketRow], dict[str, str]]:
    """A page of the tickets of a day, and the prefixes of the services."""
    with store.reading() as connection:
        prefixes = {one.id: one.prefix for one in places.services(connection, office)}
        return day_lists.tickets(connection, office, day, after, most), prefixes


def visits_of(
    store: Store, office: str, day: str, after: tuple[int, str] | None, most: int
) -> tuple[list[VisitOfDay], dict[str, str]]:
    """A page of the visits of a day, and the prefixes of the services."""
    with store.reading() as connection:
        prefixes = {one.id: one.prefix for one in places.services(connection, office)}
        return day_lists.visits(connection, office, day, after, most), prefixes


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


def devices_for(store: Store, caller: Caller, now_ms: int) -> list[tuple[DeviceRow, Place | None]]:
    """The boards that stand where the caller may look, by id, each with its place."""
    with store.reading() as connection:
        found = [
            (row, devices.place_now(connection, row.id, now_ms))
            for row in devices.devices(connection)
            if row.kind == "board"
        ]
    return [(row, place) for row, place in found if caller.concerns(None if place is None else place.office)]


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
