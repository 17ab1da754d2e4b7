"""Somebody of the staff is told of, or forgotten: the account goes, and what they did stays, under no name.

The log of changes keeps the name under which something was done: it proves who did what, and goes with its old end.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from fleet.domain.audit import What
from fleet.flows.erase import in_moments
from fleet.flows.people import found, refuse_last_chief
from fleet.store import forgetting_people, ledger, tokens
from fleet.store.audit import Asked, last
from fleet.store.database import Store

NOT_TOLD = {"failures", "locked_until_ms", "office_name"}
ENTRIES = 1_000


@dataclass(frozen=True)
class Forgotten:
    """As whom the person is known from now on, and how many rows lost the name."""

    gone: str
    deeds: int


def export_person(store: Store, number: int) -> dict[str, Any]:
    """Everything that is kept of this person, as JSON can say it; no secret and no hash. Raises NoSuchPerson."""
    with store.writing(alone=False) as connection:
        row = found(connection, number, None)
        parts = forgetting_people.told(connection, row)
        deeds = forgetting_people.deeds(connection, row)
        log = last(connection, Asked(who=f"user:{row.id}", most=ENTRIES))
        ledger.note(connection, What.USER_EXPORT, row.id, row.office)
    account = {name: value for name, value in asdict(row).items() if name not in NOT_TOLD}
    return {
        "account": in_moments(account),
        **{name: [in_moments(one) for one in rows] for name, rows in parts.items()},
        "deeds": deeds,
        "log": [{**json.loads(entry.line()), "hash": entry.hash} for entry in log],
    }


def erase_person(store: Store, number: int, now_ms: int) -> Forgotten:
    """Forget this person, who cannot sign in any more. Raises NoSuchPerson, PersonUnfit for the last administrator."""
    with store.writing() as connection:
        row = found(connection, number, None)
        refuse_last_chief(connection, row, "")
        gone = f"erased-{row.id}"
        renamed = forgetting_people.forget(connection, row, gone, now_ms)
        tokens.revoke_of_person(connection, row.id, now_ms)
        ledger.note(connection, What.USER_ERASE, row.id, row.office, became={"name": gone, "deeds": renamed})
    store.forget()
    return Forgotten(gone, renamed)
