"""What a clerk sees of one counter: whom it serves, who is next and what for, who was set aside, what can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain.clerk_sessions import ClerkSession, clerk_label
from fleet.domain.day import day_of
from fleet.domain.desk_now import (
    Aside,
    ClassOf,
    CounterTile,
    DeskNow,
    DossierAt,
    Elsewhere,
    NextUp,
    NumberAt,
    OfficeTiles,
    Past,
    Served,
    ServiceAt,
    Step,
    WaitingFor,
)
from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.wait_level import WaitLevel, wait_level
from fleet.flows.call_in import expected
from fleet.flows.desk import FREE, PAUSED, SERVING, AtCounter, as_seen, called_last, seen
from fleet.flows.desk_dossiers import dossiers_at
from fleet.flows.last_scan import scan_refused
from fleet.flows.last_step import last_step, named
from fleet.flows.look_up import label
from fleet.flows.next_number import TURN_HELD_MS, Chosen
from fleet.flows.queue_rules import policy_of
from fleet.store import desks, places, queue, visits
from fleet.store.database import Store
from fleet.store.desk_lists import DeskLists, DeskTicket, DeskVisit
from fleet.store.places import CounterRow, OfficeRow, ServiceRow
from protocols.state import TicketNumber

PAST_SHOWN = 5
NO_SHOWS_SHOWN = 6
WORST_LAST = (WaitLevel.NONE, WaitLevel.FINE, WaitLevel.SOON, WaitLevel.LATE)


def desk_now(store: Store, office: OfficeRow, counter: CounterRow, now_ms: int, sees_ratings_come: bool) -> DeskNow:
    """The counter, now. Whether a visit was rated is told at once, or else only after the next number was called."""
    with store.reading() as connection:
        return Desk(connection, office, counter, now_ms).now(sees_ratings_come)


def office_of(store: Store, counter: str) -> tuple[OfficeRow, CounterRow] | None:
    """A counter and its office; None if there is no such counter, or not any more."""
    with store.reading() as connection:
        row = places.counter(connection, counter)
        office = None if row is None or row.closed_ms is not None else places.office(connection, row.office)
        return None if row is None or office is None else (office, row)


def tiles(store: Store, office_ids: Iterable[str], now_ms: int) -> list[OfficeTiles]:
    """The counters of these offices, from which a clerk chooses."""
    with store.reading() as connection:
        rows = [row for row in places.offices(connection) if row.id in set(office_ids)]
        return [tiles_of(connection, row, now_ms) for row in rows]


def tiles_of(connection: Connection, office: OfficeRow, now_ms: int) -> OfficeTiles:
    """The counters of one office."""
    day = day_of(now_ms, office.timezone)
    services = {one.id: one for one in places.services(connection, office.id)}
    prefixes = {one.id: one.prefix for one in services.values()}
    skills = places.skills(connection, office.id)
    staffed = visits.signed_in(connection, office.id, day)
    kept, linked = desks.desks_at(connection, office.id), visits.counter_days(connection, office.id, day)
    calls = visits.open_calls(connection, office.id, day)
    found = []
    for row in places.open_counters(connection, office.id):
        now = as_seen(office, row.id, day, kept.get(row.id), linked.get(row.id), calls)
        its = [service.name for service in services.values() if service.id in skills.get(row.id, {})]
        number = label(prefixes, now.service, now.number)
        found.append(CounterTile(row.id, row.name, now.state, number, tuple(its), row.id in staffed))
    return OfficeTiles(office.id, office.name, tuple(found))


@dataclass
class Desk:
    """One look at a counter, in one transaction."""

    connection: Connection
    office: OfficeRow
    counter: CounterRow
    now_ms: int

    def __post_init__(self) -> None:
        self.day = day_of(self.now_ms, self.office.timezone)
        self.lists = DeskLists(self.connection, self.office.id, self.day, self.counter.id)
        self.services = {one.id: one for one in places.services(self.connection, self.office.id)}
        self.prefixes = {one.id: one.prefix for one in self.services.values()}
        self.skills = places.skills(self.connection, self.office.id)
        self.policy: QueuePolicy = policy_of(self.connection, self.office.id)

    def now(self, sees_ratings_come: bool) -> DeskNow:
        """All of it."""
        connection, office = self.connection, self.office
        kept = desks.desk(connection, self.counter.id)
        at = seen(connection, office, self.counter.id, self.day, kept)
        linked = self.lists.open_visit() if at.state == SERVING else None
        if linked is not None and at.visit is not None and linked.id != at.visit:
            linked = None  # the linker has not come to the visit that a program began a moment ago
        session = next((one for one in self.sessions() if one.counter == self.counter.id), None)
        called = called_last(kept, self.day)
        if at.service is not None and at.number is not None:
            called = TicketNumber(service=at.service, number=at.number)
        mine, oldest_ms, level = self.waiting()
        return DeskNow(
            office=office.id,
            office_name=office.name,
            timezone=office.timezone,
            day=self.day,
            now_ms=self.now_ms,
            pace=office.simulated_pace,
            counter=self.counter.id,
            counter_name=self.counter.name,
            state=at.state,
            since_ms=at.since_ms,
            reason=self.reason(at),
            mark=at.mark,
            scan_opens_visit=bool(office.scan_opens_visit),
            serving=self.served(at, linked),
            visit=at.visit if linked is None else linked.id,
            scan=scan_refused(connection, office, self.day, self.counter.id, self.now_ms),
            dossiers=self.dossiers(linked),
            step=self.step(),
            sign_in_required=bool(office.sign_in_required),
            clerk=None if session is None else clerk_label(session.number),
            clerk_id=None if session is None else session.person,
            next_up=self.next_up(called),
            services=mine,
            waiting=sum(one.waiting for one in mine),
            waiting_office=sum(one.n for one in visits.waiting(connection, office.id, self.day).values()),
            oldest_ms=oldest_ms,
            level=level,
            served_today=self.lists.served(),
            parked=tuple(Aside(self.number(service, n), ms) for service, n, ms in self.lists.parked()),
            no_shows=self.no_shows(),
            past=self.past(at, sees_ratings_come),
            elsewhere=self.elsewhere(at.service),
            onward=self.onward(at, linked),
        )

    def sessions(self) -> Iterable[ClerkSession]:
        """Who is signed in now, at whatever counter."""
        return (one for one in visits.sessions_of_day(self.connection, self.office.id, self.day) if not one.ended_by)

    def number(self, service: str, number: int) -> NumberAt:
        """A number as people see it."""
        row = self.services.get(service)
        text = label(self.prefixes, service, number) or ""
        return NumberAt(service, number, text, service if row is None else row.name)

    def class_of(self, ticket: DeskTicket | None) -> ClassOf | None:
        """For which class a number goes before others."""
        place = None if ticket is None else self.policy.place(ticket.priority, ticket.senior, self.day)
        if place is None:
            return None
        one = self.policy.classes[place]
        return ClassOf(one.name, one.name_en or one.name)

    def reason(self, at: AtCounter) -> str:
        """Why the counter pauses, as far as it is linked."""
        linked = visits.counter_days(self.connection, self.office.id, self.day).get(self.counter.id)
        return linked.reason if at.state == PAUSED and linked is not None and linked.state == PAUSED else ""

    def served(self, at: AtCounter, linked: DeskVisit | None) -> Served | None:
        """Whom the counter serves."""
        if at.state != SERVING:
            return None
        ticket = None
        if at.service is not None and at.number is not None:
            ticket = self.lists.ticket(at.service, at.number)
        service = None if at.service is None else self.services.get(self.about(at.service, linked))
        return Served(
            label=label(self.prefixes, at.service, at.number),
            service_name=at.service if service is None else service.name,
            since_ms=(at.since_ms or self.now_ms) if linked is None else linked.called_ms,
            preferred=self.class_of(ticket),
            waited_s=None if linked is None or linked.wait_ms is None else linked.wait_ms / 1000,
            recalls=0 if linked is None else linked.recalls,
            resumed=linked is not None and linked.resumed,
        )

    def dossiers(self, linked: DeskVisit | None) -> tuple[DossierAt, ...]:
        """The dossiers of the present visit."""
        codes = [] if linked is None else self.lists.dossiers(linked.id)
        return dossiers_at(self.connection, self.office.id, codes, date.fromisoformat(self.day))

    def step(self) -> Step | None:
        """What may be taken back."""
        line = last_step(self.connection, self.office, self.day, self.counter.id, self.now_ms)
        last = line.last
        if last is None:
            return None
        whose = last.ended or (line.open if line.open is not None and line.open.id == last.event else None)
        number = None if whose is None else label(self.prefixes, whose.service, whose.number)
        return Step(last.event, named(line, last), number)

    def next_up(self, called: TicketNumber | None) -> NextUp | None:
        """Whoever would be called now, by the rules by which the fleet decides; nothing is given to anybody."""
        given = expected(self.connection, self.office.id, self.day, self.counter.id, called, self.now_ms)
        service, number = (given.ticket.service, given.ticket.number) if isinstance(given, Chosen) else given
        if service is None or number is None:
            return None
        ticket = self.lists.ticket(service, number)
        return NextUp(
            number=self.number(service, number),
            preferred=self.class_of(ticket),
            taken_ms=None if ticket is None else ticket.taken_ms,
            due_ms=None if ticket is None else ticket.due_ms,
            dossiers=tuple(self.lists.dossiers_of(service, number)),
            seen_before=ticket is not None and ticket.calls > 0,
        )

    def waiting(self) -> tuple[tuple[WaitingFor, ...], int | None, WaitLevel]:
        """How many wait for this counter by service, since when the first of them, and how bad that is."""
        its = self.skills.get(self.counter.id, {})
        held_since_ms = self.now_ms - TURN_HELD_MS
        rows = queue.waiting_for(
            self.connection, self.office.id, self.day, self.counter.id, tuple(its), 0, held_since_ms
        )
        mine, levels = [], [WaitLevel.NONE]
        for service in self.services.values():
            if service.id in its:
                taken = [one.taken_ms for one in rows if one.waiting_for == service.id]
                mine.append(WaitingFor(at_service(service), len(taken), its[service.id]))
                levels.append(wait_level(min(taken, default=None), self.now_ms, service.target_wait_s))
        return (
            tuple(mine),
            min((one.taken_ms for one in rows), default=None),
            max(levels, key=WORST_LAST.index),
        )

    def no_shows(self) -> tuple[Aside, ...]:
        """Those who did not come and may yet, for what this counter calls; the last one first."""
        its = self.skills.get(self.counter.id, {})
        rows = [one for one in self.lists.no_shows() if one[3] in its]
        return tuple(Aside(self.number(service, n), ms) for service, n, ms, _ in rows[:NO_SHOWS_SHOWN])

    def past(self, at: AtCounter, sees_ratings_come: bool) -> tuple[Past, ...]:
        """The last visits of the counter. A clerk is not to see when a press comes: one has to go on before."""
        found: list[Past] = []
        for row in self.lists.past(PAST_SHOWN):
            told = sees_ratings_come or bool(found) or at.state == SERVING
            service = None if row.service is None else self.services.get(row.service)
            found.append(
                Past(
                    id=row.id,
                    label=label(self.prefixes, row.service, row.number),
                    service_name=row.service if service is None else service.name,
                    called_ms=row.called_ms,
                    finished_ms=row.finished_ms or row.called_ms,
                    outcome=row.outcome or "",
                    rated=row.rated if told else None,
                )
            )
        return tuple(found)

    def about(self, service: str, linked: DeskVisit | None) -> str:
        """The service that is served now: not that of the number, where the clerk went on with another one."""
        return service if linked is None or linked.about is None else linked.about

    def onward(self, at: AtCounter, linked: DeskVisit | None) -> tuple[ServiceAt, ...]:
        """The other services of this counter, with one of which whoever is served may go on here."""
        if at.service is None:
            return ()
        its, now = self.skills.get(self.counter.id, {}), self.about(at.service, linked)
        return tuple(at_service(row) for row in self.services.values() if row.id in its and row.id != now)

    def elsewhere(self, service: str | None) -> tuple[Elsewhere, ...]:
        """Where whoever is served may be sent on to: only where somebody calls for what they would wait for."""
        if service is None:
            return ()
        open_ones = {
            one.counter
            for one in visits.counter_days(self.connection, self.office.id, self.day).values()
            if one.state in (FREE, SERVING) and one.counter != self.counter.id
        }
        names = {one.id: one.name for one in places.counters(self.connection, self.office.id)}
        others = [one for one in names if one != self.counter.id and service in self.skills.get(one, {})]
        found: list[Elsewhere] = []
        if len(others) > 1:
            found.append(Elsewhere(None, None, "", "", bool(open_ones & set(others))))
        found += [Elsewhere(None, one, "", names[one], one in open_ones) for one in others]
        for row in self.services.values():
            callers = {one for one, its in self.skills.items() if row.id in its}
            if row.id != service and callers:
                found.append(Elsewhere(row.id, None, row.prefix, row.name, bool(callers & open_ones)))
        return tuple(found)


def at_service(row: ServiceRow) -> ServiceAt:
    """A service as people see it."""
    return ServiceAt(row.id, row.prefix, row.name)
