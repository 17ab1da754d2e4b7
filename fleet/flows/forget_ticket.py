"""A ticket is told of, or what leads to its holder forgotten. Who shows the code of the ticket holds it, or found it:
so its dossiers are counted here, and told under their own codes only.
"""

from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.flows.book import proved
from fleet.flows.erase import in_moments, visit_times
from fleet.flows.ticket_page import NoTicket
from fleet.store import forgetting_tickets, ledger
from fleet.store.database import Store
from fleet.store.queue import Leased


def export_ticket(store: Store, text: str) -> dict[str, Any]:
    """Everything that is kept of this ticket, as JSON can say it; no score. Raises NoTicket."""
    with store.writing(alone=False) as connection:
        number, leased = right(connection, text)
        known = forgetting_tickets.told(connection, leased, number)
        hashed = [forgetting_tickets.has_holder(connection, one.pop("event")) for one in known["ticket"]]
        ledger.note(connection, What.TICKET_EXPORT, thing(leased), leased.office)
    return {
        "office": leased.office,
        "day": leased.day,
        "service": leased.service,
        "number": number,
        "ticket": [{**in_moments(one), "card_hash": has} for one, has in zip(known["ticket"], hashed, strict=True)],
        "promises": [in_moments(one) for one in known["promises"]],
        "visits": [visit_times(one) for one in known["visits"]],
    }


def erase_ticket(store: Store, text: str) -> tuple[int, int]:
    """Forget the hash of its holder's card and what the holder was promised; how many. Raises NoTicket."""
    with store.writing() as connection:
        number, leased = right(connection, text)
        hashes, promises = forgetting_tickets.forget(connection, leased, number)
        became = {"hashes": hashes, "promises": promises}
        ledger.note(connection, What.TICKET_ERASE, thing(leased), leased.office, became=became)
    store.forget()
    return hashes, promises


def right(connection: Connection, text: str) -> tuple[int, Leased]:
    """The number and the lease of the ticket with this code. Raises NoTicket."""
    found = proved(connection, text)
    if found is None or str(found[0]) != text:
        raise NoTicket
    return found[0].number, found[1]


def thing(leased: Leased) -> str:
    """As what it stands in the log: its day and service, not its number."""
    return f"{leased.day}/{leased.service}"
