"""Proves of a day that priority was bounded, from the log of the turns that counters were given.

What `queueing` promises is looked at from outside: no rule is applied again, only what was done is measured. A ticket
waited from when the fleet knew of it (a printer that was cut off tells late, and nobody can be blamed for what nobody
knew) until it was first given to a counter. What happened to it after that, parking or sending on, is left aside.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.queue_policy import QueuePolicy

IN_A_ROW, ADDED = "in_a_row", "added"


@dataclass(frozen=True)
class Turn:
    """A number was given to a counter. `preferred`: it went before others by its class; `since_ms`: its place."""

    counter: str
    assigned_ms: int
    since_ms: int
    preferred: bool


@dataclass(frozen=True)
class Stood:
    """Somebody in no class waited for a service: place in the order, when the fleet knew, and until when (None: on)."""

    service: str
    number: int
    since_ms: int
    known_ms: int
    until_ms: int | None

    def at(self, ms: int) -> bool:
        """Whether they waited at this moment, as far as the fleet could know."""
        return max(self.since_ms, self.known_ms) < ms and (self.until_ms is None or ms < self.until_ms)


@dataclass(frozen=True)
class Breach:
    """A turn that the rules did not allow: which of them, and who was passed by."""

    rule: str
    turn: Turn
    service: str
    number: int


def breaches(
    turns: Sequence[Turn],
    stood: Sequence[Stood],
    skills: Mapping[str, Collection[str]],
    policy: QueuePolicy,
) -> list[Breach]:
    """The turns of a day that broke a bound, in their order; none on a day that was fair.

    `skills`: what each counter calls for first. A service with which it only helps gives no claim on its turns.
    """
    ordered = sorted(turns, key=lambda turn: (turn.assigned_ms, turn.counter))
    by_service: dict[str, list[Stood]] = defaultdict(list)
    for one in stood:
        by_service[one.service].append(one)
    recent: dict[str, list[bool]] = defaultdict(list)
    passing: dict[str, list[Turn]] = defaultdict(list)
    found = []
    for turn in ordered:
        before = recent[turn.counter]
        services = sorted(skills.get(turn.counter, ())) if turn.preferred else []
        for service in services:
            for one in by_service.get(service, ()):
                rule = broken(one, turn, before, passing[service], policy) if one.at(turn.assigned_ms) else None
                found += [] if rule is None else [Breach(rule, turn, one.service, one.number)]
        for service in services:
            passing[service].append(turn)
        before.append(turn.preferred)
    return found


def broken(one: Stood, turn: Turn, before: Sequence[bool], passing: Sequence[Turn], policy: QueuePolicy) -> str | None:
    """The rule that this turn broke towards somebody who waited. `passing`: the turns before that could pass them."""
    if len(before) >= policy.most_in_a_row and all(before[len(before) - policy.most_in_a_row :]):
        return IN_A_ROW
    upto_ms = turn.assigned_ms - policy.most_added_s * 1000
    for other in passing[: bisect_right(passing, upto_ms, key=lambda other: other.assigned_ms)]:
        if one.since_ms < other.since_ms and one.at(other.assigned_ms):
            return ADDED
    return None
