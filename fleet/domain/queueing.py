"""Who is next: some go before others, but never without bound.

The order is the order of beginning to wait. Whoever belongs to one of the office's classes (`queue_policy`) goes before
that order, within two bounds:

- at most `most_in_a_row` such calls follow one another at a counter while somebody else waits for it;
- whoever was first passed by `most_added_s` ago is passed by no more.

So what priority adds to anybody's wait is at most `most_added_s`, and the time until a counter is free again.
Appointments and walk-ins share this one order: an appointment waits from its time on, not from its coming. Whoever is
sent on stands where the number says, as long as the office has not decided otherwise; to the front is a priority like
any, the first of all, and has its bounds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.queue_policy import TO_END, TO_FRONT, QueuePolicy

USUAL_POLICY = QueuePolicy()
FRONT = -1
# Before the first of the classes.


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits for a service, since when, in which class (its place; None in none), and since when that
    counts. `rank` orders tickets of the same millisecond: their identity. `passed_ms`: when it was first passed by.
    """

    service: str
    number: int
    since_ms: int
    place: int | None = None
    rank: str = ""
    passed_ms: int | None = None

    def order(self) -> tuple[int, str]:
        """Without any priority."""
        return self.since_ms, self.rank


@dataclass(frozen=True)
class Preferred:
    """A call that went to one of the classes: by which counter, when, and since when the ticket had waited."""

    counter: str
    assigned_ms: int
    since_ms: int


def next_of(
    waiting: Iterable[Waiting], recent: Sequence[bool], now_ms: int, policy: QueuePolicy = USUAL_POLICY
) -> Waiting | None:
    """The ticket to call next, or None if nobody waits.

    `recent` says of the last calls of this counter, the newest last, whether they went to one of the classes. Somebody
    whose appointment is yet to come goes before nobody.
    """
    ordered = sorted(waiting, key=Waiting.order)
    first = next(iter(ordered), None)
    preferred = [ticket for ticket in ordered if is_preferred(ticket, now_ms)]
    others = [ticket for ticket in ordered if not is_preferred(ticket, now_ms)]
    if not preferred or not others:
        return min(preferred, key=lambda ticket: (ticket.place, *ticket.order())) if preferred else first
    owed = next((ticket for ticket in others if is_owed(ticket, now_ms, policy)), None)
    if owed is not None:
        return owed
    last = recent[-policy.most_in_a_row :] if policy.most_in_a_row else ()
    if len(last) == policy.most_in_a_row and all(last):
        return others[0]
    return min(preferred, key=lambda ticket: (ticket.place, *ticket.order()))


def is_preferred(ticket: Waiting, now_ms: int) -> bool:
    """Whether the ticket goes before others now."""
    return ticket.place is not None and ticket.since_ms <= now_ms


def is_owed(ticket: Waiting, now_ms: int, policy: QueuePolicy) -> bool:
    """Whether the ticket was passed by for as long as may be."""
    return ticket.passed_ms is not None and now_ms - ticket.passed_ms >= policy.most_added_s * 1000


def passed_ms(
    service: str, since_ms: int, calls: Iterable[Preferred], skills: Mapping[str, Collection[str]]
) -> int | None:
    """When somebody who waits for this service since then was first passed by; None if never.

    That is: by a counter that calls for this service, for somebody of one of the classes who began to wait later.
    """
    times = [
        call.assigned_ms
        for call in calls
        if call.since_ms > since_ms and call.assigned_ms >= since_ms and service in skills.get(call.counter, ())
    ]
    return min(times, default=None)


def stands(policy: QueuePolicy, place: int | None, since_ms: int, sent_ms: int | None) -> tuple[int | None, int]:
    """(place among the classes, since when that counts) of somebody who perhaps was sent on, by the office's rule."""
    if sent_ms is None or policy.sent_on not in (TO_FRONT, TO_END):
        return place, since_ms
    return (FRONT if policy.sent_on == TO_FRONT else place), max(since_ms, sent_ms)
