"""Nothing is lost and nothing counts twice: what must hold of any day, looked at from outside of the rules of linking.

Every number that was taken is one ticket, and ends in exactly one way (`ends`); where it is agrees with its visits. A
counter serves one resident at a time. A visit has at most one rating that counts, and says so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from fleet.domain.ends import ENDS
from fleet.domain.linked import Day, TicketSeen, VisitSeen

SERVED_BY: dict[str, str | None] = {"called": None, "parked": "parked"}
# How the last visit of a ticket in such a state ended: it did not, or so.


def faults(day: Day, taken: Iterable[str]) -> list[str]:
    """What does not hold of this day, in sentences; `taken`: the identities of the events that took numbers."""
    called: dict[tuple[str, int], list[VisitSeen]] = defaultdict(list)
    for visit in day.visits:
        if visit.service is not None and visit.number is not None:
            called[visit.service, visit.number].append(visit)
    return [
        *of_numbers(day, taken),
        *(fault for one in day.tickets for fault in of_ticket(one, called[one.service, one.number])),
        *of_counters(day),
        *of_ratings(day),
    ]


def of_numbers(day: Day, taken: Iterable[str]) -> Iterator[str]:
    """Each event that took a number is one ticket, or is kept apart because the number was taken before."""
    told = Counter([one.event for one in day.tickets] + [one.id for one in day.unlinked])
    for event in taken:
        if told[event] != 1:
            yield f"{event} took a number, and is told of {told[event]} times"


def of_ticket(ticket: TicketSeen, visits: list[VisitSeen]) -> Iterator[str]:
    """A ticket ends in one way, which its visits bear out."""
    name = f"{ticket.service} {ticket.number}"
    if ticket.state not in ENDS:
        yield f"{name} ends as {ticket.state!r}, which is no end"
    if ticket.calls != len(visits):
        yield f"{name} was called {ticket.calls} times, and has {len(visits)} visits"
    if ticket.state in ("done", "no_show", "parked") and not visits:
        yield f"{name} is {ticket.state}, and was never called"
    if ticket.state == "done" and all(one.outcome in ("no_show", "parked") and not one.finish for one in visits):
        yield f"{name} is done, and nobody served it"
    if ticket.state in SERVED_BY and SERVED_BY[ticket.state] not in [visit.outcome for visit in visits]:
        yield f"{name} is {ticket.state}, and no visit of it ended so"


def of_counters(day: Day) -> Iterator[str]:
    """A counter serves one resident at a time."""
    until: dict[str, tuple[int | None, str]] = {}
    for visit in sorted(day.visits, key=lambda one: one.position):
        end, before = until.get(visit.counter, (visit.called_ms, ""))
        if end is None or end > visit.called_ms:
            yield f"{visit.id} began at {visit.counter} while {before} lasted"
        until[visit.counter] = (visit.finished_ms, visit.id)


def of_ratings(day: Day) -> Iterator[str]:
    """At most one rating of a visit counts, and the visit says whether one does."""
    counted = Counter(one.visit for one in day.ratings if one.counted)
    for visit in day.visits:
        if counted[visit.id] > 1:
            yield f"{visit.id} has {counted[visit.id]} ratings that count"
        if visit.rated != (counted[visit.id] > 0):
            yield f"{visit.id} says rated: {visit.rated}, and {counted[visit.id]} ratings count"
    visits = {visit.id for visit in day.visits}
    for rating in day.ratings:
        if rating.counted and rating.visit not in visits:
            yield f"{rating.id} counts, and belongs to no visit"
