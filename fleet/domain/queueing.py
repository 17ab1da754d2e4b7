"""Who is next: priority goes first, but never without bound.

The order within a class is the order of taking a number. At most `MOST_PRIORITY_IN_A_ROW` priority calls follow one
another at a counter while somebody without priority waits for it; so whoever is the first without priority there is
called at the latest with the third call of any counter that serves the service.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_PRIORITY_IN_A_ROW = 2


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits for a service. `rank` orders tickets taken in the same millisecond: their identity."""

    service: str
    number: int
    taken_ms: int
    priority: bool
    rank: str = ""


def next_of(waiting: Iterable[Waiting], last_priority: Sequence[bool]) -> Waiting | None:
    """The ticket to call next, or None if nobody waits.

    `last_priority` says of the last calls of this counter, the newest last, whether they were priority calls.
    """
    ordered = sorted(waiting, key=lambda ticket: (ticket.taken_ms, ticket.rank))
    first = next(iter(ordered), None)
    priority = next((ticket for ticket in ordered if ticket.priority), None)
    normal = next((ticket for ticket in ordered if not ticket.priority), None)
    if priority is None or normal is None:
        return first
    recent = last_priority[-MOST_PRIORITY_IN_A_ROW:]
    spent = len(recent) == MOST_PRIORITY_IN_A_ROW and all(recent)
    return normal if spent else priority
