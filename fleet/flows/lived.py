"""A linked day of an office as estimators read it: who came, was called and took how long."""

from datetime import date

from sqlalchemy import Connection

from fleet.domain.counter_plan import Spans, sessions_of, skills_of
from fleet.domain.day import bounds
from fleet.domain.linked import TicketSeen, VisitSeen
from fleet.domain.lived_days import Lived, LivedCounter, LivedDay
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.queue_policy import QueuePolicy
from fleet.flows.calendars import calendar_of
from fleet.flows.queue_rules import policy_of
from fleet.store import places
from fleet.store.day_parts import TICKETS, VISITS, DayParts
from fleet.store.places import OfficeRow

MIN_MS = 60_000
AROUND_MIN = 10.0
# A counter that begins a visit earlier or later than this keeps hours of its own.


def lived_day(connection: Connection, office: OfficeRow, day: str) -> LivedDay:
    """The day in minutes since midnight."""
    parts = DayParts(connection, office.id, day)
    tickets, visits = parts.all(TICKETS), parts.all(VISITS)
    start_ms, _ = bounds(day, office.timezone)
    policy = policy_of(connection, office.id)
    skills = places.skills(connection, office.id)
    names = [one.id for one in places.counters(connection, office.id) if one.id in skills]
    spans = list(calendar_of(connection, office.id, office.timezone).spans(date.fromisoformat(day)))
    sessions = sessions_of(spans, start_ms)
    counters = []
    for name in names:
        own, helping = skills_of(skills[name])
        called = sorted((one.called_ms - start_ms) / MIN_MS for one in visits if one.counter == name)
        counters.append(LivedCounter(own, hours(sessions, called), helping, called[0] if called else FOREVER_MIN))
    people = people_of(tickets, visits, names, policy, day, start_ms)
    return LivedDay(tuple(sorted(people, key=lambda one: one.came_min)), tuple(counters), policy.most_in_a_row)


def hours(sessions: Spans, called: list[float]) -> Spans:
    """When a counter that called at these minutes was planned to be open."""
    inside = all(
        any(start - AROUND_MIN <= one <= end + AROUND_MIN for start, end in sessions[:-1])
        or one >= sessions[-1][0] - AROUND_MIN
        for one in called
        if sessions
    )
    if not sessions or not inside:
        return ((0.0, FOREVER_MIN),)
    return (*sessions[:-1], (sessions[-1][0], FOREVER_MIN))


def people_of(
    tickets: list[TicketSeen],
    visits: list[VisitSeen],
    counters: list[str],
    policy: QueuePolicy,
    day: str,
    start_ms: int,
) -> list[Lived]:
    """Everybody who waited, once for each time; and who opened a visit by a scan, since that takes time, too."""
    of_number = {(one.service, one.number): one for one in tickets}
    sent_on: dict[tuple[str | None, int | None], str] = {}
    people = []
    for visit in sorted(visits, key=lambda one: one.position):
        key = (visit.service, visit.number)
        ticket = of_number.get((visit.service or "", visit.number or 0))
        service = sent_on.pop(key, visit.service or "")
        if visit.to_service is not None:
            sent_on[key] = visit.to_service
        waited_ms = visit.wait_ms
        people.append(
            Lived(
                service=service,
                came_min=(visit.called_ms - (waited_ms or 0) - start_ms) / MIN_MS,
                preferred=waited_ms is None or (ticket is not None and goes_before(ticket, policy, day)),
                called_min=(visit.called_ms - start_ms) / MIN_MS,
                ended_min=None if visit.finished_ms is None else (visit.finished_ms - start_ms) / MIN_MS,
                counter=counters.index(visit.counter) if visit.counter in counters else None,
            )
        )
    for ticket in tickets:
        if ticket.state == "waiting":
            came_min = (ticket.begins_ms - start_ms) / MIN_MS
            people.append(Lived(ticket.waiting_for, came_min, goes_before(ticket, policy, day)))
    return people


def goes_before(ticket: TicketSeen, policy: QueuePolicy, day: str) -> bool:
    """Whether the ticket belongs to one of the classes that go before others."""
    late = ticket.due_ms is not None and ticket.taken_ms > ticket.due_ms + policy.late_s * 1000
    return not late and policy.place(ticket.priority, ticket.senior, day) is not None
