"""Where the holder of a number is: told by its tickets, by the visits that it was called to, and by what befell it.

Tickets are read before all else: clocks of two boards differ, and a number may seem to be called before it was taken.
Who was served stays served: a keypad that was cut off tells late whom it called, and others may have called in vain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.domain.changing import but
from fleet.domain.clerk_sessions import Position
from fleet.domain.counter_line import WENT_ON
from fleet.domain.linked import Happened, TicketSeen, UnlinkedSeen, VisitSeen
from fleet.domain.queue_policy import APPOINTMENT
from protocols import events

TAKEN = (events.TicketTaken, events.CheckedIn)
AFTER = {"no_show": "no_show", "transfer": "waiting", "parked": "parked"}
# What a ticket is when its visit ended so; otherwise it is done.
NO_NUMBER = "the number was not taken that day"
NOT_SO = "the number was not in the state that this changes"


@dataclass(frozen=True)
class NumberTold:
    """The ticket, its visits with their waits, and what is left: the same number taken again."""

    ticket: TicketSeen | None
    visits: tuple[VisitSeen, ...]
    unlinked: tuple[UnlinkedSeen, ...]


def tell_number(happened: Sequence[Happened], visits: Iterable[VisitSeen]) -> NumberTold:
    """What the events of a number's line, in order, and its visits, in any order, say of it."""
    visits = tuple(visits)
    taken = [one for one in happened if isinstance(one.event, TAKEN)]
    others = [one for one in happened if not isinstance(one.event, TAKEN)]
    if not taken:
        left = tuple(UnlinkedSeen(one.id, one.event.KIND, NO_NUMBER) for one in others)
        goes_on = {visit.closed_by: visit.to_service for visit in visits if visit.outcome == WENT_ON}
        untold = tuple(but(visit, wait_ms=None, about=goes_on.get(visit.id)) for visit in visits)
        return NumberTold(None, untold, left)
    ticket = first_taken(taken[0])
    again = f"number {ticket.number} was taken before, by {ticket.event}"
    unlinked = [UnlinkedSeen(one.id, one.event.KIND, again) for one in taken[1:]]
    waits = waits_of(ticket, visits)
    abouts = {}
    befell = [Step(one.position, False, befalling=one) for one in others]
    served = False
    for step in sorted([*steps(visits), *befell], key=lambda step: (step.position, step.begins)):
        after = step.of(ticket)
        if served and after is not None and after.state == "no_show":
            after = but(after, state="done", since_ms=ticket.since_ms)  # it was called once more, and in vain
        served = served or (after is not None and after.state == "done")
        if after is None and step.befalling is not None:
            unlinked.append(UnlinkedSeen(step.befalling.id, step.befalling.event.KIND, NOT_SO))
        ticket = after or ticket
        if step.visit is not None and step.begins:
            abouts[step.visit.id] = ticket.waiting_for
    waited = tuple(but(visit, wait_ms=waits[visit.id], about=abouts[visit.id]) for visit in visits)
    return NumberTold(ticket, waited, tuple(unlinked))


def waits_of(ticket: TicketSeen, visits: Iterable[VisitSeen]) -> dict[str, int | None]:
    """How long the holder waited for each visit: from the number on, or from when they were sent on to it.

    Whoever was set aside was called before, and whoever goes on at the same counter waits for nobody.
    """
    visits = list(visits)
    sent = sorted((one.end, one.finished_ms) for one in visits if one.outcome == "transfer" and one.end is not None)
    went_on = {one.closed_by for one in visits if one.outcome == WENT_ON}
    waits: dict[str, int | None] = {}
    for visit in visits:
        before = [ms for end, ms in sent if end <= visit.position]
        begins_ms = before[-1] if before and before[-1] is not None else ticket.begins_ms
        counted = not visit.resumed and visit.id not in went_on
        waits[visit.id] = max(0, visit.called_ms - begins_ms) if counted else None
    return waits


def first_taken(one: Happened) -> TicketSeen:
    """A number is taken once; the same number again that day is a fault that is kept, not counted."""
    event = one.event
    if isinstance(event, events.CheckedIn):
        return TicketSeen(
            service=event.service,
            number=event.number,
            event=one.id,
            taken_ms=one.happened_ms,
            priority=APPOINTMENT,
            senior=False,
            since_ms=max(one.happened_ms, event.due),
            due_ms=event.due,
            waiting_for=event.service,
        )
    assert isinstance(event, events.TicketTaken)  # noqa: S101 (only such are taken)
    return TicketSeen(
        service=event.service,
        number=event.number,
        event=one.id,
        taken_ms=one.happened_ms,
        priority=event.priority,
        senior=event.senior,
        since_ms=one.happened_ms,
        waiting_for=event.service,
    )


@dataclass(frozen=True)
class Step:
    """A visit of the number begins or ends, or something befalls it while nobody serves it."""

    position: Position
    begins: bool
    visit: VisitSeen | None = None
    befalling: Happened | None = None

    def of(self, ticket: TicketSeen) -> TicketSeen | None:
        """The ticket after this step; None where it means nothing."""
        if self.visit is None:
            return self.befallen(ticket)
        if self.begins:
            return but(ticket, state="called", calls=ticket.calls + 1, sent_ms=None)
        if self.visit.outcome == "transfer":
            ticket = but(ticket, sent_ms=self.position[0])
        state = "done" if self.visit.finish is not None else AFTER.get(self.visit.outcome or "", "done")
        return but(
            ticket,
            state=state,
            since_ms=self.position[0] if state == "no_show" else ticket.since_ms,
            waiting_for=self.visit.to_service or ticket.waiting_for,
            waiting_at=self.visit.to_counter,
        )

    def befallen(self, ticket: TicketSeen) -> TicketSeen | None:
        """The ticket after its holder came back, or after one of two numbers of a holder gave way to the other."""
        event = None if self.befalling is None else self.befalling.event
        if isinstance(event, events.Returned) and ticket.state == "no_show":
            return but(ticket, state="waiting", since_ms=self.position[0])
        if isinstance(event, events.DayClosed):
            # Whoever was called after all, as a counter that was cut off told later, was not left; that is no fault.
            return but(ticket, state="closed") if ticket.state == "waiting" else ticket
        if isinstance(event, events.Replaced) and ticket.state == "waiting":
            if event.since is None:
                return but(ticket, state="replaced")
            return but(ticket, since_ms=min(ticket.since_ms, event.since))
        return None


def steps(visits: Iterable[VisitSeen]) -> Iterable[Step]:
    """Beginnings and ends; one event may end a visit and begin another, in this order."""
    for visit in visits:
        yield Step(visit.position, True, visit)
        if visit.end is not None:
            yield Step(visit.end, False, visit)
