"""Proves of a day that priority was bounded, from the log of the turns that counters were given.

What `queueing` promises is looked at from outside: no rule is applied again, only what was done is measured. A ticket
waited from when the fleet knew of it (a printer that was cut off tells late, and nobody can be blamed for what nobody
knew) until it was first given to a counter. What happened to it after that, parking or sending on, is left aside.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class Period:
    """A part of a day under one set of rules, until a moment (None: on).

    `skills`: what each counter calls for first. A service with which it only helps gives no claim on its turns.
    `stood`: everybody of the day who is in no class by these rules.
    """

    until_ms: int | None
    policy: QueuePolicy
    skills: Mapping[str, Collection[str]]
    stood: Sequence[Stood]


def breaches(turns: Iterable[Turn], periods: Sequence[Period]) -> list[Breach]:
    """The turns of a day that broke a bound, in their order; none on a day that was fair.

    Each turn is measured by the rules of its moment; the periods are in their order.
    """
    recent: dict[str, list[bool]] = defaultdict(list)
    preferred: list[Turn] = []
    looking = Looking(periods[0], ())
    found: list[Breach] = []
    for turn in sorted(turns, key=lambda turn: (turn.assigned_ms, turn.counter)):
        period = next(one for one in periods if one.until_ms is None or turn.assigned_ms < one.until_ms)
        if period is not looking.period:
            looking = Looking(period, preferred)
        if turn.preferred:
            found += looking.at(turn, recent[turn.counter])
            preferred.append(turn)
        recent[turn.counter].append(turn.preferred)
    return found


class Looking:
    """Looks at turns under one set of rules; `before`: the preferred turns until then."""

    def __init__(self, period: Period, before: Iterable[Turn]) -> None:
        self.period = period
        self.stood: dict[str, list[Stood]] = defaultdict(list)
        for one in period.stood:
            self.stood[one.service].append(one)
        self.passing: dict[str, list[Turn]] = defaultdict(list)
        for turn in before:
            self.passed(turn)

    def at(self, turn: Turn, before: Sequence[bool]) -> list[Breach]:
        """What a preferred turn broke. `before`: whether the turns of its counter until then were preferred."""
        found = []
        for service in self.services(turn):
            for one in self.stood.get(service, ()):
                if one.at(turn.assigned_ms):
                    rule = broken(one, turn, before, self.passing[service], self.period.policy)
                    found += [] if rule is None else [Breach(rule, turn, one.service, one.number)]
        self.passed(turn)
        return found

    def passed(self, turn: Turn) -> None:
        """Whoever waits for a service of its counter was passed by."""
        for service in self.services(turn):
            self.passing[service].append(turn)

    def services(self, turn: Turn) -> list[str]:
        """What the counter of a turn calls for first."""
        return sorted(self.period.skills.get(turn.counter, ()))


def broken(one: Stood, turn: Turn, before: Sequence[bool], passing: Sequence[Turn], policy: QueuePolicy) -> str | None:
    """The rule that this turn broke towards somebody who waited. `passing`: the turns before that could pass them."""
    if len(before) >= policy.most_in_a_row and all(before[len(before) - policy.most_in_a_row :]):
        return IN_A_ROW
    upto_ms = turn.assigned_ms - policy.most_added_s * 1000
    for other in passing[: bisect_right(passing, upto_ms, key=lambda other: other.assigned_ms)]:
        if one.since_ms < other.since_ms and one.at(other.assigned_ms):
            return ADDED
    return None
