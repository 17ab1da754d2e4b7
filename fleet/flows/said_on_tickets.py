"""All that an office says on its tickets, at once: words, where the code leads, and what a rating is thanked with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.seen import refuse_changed
from fleet.domain.ticket_drawn import WIDE, Line, Sample, draw_ticket
from fleet.domain.ticket_texts import changed_texts, wrong_with_texts
from fleet.domain.unfit import Unfit, refuse
from fleet.flows.equip import EquipError, office_of, on_tickets, refuse_address
from fleet.flows.thanks import fit_thanks
from fleet.store import devices, ledger, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow, ServiceRow


@dataclass(frozen=True)
class Said:
    """What stands on the tickets of an office; `texts` by their names."""

    ticket_url: str
    thanks: str
    texts: Mapping[str, str]


def said_at(store: Store, office_id: str) -> Said:
    """What an office says on its tickets. Raises EquipError."""
    with store.reading() as connection:
        return said_of(office_of(connection, office_id))


def said_of(office: OfficeRow) -> Said:
    """As it is kept."""
    return Said(office.ticket_url, office.thanks, json.loads(office.texts))


def say_on_tickets(store: Store, office_id: str, wanted: Said, now_ms: int, seen: str | None = None) -> None:
    """Say this from now on; a text that is empty is said as devices do. Printers are told.

    Raises EquipError with all that is wrong, or ChangedMeanwhile; nothing is changed then.
    """
    with store.writing() as connection:
        office = office_of(connection, office_id)
        refuse_changed(seen, said_of(office))
        kept = json.loads(office.texts)
        refuse(wrong_with(wanted, kept, {one.id for one in places.services(connection, office_id)}))
        words = json.dumps(changed_texts(kept, wanted.texts), sort_keys=True, ensure_ascii=False)
        places.set_tickets(connection, office_id, office.hotline, wanted.ticket_url, words)
        places.set_thanks(connection, office_id, fit_thanks(wanted.thanks))
        devices.config_is_due(connection, [one.device for one in devices.at_office(connection, office_id, now_ms)])
        was, became = what_changed(on_tickets(office), on_tickets(office_of(connection, office_id)))
        ledger.note(connection, What.OFFICE_TICKETS, office_id, office_id, was, became)


def wrong_with(wanted: Said, kept: Mapping[str, str], services: set[str]) -> list[Unfit]:
    """Everything that is wrong."""
    problems: list[Unfit] = []
    try:
        if wanted.ticket_url:
            refuse_address(wanted.ticket_url)
    except EquipError as problem:
        problems.append(problem)
    problems += wrong_with_texts(kept, wanted.texts, services)
    try:
        fit_thanks(wanted.thanks)
    except EquipError as problem:
        problems.append(problem)
    return problems


def drawn_at(store: Store, office_id: str, wanted: Said, time: str, columns: int = WIDE) -> list[Line]:
    """The ticket of somebody with priority as it would be. Raises EquipError."""
    with store.reading() as connection:
        office = office_of(connection, office_id)
        service = first_service(connection, office_id)
    sample = Sample(
        office.name,
        office.hotline,
        wanted.ticket_url,
        service.id,
        service.name,
        f"{service.prefix}007",
        time,
    )
    return draw_ticket(sample, changed_texts(json.loads(office.texts), wanted.texts), columns)


def first_service(connection: Connection, office_id: str) -> ServiceRow:
    """The service of the first button; one to show the paper with where there is none yet."""
    nobody = ServiceRow("chung-thuc", office_id, "Chứng thực", "A", 0)
    return next(iter(places.services(connection, office_id)), nobody)
