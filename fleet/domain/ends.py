"""How each ticket of a day ended: in exactly one way, so that nobody is lost and nobody counts twice."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from fleet.domain.linked import TicketSeen


class End(StrEnum):
    """What became of a number when the day is over."""

    SERVED = "served"
    NO_SHOW = "no_show"
    REPLACED = "replaced"
    LEFT_WAITING = "left_waiting"
    LEFT_PARKED = "left_parked"
    LEFT_AT_COUNTER = "left_at_counter"


ENDS = {
    "done": End.SERVED,
    "no_show": End.NO_SHOW,
    "replaced": End.REPLACED,
    "waiting": End.LEFT_WAITING,
    "parked": End.LEFT_PARKED,
    "called": End.LEFT_AT_COUNTER,
}


def end_of(state: str) -> End:
    """How a ticket ended that is in this state when the day is over."""
    return ENDS[state]


def ends(tickets: Iterable[TicketSeen]) -> Counter[End]:
    """How many tickets of a day ended how; all of them together are the numbers that were taken."""
    return Counter(end_of(ticket.state) for ticket in tickets)
