"""What whoever scans a code should hear: it is known, it is due, nobody knows it, or it does not belong here."""

from datetime import date
from enum import Enum

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


class Unfit(Enum):
    """Why a code is worth nothing where it was scanned."""

    UNREAD = "unread"
    TICKET_UNKNOWN = "ticket_unknown"
    TICKET_FORGED = "ticket_forged"
    TICKET_ELSEWHERE = "ticket_elsewhere"
    TICKET_OTHER_DAY = "ticket_other_day"
    TICKET_CANCELLED = "ticket_cancelled"
    BADGE_UNKNOWN = "badge_unknown"
    BADGE_ENDED = "badge_ended"


def of_ticket(unfit: Unfit | None) -> str:
    """The tone for a ticket's code, by `ticket_unfit`."""
    if unfit is None:
        return "accepted"
    return "unknown" if unfit is Unfit.TICKET_UNKNOWN else "wrong"


def ticket_unfit(is_here: bool | None, is_today: bool, is_proved: bool, is_cancelled: bool = False) -> Unfit | None:
    """What speaks against a ticket. `is_here`: its numbers were given to this office; None if to nobody.

    That it is not genuine is said before anything that its code claims.
    """
    if is_here is None:
        return Unfit.TICKET_UNKNOWN
    if not is_proved:
        return Unfit.TICKET_FORGED
    if not is_here:
        return Unfit.TICKET_ELSEWHERE
    if not is_today:
        return Unfit.TICKET_OTHER_DAY
    return Unfit.TICKET_CANCELLED if is_cancelled else None


def of_badge(badge: Badge | None, ms: int, at_counter: bool) -> str:
    """The tone for a badge of the staff, scanned at this moment: it signs its clerk in or out here, or it does not."""
    return "accepted" if at_counter and badge_unfit(badge, ms) is None else "wrong"


def badge_unfit(badge: Badge | None, ms: int) -> Unfit | None:
    """What speaks against a badge of the staff at this moment."""
    if badge is None:
        return Unfit.BADGE_UNKNOWN
    return None if badge.holds(ms) else Unfit.BADGE_ENDED
