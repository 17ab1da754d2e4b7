"""What whoever scans a code should hear: it is known, it is due, nobody knows it, or it does not belong here."""

from datetime import date

from fleet.domain.clerk_sessions import Badge
from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import Warned, warnings


def of_dossier(
    dossier: Dossier | None, received: date, newest: date | None, today: date, supplements: int = 0
) -> str | None:
    """The tone for a dossier's code; None where nobody can tell.

    `received` is the day in the code, `newest` the last day of which the mirror has dossiers of the same organisation:
    what was handed in since the last import is not unknown, only new. Of what it warns `because` says.
    """
    if dossier is None:
        return "unknown" if newest is not None and received < newest else None
    return "due_soon" if warnings(dossier, supplements, today) else "accepted"


def because(dossier: Dossier, supplements: int, today: date) -> str | None:
    """What the tone of a dossier warns of, where it is not that it is due soon; the most pressing of its warnings."""
    first = next(iter(warnings(dossier, supplements, today)), None)
    if first is Warned.OVERDUE:
        return "overdue"
    return "supplemented" if first in (Warned.SUPPLEMENTED, Warned.LATE_BY_SUPPLEMENTS) else None


def of_ticket(is_here: bool | None, is_today: bool, is_proved: bool) -> str:
    """The tone for a ticket's code. `is_here`: its numbers were given to this office; None if to nobody."""
    if is_here is None:
        return "unknown"
    return "accepted" if is_here and is_today and is_proved else "wrong"


def of_badge(badge: Badge | None, ms: int, at_counter: bool) -> str:
    """The tone for a badge of the staff, scanned at this moment: it signs its clerk in or out here, or it does not."""
    return "accepted" if at_counter and badge is not None and badge.holds(ms) else "wrong"
