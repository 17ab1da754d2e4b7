"""The page of a ticket: where its holder stands, which papers are needed, and what may be said after the visit.

The token on the ticket is the only key. A wrong one is answered as a number that does not exist, and once the ticket's
day is over so is every one.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.named_periods import Length, holding
from fleet.domain.nine_criteria import next_question
from fleet.domain.resident_now import After, ResidentNow, Stage, stage_of
from fleet.flows import told_waits
from fleet.flows.book import HOLDER, proved
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.page_scale import page_scale
from fleet.flows.thanks import code_of_thanks
from fleet.store import bookings, places, procedures, queue, rating_history, resident
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.queue import Leased
from fleet.store.resident import VisitRow
from protocols.events import QuestionAnswered, RatingGiven
from protocols.identity import parse_event_id
from protocols.ticket_code import TicketCode, ticket_label


class NoTicket(LookupError):
    """No ticket of today, and no appointment to come, has this code."""


@dataclass(frozen=True)
class Held:
    """A ticket whose token is right; `day` is not over at its office."""

    code: TicketCode
    leased: Leased
    office: OfficeRow
    is_today: bool


def look(store: Store, text: str, now_ms: int) -> ResidentNow:
    """What the holder of a ticket is shown now. Raises NoTicket."""
    with store.reading() as connection:
        held = held_by(connection, text, now_ms)
        office, service, number = held.office, held.leased.service, held.code.number
        services = {one.id: one for one in places.services(connection, office.id)}
        its = services.get(service)
        label = ticket_label(its.prefix if its else "", number)
        row = resident.ticket(connection, office.id, held.leased.day, service, number) if held.is_today else None
        named = its.name if its else service
        now = ResidentNow(office.id, office.name, office.hotline, office.timezone, label, named, Stage.UNHEARD)
        if row is None:
            return before_it_waits(connection, held, now)
        told = told_waits.told(connection, office, now_ms).waiting.get((service, number))
        told = told_waits.as_heard(told, now_ms) if row.state == "waiting" else None
        visit = resident.last_visit(connection, office.id, held.leased.day, service, number)
        counter = places.counter(connection, visit.counter) if visit else None
        about = services.get(row.waiting_for)
        return ResidentNow(
            office_id=office.id,
            office=office.name,
            hotline=office.hotline,
            timezone=office.timezone,
            label=label,
            service=about.name if about else named,
            stage=stage_of(row.state, told),
            ahead=min(told.ahead, row.ahead) if told else row.ahead,
            told=told,
            counter=counter.name if counter and row.state == "called" else "",
            procedures=procedures.of_service(connection, row.waiting_for or service)
            if row.state in ("waiting", "no_show", "parked")
            else (),
            after=after(connection, held, visit, now_ms) if visit and row.state == "done" else None,
        )


def held_by(connection: Connection, text: str, now_ms: int) -> Held:
    """The ticket of this code. Raises NoTicket."""
    found = proved(connection, text)
    office = None if found is None else places.office(connection, found[1].office)
    if found is None or office is None or str(found[0]) != text:
        raise NoTicket
    today = day_of(now_ms, office.timezone)
    if found[1].day < today:
        raise NoTicket
    return Held(found[0], found[1], office, found[1].day == today)


def before_it_waits(connection: Connection, held: Held, now: ResidentNow) -> ResidentNow:
    """An appointment whose holder has not come, or a ticket that its printer has not told of. Raises NoTicket."""
    booked = bookings.by_number(connection, held.code.lease, held.code.number)
    if booked is None:
        lease = queue.holder(connection, held.code.lease)
        if not held.is_today or lease is None or lease[0] == HOLDER:
            raise NoTicket
        return now
    if booked.cancelled_ms is not None:
        raise NoTicket
    its = procedures.of_service(connection, booked.service)
    return ResidentNow(**{**vars(now), "stage": Stage.BOOKED, "due_ms": booked.due_ms, "procedures": its})


def after(connection: Connection, held: Held, visit: VisitRow, now_ms: int) -> After | None:
    """What may be said of a visit that is over; None if it ended without a finish."""
    if visit.finish is None:
        return None
    said = [event for _, event in resident.told_on_pages(connection, held.office.id, visit)]
    if not visit.rated and not any(isinstance(one, RatingGiven) for one in said):
        return After(page_scale(connection, held.office, visit.counter, now_ms).levels)
    question = None
    if not any(isinstance(one, QuestionAnswered) for one in said):
        today = day_in_viet_nam(now_ms)
        first = holding(Length.QUARTER, today).first.isoformat()
        known = rating_history.times_answered(connection, held.office.id, first, today.isoformat())
        question = next_question(known, turn=parse_event_id(visit.finish)[3])
    thanks = held.office.thanks
    code = code_of_thanks(held.leased.secret, held.code.lease, held.code.number) if thanks else ""
    return After(None, question, thanks, code)
