"""The least counters by half hour with which enough people are called in time, found by serving made days.

A plan suffices where in each half hour the wanted share is called within the target of their service, and of each
service over the day not much fewer. Where all counters together do not reach that, all are needed. It is looked for in
three steps:

1. the same number of counters all day, on a few days: the least for each half hour by itself;
2. on many days, one counter more where that is too few together, since people who come late in a half hour are served
   in the next;
3. one counter fewer wherever it still suffices, until it nowhere does.

What is told of the plan found is found on other days than those on which it was looked for: a plan that is just enough
for some days is rarely enough for others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fleet.domain.day_again import overlap
from fleet.domain.lived_days import LivedCounter
from fleet.domain.staffing_trial import Levels, Outcome, Trial

WHOLE_DIFFERENCE = 0.15
# One counter fewer, and so many more people of an hour are not called in time.
TOLD_DIFFERENCES = 3
FAR_FROM_ENOUGH = 0.15
OF_EACH_SERVICE = 0.8
# Of a service that few people come for nearly all could wait for long, and nobody would see it in the half hours.
ENOUGH = 1e-9


@dataclass(frozen=True)
class Slot:
    """A half hour: how many people are expected, how many counters are planned and needed, and how both would do."""

    begins_min: float
    ends_min: float
    people: float
    planned: int
    least: int
    planned_share: float
    least_share: float


@dataclass(frozen=True)
class OneFewer:
    """With one counter fewer in this half hour (None: all day) so many fewer are called in time, of those who come in
    it and in the next.
    """

    slot: int | None
    counters: int
    share: float
    share_without: float


@dataclass(frozen=True)
class Staffing:
    """What is suggested. `order`: the places of the counters in the order in which they open."""

    goal: float
    slots: tuple[Slot, ...]
    planned: Outcome
    least: Outcome
    differences: tuple[OneFewer, ...]
    order: tuple[int, ...]
    reached: bool
    finished: bool

    def hours(self, of: str) -> float:
        """How many hours of counters that takes: `planned` or `least`."""
        return float(sum(getattr(one, of) * (one.ends_min - one.begins_min) for one in self.slots) / 60)


def suggest(
    few: Trial,
    many: Trial,
    check: Trial,
    planned: Sequence[LivedCounter],
    goal: float,
    go_on: Callable[[], bool] = lambda: True,
) -> Staffing:
    """Look for the least plan on few and many days; tell of it, and of the planned counters, what is found on others.

    `go_on` may end the search before it is over; then the plan suffices, but may not be the least.
    """
    search = Search(few, many, goal, go_on)
    levels = search.least()
    least, now = check.of(levels), check.tried(planned)
    slots = tuple(
        Slot(
            *span,
            people=float(least.people[n]),
            planned=sum(bool(overlap(one.open_min, (span,))) for one in planned),
            least=levels[n],
            planned_share=float(now.by_slot[n]),
            least_share=float(least.by_slot[n]),
        )
        for n, span in enumerate(check.slots)
    )
    return Staffing(
        goal=goal,
        slots=slots,
        planned=now,
        least=least,
        differences=one_fewer(few, check, levels),
        order=check.order,
        reached=not any(search.all_needed),
        finished=search.finished,
    )


class Search:
    """Looks for the least plan."""

    def __init__(self, few: Trial, many: Trial, goal: float, go_on: Callable[[], bool]) -> None:
        self.few, self.many, self.go_on = few, many, go_on
        self.most = len(many.order)
        self.best = many.of(many.uniform(self.most))
        self.wanted = np.minimum(self.best.by_slot, goal)
        self.all_needed = (self.best.by_slot < goal - ENOUGH).tolist()
        self.wanted_of = np.minimum(self.best.by_service, goal) * OF_EACH_SERVICE
        self.goal = goal
        self.finished = True

    def least(self) -> Levels:
        """The plan; `finished` says whether the search came to its end."""
        levels = self.mended(self.each_alone())
        lowered: Levels | None = levels
        while lowered is not None:
            levels, lowered = lowered, self.lowered(lowered)
        return levels

    def each_alone(self) -> Levels:
        """For each half hour the least number of counters that would suffice there, were it the same all day."""
        trial = self.few
        wanted = np.minimum(trial.of(trial.uniform(self.most)).by_slot, self.goal)
        levels = [self.most] * len(trial.slots)
        for counters in range(self.most - 1, 0, -1):
            enough = trial.of(trial.uniform(counters)).by_slot >= wanted - ENOUGH
            levels = [counters if enough[n] else one for n, one in enumerate(levels)]
            if not enough.any():
                break
        return tuple(self.most if self.all_needed[n] else one for n, one in enumerate(levels))

    def lacking(self, levels: Levels) -> float:
        """By how much a plan falls short of what is wanted; 0 where it suffices."""
        found = self.many.of(levels)
        short = np.maximum(self.wanted - found.by_slot, 0.0).sum()
        short += np.maximum(self.wanted_of - found.by_service, 0.0).sum()
        return float(short) if short > ENOUGH else 0.0

    def mended(self, levels: Levels) -> Levels:
        """A plan that suffices: a counter more where it helps most, around where the first lack one."""
        while self.lacking(levels):
            if not self.go_on():
                self.finished = False
                return self.many.uniform(self.most)
            short = np.flatnonzero(self.wanted - self.many.of(levels).by_slot > ENOUGH).tolist() or [0]
            around = range(max(short[0] - 1, 0), min(short[0] + 2, len(levels)))
            raised = {changed(levels, n, 1, self.most) for n in around} - {levels}
            raised = raised or {changed(levels, n, 1, self.most) for n in range(len(levels))} - {levels}
            levels = min(raised, key=lambda one: (self.lacking(one), one))
        return levels

    def lowered(self, levels: Levels) -> Levels | None:
        """The plan with a counter fewer in as many half hours as may be, each once; None if it is the least."""
        first = levels
        for n in sorted(range(len(levels)), key=lambda one: (-levels[one], one)):
            if not self.go_on():
                self.finished = False
                return None
            fewer = changed(levels, n, -1, self.most)
            if fewer != levels and not self.all_needed[n] and self.may_do(fewer) and not self.lacking(fewer):
                levels = fewer
        return None if levels == first else levels

    def may_do(self, levels: Levels) -> bool:
        """Whether it is worth trying on many days: on a few it is not far from enough."""
        return bool((self.wanted - self.few.of(levels).by_slot).max() < FAR_FROM_ENOUGH)


def changed(levels: Levels, slot: int, by: int, most: int) -> Levels:
    """A plan with a counter more or fewer in one half hour, as far as there is one; one is always open."""
    return (*levels[:slot], min(max(levels[slot] + by, 1), most), *levels[slot + 1 :])


def one_fewer(trial: Trial, check: Trial, levels: Levels) -> tuple[OneFewer, ...]:
    """Where one counter is the whole difference: all day, and in half hours, those where it matters most first."""
    found = []
    for n in range(len(levels)):
        lowered = changed(levels, n, -1, len(check.order))
        if lowered != levels and loss(trial, levels, lowered, n) >= WHOLE_DIFFERENCE:
            found.append((loss(trial, levels, lowered, n), n, lowered))
    told = [
        OneFewer(n, levels[n], around(check.of(levels), n), around(check.of(lowered), n))
        for _, n, lowered in sorted(found, reverse=True)[:TOLD_DIFFERENCES]
    ]
    told = [one for one in told if one.share - one.share_without >= WHOLE_DIFFERENCE]
    less = tuple(max(one - 1, 1) for one in levels)
    if check.of(levels).whole - check.of(less).whole >= WHOLE_DIFFERENCE:
        told.insert(0, OneFewer(None, max(levels), check.of(levels).whole, check.of(less).whole))
    return tuple(told)


def loss(trial: Trial, levels: Levels, lowered: Levels, slot: int) -> float:
    return around(trial.of(levels), slot) - around(trial.of(lowered), slot)


def around(outcome: Outcome, slot: int) -> float:
    """The share called in time of those who come in a half hour and in the next."""
    people = outcome.people[slot : slot + 2]
    return float((outcome.by_slot[slot : slot + 2] * people).sum() / people.sum()) if people.sum() else 1.0
