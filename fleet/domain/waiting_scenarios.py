"""Days made by chance after a scenario, on which estimators of waits are judged; the scenarios are fixed data.

People come at a rate with a peak, times a factor of the day; whoever has priority is called first; a counter that
closes ends its visit first. Who is not called before the last counter has closed has no wait.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np

from fleet.domain.lived_days import Lived, LivedCounter, LivedDay
from fleet.domain.queue_moment import FOREVER_MIN

ALWAYS_FIRST = 1_000_000
# The scenarios' priority has no bound.


@dataclass(frozen=True)
class Kind:
    """A service of a scenario: how long it takes on average, the coefficient of variation, and its share of people."""

    name: str
    mean_min: float
    cv: float
    share: float


@dataclass(frozen=True)
class Scenario:
    """How the days of one scenario are made. `plan`: from, to, and how many counters are open, in minutes."""

    name: str
    base: float
    peak: float
    peak_at: float
    peak_width: float
    day_sigma: float
    plan: tuple[tuple[float, float, int], ...]
    kinds: tuple[Kind, ...]
    no_show_share: float
    no_show_min: float
    priority_share: float
    session_min: float

    @property
    def services(self) -> tuple[str, ...]:
        """The names of its services."""
        return tuple(one.name for one in self.kinds)

    def rate(self, minute: float) -> float:
        """How many people come in a minute, on an average day."""
        return self.base + self.peak * exp(-(((minute - self.peak_at) / self.peak_width) ** 2))


@dataclass(frozen=True)
class Judge:
    """The scenarios, the seeds, and how many days are learned from and judged by."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    train_days: int
    test_days: int


def read_judge(data: Mapping[str, Any]) -> Judge:
    """The judge that this data describes."""
    kinds = tuple(
        Kind(f"{one['mean_min']:g}-min", one["mean_min"], one["cv"], one["share"]) for one in data["services"]
    )
    return Judge(
        scenarios=tuple(
            Scenario(
                name=name,
                base=one["base"],
                peak=one["peak"],
                peak_at=one["peak_at"],
                peak_width=one["peak_width"],
                day_sigma=one["day_sigma"],
                plan=tuple((start, end, count) for start, end, count in one["counters"]),
                kinds=kinds,
                no_show_share=data["no_show_share"],
                no_show_min=data["no_show_min"],
                priority_share=data["priority_share"],
                session_min=data["session_min"],
            )
            for name, one in data["scenarios"].items()
        ),
        seeds=tuple(data["seeds"]),
        train_days=data["train_days"],
        test_days=data["test_days"],
    )


def make_day(scenario: Scenario, chance: np.random.Generator, overtime: bool = False) -> LivedDay:
    """One day. `overtime`: whoever still waits when the session ends is called all the same."""
    counters = planned(scenario, overtime)
    factor = exp(chance.normal(0.0, scenario.day_sigma))
    people = [somebody(scenario, minute, chance) for minute in arrivals(scenario, factor, chance)]
    return serve(people, counters)


def planned(scenario: Scenario, overtime: bool) -> tuple[LivedCounter, ...]:
    """The counters with the stretches in which each is open: the first ones are open whenever any is."""
    counters = []
    for place in range(max(count for _, _, count in scenario.plan)):
        stretches: list[tuple[float, float]] = []
        for start, end, count in scenario.plan:
            if place < count:
                joined = stretches.pop()[0] if stretches and stretches[-1][1] == start else start
                stretches.append((joined, end))
        if overtime and stretches[-1][1] >= scenario.session_min:
            stretches[-1] = (stretches[-1][0], FOREVER_MIN)
        counters.append(LivedCounter(scenario.services, tuple(stretches)))
    return tuple(counters)


def arrivals(scenario: Scenario, factor: float, chance: np.random.Generator) -> list[float]:
    """When people come: Poisson, thinned."""
    most = (scenario.base + scenario.peak) * factor
    found, minute = [], chance.exponential(1 / most)
    while minute < scenario.session_min:
        if chance.random() * most < scenario.rate(minute) * factor:
            found.append(minute)
        minute += chance.exponential(1 / most)
    return found


def somebody(scenario: Scenario, came_min: float, chance: np.random.Generator) -> tuple[Lived, float]:
    """Somebody who comes then, and how long they take."""
    kind = scenario.kinds[int(chance.choice(len(scenario.kinds), p=[one.share for one in scenario.kinds]))]
    sigma = sqrt(log(1 + kind.cv**2))
    minutes = exp(chance.normal(log(kind.mean_min) - sigma**2 / 2, sigma))
    if chance.random() < scenario.no_show_share:
        minutes = scenario.no_show_min
    return Lived(kind.name, came_min, preferred=bool(chance.random() < scenario.priority_share)), minutes


def serve(people: list[tuple[Lived, float]], counters: tuple[LivedCounter, ...]) -> LivedDay:
    """Let the counters call them, moment by moment: those with priority first, each in order of coming."""
    lived = [one for one, _ in people]
    free = [(start, place) for place, counter in enumerate(counters) if (start := opens(counter, 0.0)) is not None]
    heapq.heapify(free)
    waiting: list[tuple[bool, int]] = []
    coming = 0
    while free:
        now, place = heapq.heappop(free)
        while coming < len(people) and lived[coming].came_min <= now:
            heapq.heappush(waiting, (not lived[coming].preferred, coming))
            coming += 1
        if not waiting and coming == len(people):
            continue
        then = lived[coming].came_min if not waiting else now
        if waiting:
            _, who = heapq.heappop(waiting)
            one, minutes = people[who]
            then = now + minutes
            lived[who] = Lived(one.service, one.came_min, one.preferred, now, then, place)
        again = opens(counters[place], then)
        if again is not None:
            heapq.heappush(free, (again, place))
    return LivedDay(tuple(lived), counters, ALWAYS_FIRST)


def opens(counter: LivedCounter, minute: float) -> float | None:
    """The first moment from then on at which it is open; None if it opens no more."""
    return next((max(start, minute) for start, end in counter.open_min if minute < end), None)
