"""A kiosk in the lobby, looked at: the services of its office, what they need, and what is found among procedures."""

import json

from sqlalchemy import Connection

from fleet.domain.closing import ClosingNow
from fleet.domain.day import bounds, day_of
from fleet.domain.kiosk_now import Closed, FoundProcedure, KioskNow, KioskService, Printer, Way, read_ways
from fleet.domain.procedure_search import ProcedureIndex
from fleet.domain.procedures import Procedure
from fleet.domain.queue_policy import PRIORITY
from fleet.domain.service_icons import icon_of
from fleet.flows import told_waits
from fleet.flows.closing import closing_now
from fleet.flows.kiosk_printers import printers_at
from fleet.flows.queue_rules import policy_of
from fleet.flows.watch import UnknownOffice
from fleet.store import kiosks, places, procedures, visits
from fleet.store.database import Store
from fleet.store.places import OfficeRow

FOUND_AT_MOST = 12
# More are not read on a screen; another letter leaves fewer.


def kiosk_now(store: Store, office_id: str, now_ms: int) -> KioskNow:
    """What the kiosk of this office shows now. Raises UnknownOffice."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            raise UnknownOffice(office_id)
        return seen(connection, office, now_ms)


def seen(connection: Connection, office: OfficeRow, now_ms: int) -> KioskNow:
    """The kiosk of this office."""
    day = day_of(now_ms, office.timezone)
    closing = closing_now(connection, office, now_ms)
    printers = printers_at(connection, office.id, now_ms)
    ways = read_ways(kiosks.ways(connection, office.id))
    return KioskNow(
        id=office.id,
        name=office.name,
        hotline=office.hotline,
        timezone=office.timezone,
        now_ms=now_ms,
        pace=office.simulated_pace,
        ways=tuple(way for way in ways if printers or way is not Way.PAPER),
        services=services_seen(connection, office, day, closing, now_ms),
        until_ms=closing.until_ms,
        priority=priority_of(connection, office, day),
        address=office.ticket_url,
        printer=printers[0][0] if printers else Printer.AWAY,
    )


def services_seen(
    connection: Connection, office: OfficeRow, day: str, closing: ClosingNow, now_ms: int
) -> tuple[KioskService, ...]:
    """Each service, in the order of the printer's buttons."""
    told = told_waits.told(connection, office, now_ms).newcomers
    waiting = visits.waiting(connection, office.id, day)
    icons, texts = kiosks.icons(connection, office.id), json.loads(office.texts)
    called_for = {service for its in places.skills(connection, office.id).values() for service in its}
    found = []
    for one in places.services(connection, office.id):
        newcomer = told.get(one.id)
        found.append(
            KioskService(
                id=one.id,
                prefix=one.prefix,
                names=(("", one.name), *names_of(texts, one.id)),
                icon=icon_of(icons.get(one.id, ""), one.name),
                waiting=waiting[one.id].n if one.id in waiting else 0,
                told=None if newcomer is None else (newcomer.p50, newcomer.p90),
                closed=why_closed(office, day, closing, one.id in called_for),
            )
        )
    return tuple(found)


def names_of(texts: dict[str, str], service: str) -> list[tuple[str, str]]:
    """(language, name) of a service, as its tickets say it in other languages."""
    return sorted((name.partition(".")[2], text) for name, text in texts.items() if name.startswith(f"{service}."))


def why_closed(office: OfficeRow, day: str, closing: ClosingNow, is_called_for: bool) -> Closed | None:
    """Why a service gives no numbers now."""
    if closing.closed:
        return Closed.DAY_OFF if closing.until_ms == bounds(day, office.timezone)[0] else Closed.ENDED
    return None if is_called_for else Closed.NO_COUNTER


def priority_of(connection: Connection, office: OfficeRow, day: str) -> tuple[str, str] | None:
    """The names, Vietnamese and English, of the class that the printer's priority key stands for, where it is in force.

    Other classes are told by a card or an appointment, not by a key.
    """
    classes = (one for one in policy_of(connection, office.id).classes if one.id == PRIORITY and one.holds(day))
    return next(((one.name, one.name_en or one.name) for one in classes), None)


def papers_of(store: Store, service: str) -> tuple[Procedure, ...]:
    """The procedures of a service, with their papers, time and fee; the plain ones before those of special cases."""
    with store.reading() as connection:
        its = procedures.of_service(connection, service)
    return tuple(sorted(its, key=lambda one: (len(one.name), one.name)))


def searchable(store: Store, office_id: str) -> ProcedureIndex:
    """The procedures that this office takes, ready to be searched."""
    with store.reading() as connection:
        names = {one.id: one.name for one in places.services(connection, office_id)}
        uses = {code: n for code, (n, _) in procedures.uses(connection).items()}
        return ProcedureIndex([one for one in procedures.procedures(connection) if one.service in names], uses, names)


def found_in(index: ProcedureIndex, words: str) -> tuple[FoundProcedure, ...]:
    """What is found, the best first; those that are asked for most if nothing is asked."""
    best = (one.procedure for one in index.search(words, FOUND_AT_MOST))
    return tuple(FoundProcedure(one, one.service) for one in best if one.service is not None)
