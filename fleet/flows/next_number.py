"""A counter asks who is next: the fleet decides, and the decision is an event.

Two counters that ask in the same millisecond never get the same number: the decision is one writing transaction that
holds the office, and only one turn of a ticket's round can be open. A counter that asks again before it has called what
it was given is given the same number again, so an answer that was lost on the way loses nobody; the wish says what was
called last, since that event may come later than the wish.

Whom a keypad may call by itself while it is cut off (`reserves.py`), nobody else is given. If the next one is lent to
another counter's keypad, that one is asked to let go, and the wish waits for its word for a moment; a keypad that does
not answer is cut off, and keeps its reserve.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.queueing import Preferred, Waiting, next_of, passed_ms, stands
from fleet.domain.reserve import Number, number_of
from fleet.flows.queue_rules import policy_of
from fleet.flows.reserves import ask_back
from fleet.flows.show_clerks import SIGN_IN_FIRST, may_call
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import desks, devices, places, queue, reserves
from fleet.store.database import Store
from fleet.store.devices import Place
from fleet.store.failures import again_after_conflict
from fleet.store.queue import WaitingTicket
from fleet.store.reserves import Lent
from protocols.commands import WANT_HOLDS_MS, Want
from protocols.events import NumberAssigned
from protocols.state import Show, TicketNumber
from protocols.ticket_code import ticket_label

TURN_HELD_MS = 600_000
# A number whose counter never called it is given to another after ten minutes: its keypad lost power or was taken away.


@dataclass(frozen=True)
class Chosen:
    """A ticket that the rules chose, and its round."""

    ticket: Waiting
    calls: int


class LetGoFirst(Exception):
    """The next one is lent to a keypad that was asked to let go of the number; its word is awaited."""


def give_next(
    store: Store, server: VirtualDevice, device: str, want: Want, now_ms: int, patient: bool = False
) -> Show | None:
    """What the keypad shall show: its next number, or none. None if the wish is too old or the device at no counter.

    Raises LetGoFirst, if it is `patient`, when another keypad's word must be awaited.
    """
    given = answer_to(store, server, device, want, now_ms, patient)
    if isinstance(given, LetGoFirst):
        raise given
    return given


@again_after_conflict
def answer_to(
    store: Store, server: VirtualDevice, device: str, want: Want, now_ms: int, patient: bool
) -> Show | LetGoFirst | None:
    """The same; that somebody must let go first is no error, for that he was asked is to be kept."""
    if want.not_after is not None and now_ms > want.not_after:
        return None
    with store.writing(alone=False) as connection:
        row = devices.device(connection, device)
        place = devices.place_now(connection, device, now_ms)
        if row is None or row.revoked_ms is not None or place is None or place.counter is None:
            return None
        places.hold(connection, place.office)
        office = places.office(connection, place.office)
        if office is None:
            return None
        if want.reserve is not None:
            reserves.confirm(connection, device, want.reserve)
        if not may_call(connection, office, place.counter, now_ms):
            return Show(label=SIGN_IN_FIRST, want=want.id, expires=now_ms + WANT_HOLDS_MS)
        day = day_of(now_ms, office.timezone)
        lent = reserves.lent(connection, place.office, day, now_ms)
        own = None if want.reserve is None else device
        doubtful = own is None and reserves.has_confirmed(connection, device)
        called = want.called
        given: Chosen | tuple[str, int] | tuple[None, None] | None
        given = called_for(connection, place.office, day, place.counter, want.called)
        kept: set[Number] = set()
        while given is None or isinstance(given, Chosen):
            given = decide(connection, place.office, day, place.counter, called, now_ms, kept)
            if not isinstance(given, Chosen):
                before_service, before = given
                if not doubtful or before_service is None or before is None:
                    break
                if patient:
                    return LetGoFirst()  # it was given this before, and may have called it and others since
                called, given = TicketNumber(service=before_service, number=before), None
                continue
            number = number_of(given.ticket)
            if is_kept(lent.get(number), own, given.calls):
                if patient and (number in lent and lets_go(connection, lent[number], device, now_ms)):
                    return LetGoFirst()
                kept.add(number)
            elif take(connection, server, place, day, given, want, now_ms):
                break  # else another was faster
        service, number_given = (given.ticket.service, given.ticket.number) if isinstance(given, Chosen) else given
        prefixes = {one.id: one.prefix for one in places.services(connection, place.office)}
    label = "" if service is None or number_given is None else ticket_label(prefixes.get(service, ""), number_given)
    return Show(service=service, number=number_given, label=label, want=want.id, expires=now_ms + WANT_HOLDS_MS)


def is_kept(one: Lent | None, own: str | None, calls: int) -> bool:
    """Whether a number is not to be given now: a keypad may call it by itself, or has called it in this round.

    `own` is the keypad that asks, if it has said what it called.
    """
    if one is None:
        return False
    return one.device != own if one.called_ms is None else one.round >= calls


def lets_go(connection: Connection, one: Lent, device: str, now_ms: int) -> bool:
    """Whether the word of a keypad is worth waiting for. The one that asks says by itself what it called."""
    if one.called_ms is not None:
        return False
    return True if one.device == device else ask_back(connection, one, now_ms)


def choose(
    connection: Connection, office: str, day: str, counter: str, called: TicketNumber | None, now_ms: int
) -> Chosen | tuple[str, int] | tuple[None, None]:
    """Whom a program is to call at this counter: nobody whom a keypad may call by itself, this counter's neither."""
    lent = reserves.lent(connection, office, day, now_ms)
    kept: set[Number] = set()
    while True:
        given = decide(connection, office, day, counter, called, now_ms, kept)
        if isinstance(given, Chosen):
            number = number_of(given.ticket)
            if not is_kept(lent.get(number), None, given.calls):
                return given
            kept.add(number)
        else:
            service, n = given
            if service is None or n is None or not is_kept(lent.get((service, n)), None, 0):
                return given
            called = TicketNumber(service=service, number=n)  # it was given to the keypad of this counter, which has it


def by_hand(
    connection: Connection, office: str, day: str, counter: str, service: str, number: int, now_ms: int
) -> Chosen | None:
    """This number as a turn of the counter; None if it does not wait, or was just given to a counter."""
    policy = policy_of(connection, office)
    services = [one.id for one in places.services(connection, office)]
    tickets = queue.waiting_for(connection, office, day, counter, services, policy.calls, now_ms - TURN_HELD_MS)
    found = next((one for one in tickets if (one.service, one.number) == (service, number)), None)
    if found is None:
        return None
    passing, skills = queue.preferred(connection, office, day), places.skills(connection, office)
    return Chosen(as_waiting(found, policy, day, passing, skills), found.calls)


def called_for(
    connection: Connection, office: str, day: str, counter: str, called: TicketNumber | None
) -> tuple[str, int] | None:
    """The (service, number) that a program called for this counter and serves there, if its keypad has not heard.

    The keypad calls it again, which the linker takes for a recall, and goes on with it.
    """
    desk = desks.desk(connection, counter)
    if desk is None or desk.day != day or desk.state != "serving" or desk.service is None or desk.number is None:
        return None
    heard = called is not None and (called.service, called.number) == (desk.service, desk.number)
    if heard or (desk.visit is not None and desks.visit_has_ended(connection, office, day, desk.visit)):
        desks.save(connection, replace(desk, state="free"))  # its keypad has finished it, and asks for another
        return None
    return desk.service, desk.number


def take(
    connection: Connection,
    server: VirtualDevice,
    place: Place,
    day: str,
    chosen: Chosen,
    want: Want,
    now_ms: int,
) -> bool:
    """Give the ticket to the counter, and record that; False if another counter was given it meanwhile."""
    assert place.counter is not None  # noqa: S101 (only counters ask)
    held_since_ms = now_ms - TURN_HELD_MS
    if not queue.give_turn(
        connection,
        place.office,
        day,
        chosen.ticket,
        chosen.calls,
        place.counter,
        place.device,
        want.id,
        now_ms,
        held_since_ms,
    ):
        return False
    assigned = NumberAssigned(
        service=chosen.ticket.service,
        number=chosen.ticket.number,
        counter=place.counter,
        want=want.id,
        up=server.up_ms(now_ms),
        at=now_ms,
    )
    server.record(connection, assigned, now_ms)
    return True


def decide(
    connection: Connection,
    office: str,
    day: str,
    counter: str,
    called: TicketNumber | None,
    now_ms: int,
    kept: Collection[Number] = (),
) -> Chosen | tuple[str, int] | tuple[None, None]:
    """A ticket to be given now, the (service, number) that was given before and not called, or nothing.

    `kept` are not to be given to this counter.
    """
    held_since_ms = now_ms - TURN_HELD_MS
    before = queue.open_turn(connection, office, day, counter, held_since_ms)
    if before is not None and (called is None or before != (called.service, called.number)):
        return before
    skills = places.skills(connection, office)
    policy = policy_of(connection, office)
    tickets = within_reach(connection, office, day, counter, skills.get(counter, {}), policy.calls, held_since_ms, kept)
    passing = queue.preferred(connection, office, day)
    waiting = [as_waiting(one, policy, day, passing, skills) for one in tickets]
    recent = queue.last_turns(connection, office, day, counter, policy.most_in_a_row)
    chosen = next_of(waiting, recent, now_ms, policy)
    if chosen is None:
        return None, None
    return Chosen(chosen, tickets[waiting.index(chosen)].calls)


def within_reach(
    connection: Connection,
    office: str,
    day: str,
    counter: str,
    skills: Mapping[str, bool],
    most_calls: int,
    held_since_ms: int,
    kept: Collection[Number] = (),
) -> list[WaitingTicket]:
    """The tickets of which this counter is to call one: where it only helps, when nobody waits for its own services."""
    tickets = queue.waiting_for(connection, office, day, counter, tuple(skills), most_calls, held_since_ms)
    tickets = [one for one in tickets if (one.service, one.number) not in kept]
    if any(one.sent_on for one in tickets):  # this counter sent them to another; while none works, they come back
        others = places.skills_of_others(connection, office, day, counter)
        tickets = [one for one in tickets if not one.sent_on or one.waiting_for not in others]
    own = [one for one in tickets if not skills[one.waiting_for]]
    return own or tickets


def as_waiting(
    ticket: WaitingTicket,
    policy: QueuePolicy,
    day: str,
    passing: Sequence[Preferred],
    skills: Mapping[str, Mapping[str, bool]],
) -> Waiting:
    """A ticket as the rules see it."""
    late = ticket.due_ms is not None and ticket.taken_ms > ticket.due_ms + policy.late_s * 1000
    place = None if late else policy.place(ticket.priority, ticket.senior, day)
    place, since_ms = stands(policy, place, ticket.since_ms, ticket.sent_ms)
    return Waiting(
        service=ticket.service,
        number=ticket.number,
        since_ms=since_ms,
        place=place,
        rank=ticket.event,
        passed_ms=passed_ms(ticket.waiting_for, since_ms, passing, skills),
    )
