"""What whoever scans a code should hear: it is known, it is due, nobody knows it, or it does not belong here."""

from datetime import date

from fleet.domain.clerk_sessions import Badge
from fleet.domain.dossier import Dossier

DUE_WITHIN_DAYS = 1
# Today's and tomorrow's: for these a clerk can still do something.
RETURNED = ("đã trả", "đã hủy", "đã huỷ", "đã rút")
# How states of dossiers begin that are over: nothing of them is due any more.


def of_dossier(dossier: Dossier | None, received: date, newest: date | None, today: date) -> str | None:
    """The tone for a dossier's code; None where nobody can tell.

    `received` is the day in the code, `newest` the last day of which the mirror has dossiers of the same organisation:
    what was handed in since the last import is not unknown, only new.
    """
    if dossier is None:
        return "unknown" if newest is not None and received < newest else None
    over = dossier.state.strip().casefold().startswith(RETURNED)
    if dossier.due_on is None or over:
        return "accepted"
    return "due_soon" if (dossier.due_on - today).days <= DUE_WITHIN_DAYS else "accepted"


def of_ticket(is_here: bool | None, is_today: bool, is_proved: bool) -> str:
    """The tone for a ticket's code. `is_here`: its numbers were given to this office; None if to nobody."""
    if is_here is None:
        return "unknown"
    return "accepted" if is_here and is_today and is_proved else "wrong"


def of_badge(badge: Badge | None, ms: int, at_counter: bool) -> str:
    """The tone for a badge of the staff, scanned at this moment: it signs its clerk in or out here, or it does not."""
    return "accepted" if at_counter and badge is not None and badge.holds(ms) else "wrong"
