"""Where the holder of a number is: told by its tickets and by the visits that it was called to, at whatever counter.

Tickets are read before visits: clocks of two boards differ, and a number may seem to be called before it was taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fleet.domain.clerk_sessions import Position
from fleet.domain.linked import Happened, TicketSeen, UnlinkedSeen, VisitSeen
from protocols import events

AFTER = {"no_show": "no_show", "transfer": "waiting", "parked": "parked"}
# What a ticket is when its visit ended so; otherwise it is done.


@dataclass(frozen=True)
class NumberTold:
    """The ticket, its visits with their waits, and what is left: the same number taken again."""

    ticket: TicketSeen | None
    visits: tuple[VisitSeen, ...]
    unlinked: tuple[UnlinkedSeen, ...]


def tell_number(taken: Sequence[Happened], visits: Iterable[VisitSeen]) -> NumberTold:
    """What the tickets of a number, in order, and its visits, in any order, say of it."""
    visits = tuple(visits)
    if not taken:
        return NumberTold(None, tuple(replace(visit, wait_ms=None) for visit in visits), ())
    ticket = first_taken(taken[0])
    for step in sorted(steps(visits), key=lambda step: (step.position, step.begins)):
        ticket = step.of(ticket)
    waited = tuple(
        replace(visit, wait_ms=None if visit.resumed else max(0, visit.called_ms - ticket.taken_ms)) for visit in visits
    )
    reason = f"number {ticket.number} was taken before, by {ticket.event}"
    return NumberTold(ticket, waited, tuple(UnlinkedSeen(one.id, one.event.KIND, reason) for one in taken[1:]))


def first_taken(one: Happened) -> TicketSeen:
    """A number is taken once; the same number again that day is a fault that is kept, not counted."""
    event = one.event
    assert isinstance(event, events.TicketTaken)  # noqa: S101 (only such are on a number's line)
    return TicketSeen(
        service=event.service,
        number=event.number,
        event=one.id,
        taken_ms=one.happened_ms,
        priority=event.priority,
        senior=event.senior,
        waiting_for=event.service,
    )


@dataclass(frozen=True)
class Step:
    """A visit of the number begins or ends."""

    position: Position
    visit: VisitSeen
    begins: bool

    def of(self, ticket: TicketSeen) -> TicketSeen:
        """The ticket after this step."""
        if self.begins:
            return replace(ticket, state="called", calls=ticket.calls + 1)
        state = "done" if self.visit.finish is not None else AFTER.get(self.visit.outcome or "", "done")
        return replace(
            ticket,
            state=state,
            waiting_for=self.visit.to_service or ticket.waiting_for,
            waiting_at=self.visit.to_counter,
        )


def steps(visits: Iterable[VisitSeen]) -> Iterable[Step]:
    """Beginnings and ends; one event may end a visit and begin another, in this order."""
    for visit in visits:
        yield Step(visit.position, visit, True)
        if visit.end is not None:
            yield Step(visit.end, visit, False)
