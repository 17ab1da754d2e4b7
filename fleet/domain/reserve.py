"""Whom a counter may call while it is cut off: the next few of the line, each of them in one reserve only.

A reserve is chosen by the rules of the queue (`queueing`), the counters taking turns as if each called in its turn. Who
is in a reserve stays in it as long as those rules would still put him in one, so that little has to be told anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.queueing import USUAL_POLICY, Waiting, is_preferred, next_of

Number = tuple[str, int]
# A service and a number of it.

NUMBERS = 3
# Somebody is served for five minutes or more, so three last longer than a reserve holds; more would only be residents
# whom nobody else may call while a keypad is silent.

HOLDS_MS = 600_000
# As long as a number is held whose counter never called it (`TURN_HELD_MS`): nobody waits longer for a dead keypad. A
# router that is switched off and on is back after two or three minutes.

RENEWED_AFTER_MS = 120_000
# So a keypad that is cut off can go on for eight minutes at least.

MARGIN_MS = 60_000
# A keypad's clock is late by the way of the message that set it, and a path is given up when it is silent for 15 s.


@dataclass(frozen=True)
class Desk:
    """A counter that is to have a reserve: who waits for it, whether its last calls were priority, whom it has now."""

    counter: str
    waiting: Sequence[Waiting]
    recent: Sequence[bool] = ()
    has: Collection[Number] = field(default=frozenset())


def number_of(ticket: Waiting) -> Number:
    """The ticket's number."""
    return ticket.service, ticket.number


def draft(
    desks: Sequence[Desk], now_ms: int, policy: QueuePolicy = USUAL_POLICY, most: int = NUMBERS
) -> dict[str, list[Waiting]]:
    """The reserve of each counter, in the order of calling. Whose turn it is to be given first stands first."""
    wanted = taking_turns(desks, now_ms, policy, most)
    room = {desk.counter: len(wanted[desk.counter]) for desk in desks}
    chosen: dict[str, list[Waiting]] = {desk.counter: [] for desk in desks}
    left = {number_of(ticket): ticket for tickets in wanted.values() for ticket in tickets}
    for desk in desks:  # who is in a reserve stays in it
        for ticket in desk.waiting:
            if (
                number_of(ticket) in desk.has
                and number_of(ticket) in left
                and len(chosen[desk.counter]) < room[desk.counter]
            ):
                chosen[desk.counter].append(left.pop(number_of(ticket)))
    for desk in sorted(desks, key=lambda desk: len(desk.waiting)):  # who calls for few services has the least choice
        own = [number_of(ticket) for ticket in wanted[desk.counter]]
        others = [number for number in map(number_of, desk.waiting) if number not in own]
        for number in (*own, *others):
            if number in left and len(chosen[desk.counter]) < room[desk.counter]:
                chosen[desk.counter].append(left.pop(number))
    return {desk.counter: in_turn(chosen[desk.counter], desk.recent, now_ms, policy) for desk in desks}


def taking_turns(desks: Sequence[Desk], now_ms: int, policy: QueuePolicy, most: int) -> dict[str, list[Waiting]]:
    """Whom each would call if each called in its turn, so many times."""
    found: dict[str, list[Waiting]] = {desk.counter: [] for desk in desks}
    taken: set[Number] = set()
    for _ in range(most):
        for desk in desks:
            free = [ticket for ticket in desk.waiting if number_of(ticket) not in taken]
            recent = [*desk.recent, *(is_preferred(ticket, now_ms) for ticket in found[desk.counter])]
            ticket = next_of(free, recent, now_ms, policy)
            if ticket is not None:
                found[desk.counter].append(ticket)
                taken.add(number_of(ticket))
    return found


def in_turn(tickets: Sequence[Waiting], recent: Sequence[bool], now_ms: int, policy: QueuePolicy) -> list[Waiting]:
    """These tickets as the rules of the queue would call them one after another."""
    left, ordered = list(tickets), list[Waiting]()
    while left:
        preferred = [is_preferred(ticket, now_ms) for ticket in ordered]
        ticket = next_of(left, [*recent, *preferred], now_ms, policy)
        assert ticket is not None  # noqa: S101 (some are left)
        left.remove(ticket)
        ordered.append(ticket)
    return ordered
