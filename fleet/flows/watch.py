"""What a person sees: an office now, its visits, and the devices."""

import json
from collections.abc import Iterable
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import Connection

from fleet.domain.clerk_sessions import clerk_label
from fleet.domain.counter_plan import skills_of
from fleet.domain.day import bounds, day_of, later
from fleet.domain.devices_now import DeviceNow, Told, UnreadableNow, reverted_of
from fleet.domain.office_now import CounterNow, OfficeNow, RatingsNow, ServiceNow, SessionNow, VisitNow
from fleet.domain.rating_reasons import publish_reasons
from fleet.domain.satisfaction import publish
from fleet.domain.told_now import ToldNow
from fleet.flows import told_waits
from fleet.flows.alerts import open_alerts
from fleet.flows.changes import DEVICES
from fleet.flows.closing import closing_now
from fleet.flows.presence import runs
from fleet.store import alerts, commands, devices, inbox, places, rollouts, visits, windows
from fleet.store.database import Store
from fleet.store.devices import DeviceRow, Place
from fleet.store.places import CounterRow, OfficeRow, ServiceRow
from fleet.store.visits import VisitRow
from protocols.config_refused import ConfigRefused
from protocols.display import Display
from protocols.message import Message, ProtocolError
from protocols.printer import Printer
from protocols.reader import Reader
from protocols.ticket_code import ticket_label

M = TypeVar("M", bound=Message)

VISITS_SHOWN = 12
UNREADABLE_SHOWN = 50
DEFAULT_SCALE = 5
WALK_IN = "–"
# A visit that began with a scan has no number.


class UnknownOffice(LookupError):
    """There is no office of this id."""

    def __init__(self, office: str) -> None:
        super().__init__(f"there is no office {office!r}")
        self.office = office


def office_now(store: Store, office_id: str, now_ms: int) -> OfficeNow:
    """Everything that a supervisor sees of an office now. Raises UnknownOffice."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            raise UnknownOffice(office_id)
        day = day_of(now_ms, office.timezone)
        services = places.services(connection, office_id)
        counters = places.open_counters(connection, office_id)
        told = told_waits.told(connection, office, now_ms)
        lost, online, lost_at = presence(connection, office_id, now_ms)
        return OfficeNow(
            id=office.id,
            name=office.name,
            hotline=office.hotline,
            timezone=office.timezone,
            sign_in_required=bool(office.sign_in_required),
            day=day,
            now_ms=now_ms,
            pace=office.simulated_pace,
            services=services_now(connection, office, day, services, told),
            counters=counters_now(connection, office, day, counters, services, lost_at),
            visits=visits_now(connection, office_id, day, VISITS_SHOWN),
            closing=closing_now(connection, office, now_ms),
            alerts=open_alerts(connection, office_id),
            ratings=ratings_now(connection, office_id, day),
            unlinked=visits.count_unlinked(connection, office_id, day)
            + inbox.count_untimed(connection, office_id, bounds(day, office.timezone)[0]),
            unreadable=inbox.count_unreadable(connection, office_id, bounds(day, office.timezone)[0]),
            devices_online=online,
            devices_lost=lost,
            openings=told.openings,
        )


def offices(store: Store) -> list[OfficeRow]:
    """All offices."""
    with store.reading() as connection:
        return places.offices(connection)


def devices_now(store: Store, now_ms: int) -> list[DeviceNow]:
    """All boards, with where they stand and how they are."""
    with store.reading() as connection:
        names = {office.id: office.name for office in places.offices(connection)}
        counters = {one.id: one.name for one in places.all_counters(connection)}
        stand = devices.places_now(connection, now_ms)
        rows = [row for row in devices.devices(connection) if row.kind == "board"]
        return [device_now(row, stand.get(row.id), names, counters) for row in rows]


def device_now(row: DeviceRow, place: Place | None, offices: dict[str, str], counters: dict[str, str]) -> DeviceNow:
    """A device for a technician's eyes."""
    health = json.loads(row.health) if row.health else {}
    names = [] if place is None else [offices.get(place.office, place.office), counters.get(place.counter or "", "")]
    return DeviceNow(
        id=row.id,
        roles=row.roles,
        office=None if place is None else place.office,
        place=" · ".join(name for name in names if name),
        presence=row.presence,
        last_seen_ms=row.last_seen_ms,
        firmware=row.firmware,
        board=row.board,
        boot=row.boot,
        reset_reason=row.reset_reason,
        outbox=health.get("outbox", 0) if health else None,
        heap_free=health.get("heap_free"),
        revoked=row.revoked_ms is not None,
        rescue=row.rescue,
        refused=refused_of(health.get("refused")),
        reverted=reverted_of(json.loads(row.reverted) if row.reverted else None),
        told=told(row),
        application=runs(row),
    )


def told(row: DeviceRow) -> Told:
    """What each part that a device has was told last, by whomever, and what was said of the device itself since."""
    known = json.loads(row.config) if row.config else {}
    return Told(
        printer=part_of(row, known, "printer", Printer),
        reader=part_of(row, known, "reader", Reader),
        display=part_of(row, known, "display", Display),
        scale=(row.scale, row.scale_version) if "rating" in row.roles else None,
        sleep_after_s=json.loads(row.own).get("sleep_after_s", known.get("sleep_after_s")),
    )


def part_of(row: DeviceRow, known: dict[str, Any], role: str, part: type[M]) -> M | None:
    """The part behind this role; None where there is none, or a fleet of another version wrote it."""
    try:
        return part.from_dict({**known.get(role, {}), **json.loads(getattr(row, role))}) if role in row.roles else None
    except ProtocolError:
        return None


def refused_of(told: dict[str, object] | None) -> ConfigRefused | None:
    """The configuration that a device says it did not take; None for words that say nothing."""
    try:
        return None if told is None else ConfigRefused.from_dict(told)
    except ProtocolError:
        return None


def unreadable_now(store: Store, now_ms: int) -> list[UnreadableNow]:
    """The last messages that were none."""
    with store.reading() as connection:
        result = []
        stand = devices.places_now(connection, now_ms)
        for topic, device, reason, _, length, received_ms in inbox.last_unreadable(connection, UNREADABLE_SHOWN):
            place = None if device is None else stand.get(device)
            office = None if place is None else place.office
            result.append(UnreadableNow(received_ms, device, office, topic, reason, length))
        return result


def versions(store: Store, now_ms: int) -> dict[str, int]:
    """For each office a number that is another whenever something of its day was linked, or its alerts changed.

    One more, under `DEVICES`, rises when a device was given an order, or answered, or a rollout has changed.
    """
    yesterday = later(day_of(now_ms, "UTC"), -1)  # today, wherever the office is
    with store.reading() as connection:
        raised = alerts.versions(connection)
        linked = windows.versions(connection, yesterday)
        told = {office: version + raised.get(office, 0) for office, version in linked.items()}
        return {**told, DEVICES: commands.version(connection) + rollouts.version(connection)}


def visits_of_day(store: Store, office_id: str, day: str, most: int) -> tuple[VisitNow, ...]:
    """The visits of an office's day, the newest first."""
    with store.reading() as connection:
        return visits_now(connection, office_id, day, most)


def sessions_of_day(store: Store, office_id: str, day: str) -> tuple[SessionNow, ...]:
    """Who was signed in at the counters of an office on a day, by when it began."""
    with store.reading() as connection:
        names = {counter.id: counter.name for counter in places.counters(connection, office_id)}
        served = visits.visits_of_sessions(connection, office_id, day)
        return tuple(
            SessionNow(
                clerk=clerk_label(one.number),
                counter=names.get(one.counter, one.counter),
                began_ms=one.began_ms,
                ended_ms=one.ended_ms,
                ended_by=one.ended_by,
                visits=served.get(one.id, 0),
            )
            for one in visits.sessions_of_day(connection, office_id, day)
        )


def visits_now(connection: Connection, office: str, day: str, most: int) -> tuple[VisitNow, ...]:
    """The last visits of a day, the newest first."""
    return visits_shown(connection, office, visits.last_visits(connection, office, day, most))


def visits_shown(connection: Connection, office: str, rows: Iterable[VisitRow]) -> tuple[VisitNow, ...]:
    """Visits of an office as people see them."""
    services = {service.id: service for service in places.services(connection, office)}
    names = {counter.id: counter.name for counter in places.counters(connection, office)}
    return tuple(
        VisitNow(
            id=row.id,
            label=label(services, row.service, row.number) or WALK_IN,
            service=services[row.service].name if row.service in services else row.service,
            counter=names.get(row.counter, row.counter),
            called_ms=row.called_ms,
            finished_ms=row.finished_ms,
            wait_s=None if row.wait_ms is None else row.wait_ms / 1000,
            service_s=None if row.finished_ms is None else (row.finished_ms - row.called_ms) / 1000,
            outcome=row.outcome,
            dossiers=row.dossiers,
            rated=row.rated,
            estimated=row.estimated,
            clerk=None if row.clerk is None else clerk_label(row.clerk),
        )
        for row in rows
    )


def services_now(
    connection: Connection, office: OfficeRow, day: str, services: list[ServiceRow], heard: ToldNow
) -> tuple[ServiceNow, ...]:
    """Each service's queue."""
    waiting = visits.waiting(connection, office.id, day)
    waits = visits.waits(connection, office.id, day)
    called = visits.called(connection, office.id, day)
    parked = visits.parked(connection, office.id, day)
    return tuple(
        ServiceNow(
            id=service.id,
            name=service.name,
            prefix=service.prefix,
            waiting=waiting[service.id].n if service.id in waiting else 0,
            waiting_priority=waiting[service.id].priority if service.id in waiting else 0,
            oldest_ms=waiting[service.id].oldest_ms if service.id in waiting else None,
            called_today=called.get(service.id, 0),
            median_wait_s=median(waits[service.id]) / 1000 if service.id in waits else None,
            target_wait_s=service.target_wait_s,
            parked=parked.get(service.id, 0),
            told=None if (told := heard.newcomers.get(service.id)) is None else (told.p50, told.p90),
        )
        for service in services
    )


def counters_now(
    connection: Connection,
    office: OfficeRow,
    day: str,
    counters: list[CounterRow],
    services: list[ServiceRow],
    lost_at: dict[str | None, int],
) -> tuple[CounterNow, ...]:
    """What each counter does."""
    states = visits.counter_days(connection, office.id, day)
    open_visits = visits.open_visits(connection, office.id, day)
    served = visits.served(connection, office.id, day)
    clerks = visits.signed_in(connection, office.id, day)
    by_id = {service.id: service for service in services}
    skills = places.skills(connection, office.id)
    result = []
    for counter in counters:
        state = states.get(counter.id)
        own, helping = skills_of(skills.get(counter.id, {}))
        service, number, _ = open_visits.get(counter.id, (None, None, 0))
        result.append(
            CounterNow(
                id=counter.id,
                name=counter.name,
                state="closed" if state is None else state.state,
                label=label(by_id, service, number),
                service=by_id[service].name if service in by_id else None,
                since_ms=None if state is None else state.since_ms,
                served_today=served.get(counter.id, (0, 0))[0],
                devices_lost=lost_at.get(counter.id, 0),
                staffed=counter.id in clerks,
                clerk=clerk_label(clerks[counter.id]) if counter.id in clerks else None,
                calls=own,
                helps=helping,
            )
        )
    return tuple(result)


def ratings_now(connection: Connection, office: str, day: str) -> RatingsNow:
    """Today's score, as far as it may be shown."""
    scores = visits.counted_scores(connection, office, day)
    score = publish(scores)
    served = visits.served(connection, office, day).values()
    return RatingsNow(
        n=score.n,
        share=score.share,
        low=score.low,
        high=score.high,
        by_score=score.by_score,
        scale=score.scale or DEFAULT_SCALE,
        served=sum(n for n, _ in served),
        rated=sum(rated for _, rated in served),
        reasons=publish_reasons(
            visits.counted_reasons(connection, office, day),
            visits.counted_ratings(connection, office, day)[: score.n],
        ),
    )


def presence(connection: Connection, office: str, now_ms: int) -> tuple[int, int, dict[str | None, int]]:
    """How many devices of an office are lost and how many online, and how many are lost at each counter."""
    there = devices.presence_at(connection, office, now_ms)
    lost_at = {counter: n for counter, presence, n in there if presence == "lost"}
    online = sum(n for _, presence, n in there if presence == "online")
    return sum(lost_at.values()), online, lost_at


def label(services: dict[str, ServiceRow], service: str | None, number: int | None) -> str | None:
    """A number as it is called, `A007`."""
    if service is None or number is None:
        return None
    return ticket_label(services[service].prefix if service in services else "", number)
