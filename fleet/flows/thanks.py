"""What an office gives to whoever has rated, whatever they rated: a code that proves that somebody did, and no more.

The code is made of the ticket's lease and number alone, so it says nothing of the rating, and needs no table.
"""

import hmac

from fleet.domain.audit import What, what_changed
from fleet.domain.day import day_of
from fleet.domain.unfit import Expected
from fleet.flows.equip import EquipError, office_of
from fleet.store import ledger, places, resident
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from protocols.signing import ALPHABET, ticket_token

LETTERS = 6
LONGEST = 120


def code_of_thanks(secret: str, lease: str, number: int) -> str:
    """`k7m-4qx`: 30 bits that only the fleet can make for this ticket."""
    letters = ticket_token(secret, f"thanks:{lease}", number)[:LETTERS]
    return f"{letters[:3]}-{letters[3:]}"


def set_thanks(store: Store, office_id: str, thanks: str) -> OfficeRow:
    """Say what whoever has rated is given; empty: nothing. Raises EquipError."""
    said = fit_thanks(thanks)
    with store.writing() as connection:
        before = office_of(connection, office_id).thanks
        places.set_thanks(connection, office_id, said)
        ledger.note(
            connection, What.OFFICE_TICKETS, office_id, office_id, *what_changed({"thanks": before}, {"thanks": said})
        )
        return office_of(connection, office_id)


def fit_thanks(thanks: str) -> str:
    """What is given, as it is kept. Raises EquipError."""
    said = " ".join(thanks.split())
    if len(said) > LONGEST or not said.isprintable():
        text = f"thanks: expected at most {LONGEST} characters, found {thanks[:200]!r}"
        raise EquipError(text, "thanks", Expected.LINE, most=LONGEST)
    return said


def is_genuine(store: Store, office_id: str, text: str, now_ms: int) -> bool:
    """Whether somebody who was served and rated at this office today was given this code. Raises EquipError."""
    letters = "".join(letter for letter in text.lower() if letter in ALPHABET)
    with store.reading() as connection:
        office = office_of(connection, office_id)
        known = resident.rated(connection, office.id, day_of(now_ms, office.timezone))
    codes = [code_of_thanks(secret, lease, number).replace("-", "") for lease, secret, number in known]
    return sum(hmac.compare_digest(letters.encode(), code.encode()) for code in codes) > 0
