"""Appointments are booked, cancelled and listed. Whoever books is given a number, which waits once they have come.

The numbers come from leases of the fleet's own, so no printer gives them. Their code is that of a ticket: a reader in
the lobby that reads it says that its holder is there (`arrive`).
"""

import hmac
from datetime import date

from sqlalchemy import Connection

from fleet.domain import booking
from fleet.domain.audit import What
from fleet.domain.booking import BadBooking, Time
from fleet.domain.day import day_of, shown_time
from fleet.domain.ways import SERVERS
from fleet.flows.calendars import calendar_of
from fleet.flows.own_numbers import next_number
from fleet.flows.queue_rules import policy_of
from fleet.store import bookings, ledger, places, queue
from fleet.store.bookings import BookingRow
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.queue import Leased
from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError
from protocols.signing import ticket_token
from protocols.ticket_code import TicketCode, parse_ticket_code

HOLDER = SERVERS + "bookings"
NO_SECRET = "00" * 16


def free_times(store: Store, office_id: str, service: str, day: date, now_ms: int) -> list[Time]:
    """The times of a day that may be booked for a service, with how many are free. Raises BadBooking."""
    with store.reading() as connection:
        return times_of(connection, known_office(connection, office_id), service, day, now_ms)


def book(store: Store, office_id: str, service: str, due_ms: int, code: str | None, now_ms: int) -> BookingRow:
    """Book this time, for a dossier if its code is given. Raises BadBooking, and then nothing is booked."""
    refuse_no_code(code)
    with store.writing() as connection:
        office = known_office(connection, office_id)
        day = day_of(due_ms, office.timezone)
        if due_ms <= now_ms:
            raise BadBooking("past", shown_time(due_ms, office.timezone))
        times = times_of(connection, office, service, date.fromisoformat(day), now_ms)
        chosen = next((time for time in times if time.at_ms == due_ms), None)
        if chosen is None:
            known = ", ".join(shown_time(time.at_ms, office.timezone)[-5:] for time in times) or "–"
            raise BadBooking("no_time", shown_time(due_ms, office.timezone), known)
        if not chosen.free:
            raise BadBooking("full", shown_time(due_ms, office.timezone))
        for other in bookings.by_code(connection, office.id, code, day_of(now_ms, office.timezone)) if code else ():
            if other.service == service and other.came_ms is None and other.due_ms > now_ms:
                raise BadBooking("twice", str(code), shown_time(other.due_ms, office.timezone))
        given = next_number(connection, HOLDER, office, service, day, now_ms)
        if given is None:
            raise BadBooking("numbers", day)
        row = BookingRow(*given, office.id, day, service, due_ms, code)
        bookings.add(connection, row, now_ms)
        ledger.note(
            connection,
            What.BOOKING_ADD,
            f"{row.lease}/{row.number}",
            office.id,
            became={"day": day, "service": service},
        )
        return row


def cancel(store: Store, text: str, now_ms: int) -> BookingRow:
    """Give an appointment back, by the code that was given with it. Raises BadBooking."""
    with store.writing() as connection:
        row = booked_as(connection, text)
        if row is None or row.cancelled_ms is not None:
            raise BadBooking("none", text[:80])
        if row.came_ms is not None:
            raise BadBooking("came", text[:80])
        bookings.cancel(connection, row, now_ms)
        ledger.note(connection, What.BOOKING_CANCEL, f"{row.lease}/{row.number}", row.office)
        return row


def listed(store: Store, office_id: str, day: date) -> list[BookingRow]:
    """The appointments of a day. Raises BadBooking if there is no such office."""
    with store.reading() as connection:
        known_office(connection, office_id)
        return bookings.of_day(connection, office_id, day.isoformat())


def code_of(store: Store, row: BookingRow) -> str:
    """What stands on the slip, for a reader in the lobby."""
    with store.reading() as connection:
        leased = queue.leased(connection, row.lease)
    assert leased is not None  # noqa: S101 (a booking refers to its lease)
    return str(TicketCode(row.lease, row.number, ticket_token(leased.secret, row.lease, row.number)))


def prefix_of(store: Store, row: BookingRow) -> str:
    """The letter before the number."""
    with store.reading() as connection:
        services = places.services(connection, row.office)
    return next((one.prefix for one in services if one.id == row.service), "")


def booked_as(connection: Connection, text: str) -> BookingRow | None:
    """The appointment whose code this is, if its token is right."""
    found = proved(connection, text)
    return None if found is None else bookings.by_number(connection, found[0].lease, found[0].number)


def proved(connection: Connection, text: str) -> tuple[TicketCode, Leased] | None:
    """The ticket that this text names, and its lease, if its token is right. It takes as long for a wrong one."""
    try:
        code = parse_ticket_code(text)
    except ProtocolError:
        return None
    leased = queue.leased(connection, code.lease)
    token = ticket_token(NO_SECRET if leased is None else leased.secret, code.lease, code.number)
    right = hmac.compare_digest(token.encode(), code.token.encode())
    return None if leased is None or not right else (code, leased)


def times_of(connection: Connection, office: OfficeRow, service: str, day: date, now_ms: int) -> list[Time]:
    """The times of a day at an office. Raises BadBooking."""
    services = [one.id for one in places.services(connection, office.id)]
    if service not in services:
        raise BadBooking("service", service[:80], ", ".join(services))
    policy = policy_of(connection, office.id)
    last = booking.last_day(date.fromisoformat(day_of(now_ms, office.timezone)), policy)
    if day > last:
        raise BadBooking("far", day.isoformat(), last.isoformat())
    taken = bookings.booked(connection, office.id, day.isoformat(), service)
    return booking.times(calendar_of(connection, office.id, office.timezone), day, policy, taken, now_ms)


def known_office(connection: Connection, office_id: str) -> OfficeRow:
    """The office. Raises BadBooking if there is none."""
    office = places.office(connection, office_id)
    if office is None:
        raise BadBooking("office", office_id[:80], ", ".join(one.id for one in places.offices(connection)))
    return office


def refuse_no_code(code: str | None) -> None:
    """Raises BadBooking where this is no dossier's code."""
    if code is None:
        return
    try:
        parse_dossier_code(code)
    except ProtocolError:
        raise BadBooking("code", code[:80]) from None
