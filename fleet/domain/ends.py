"""How each ticket of a day ended: in exactly one way, so that nobody is lost and nobody counts twice."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class End(StrEnum):
    """What became of a number when the day is over."""

    SERVED = "served"
    NO_SHOW = "no_show"
    REPLACED = "replaced"
    CLOSED = "closed"
    LEFT_WAITING = "left_waiting"
    LEFT_PARKED = "left_parked"
    LEFT_AT_COUNTER = "left_at_counter"


ENDS = {
    "done": End.SERVED,
    "no_show": End.NO_SHOW,
    "replaced": End.REPLACED,
    "closed": End.CLOSED,
    "waiting": End.LEFT_WAITING,
    "parked": End.LEFT_PARKED,
    "called": End.LEFT_AT_COUNTER,
}
# What a ticket's state means once nobody calls any more.


def ends(states: Iterable[str]) -> Counter[End]:
    """How many tickets of a day ended how; all of them together are the numbers that were taken."""
    return Counter(ENDS[state] for state in states)
