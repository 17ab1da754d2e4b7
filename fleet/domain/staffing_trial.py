"""Plans of a day are tried: so many counters in each half hour of the sessions serve days that were made.

Counters open in the order of `opening_order`, and in the last half hour stay until nobody waits. All plans serve the
same days. Whoever comes before the office opens, or at lunch, waits from its opening on: no counter could call them
sooner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from fleet.domain.counter_plan import Spans
from fleet.domain.day_again import joined
from fleet.domain.lived_days import LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.serving import OpenDay, starts
from fleet.domain.waiting_knowledge import BIN_MIN

Levels = tuple[int, ...]
Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """How a plan does: the share called in time by half hour, by service, and of all; and how long nine of ten wait."""

    by_slot: Shares
    by_service: Shares
    people: Shares
    whole: float
    p90_min: float


class Trial:
    """Made days on which plans are tried, with the half hours of the sessions."""

    def __init__(
        self,
        days: Sequence[OpenDay],
        sessions: Spans,
        targets_min: Mapping[str, float],
        order: Sequence[int],
    ) -> None:
        self.days, self.order, self.sessions = days, tuple(order), sessions
        self.slots = slots_of(sessions)
        self.services = tuple(targets_min)
        begins = np.array([start for start, _ in self.slots])
        self.known: dict[Levels, Outcome] = {}
        self.came, self.slot_of, self.service_of, self.target = [], [], [], []
        for day in days:
            came = np.array([opening(one.came_min, sessions) for one in day.guests])
            self.came.append(came)
            self.slot_of.append(np.maximum(np.searchsorted(begins, came, side="right") - 1, 0))
            self.service_of.append(np.array([self.services.index(one.service) for one in day.guests], dtype=np.intp))
            self.target.append(np.array([targets_min[one.service] for one in day.guests]))

    def of(self, levels: Levels) -> Outcome:
        """How a plan does."""
        if levels not in self.known:
            self.known[levels] = self.tried(self.counters(levels))
        return self.known[levels]

    def tried(self, counters: Sequence[LivedCounter]) -> Outcome:
        """How these counters do."""
        people, in_time = np.zeros(len(self.slots)), np.zeros(len(self.slots))
        asked, served = np.zeros(len(self.services)), np.zeros(len(self.services))
        waits = []
        for n, day in enumerate(self.days):
            called = [inf if one is None else one for one in starts(day.with_counters(counters))]
            wait = np.maximum(np.array(called) - self.came[n], 0.0)
            fine = wait <= self.target[n]
            waits.append(wait)
            people += np.bincount(self.slot_of[n], minlength=len(people))
            in_time += np.bincount(self.slot_of[n], fine, minlength=len(people))
            asked += np.bincount(self.service_of[n], minlength=len(asked))
            served += np.bincount(self.service_of[n], fine, minlength=len(asked))
        together = np.concatenate(waits) if waits else np.zeros(0)
        return Outcome(
            by_slot=share(in_time, people),
            by_service=share(served, asked),
            people=people / max(len(self.days), 1),
            whole=float(in_time.sum() / people.sum()) if people.sum() else 1.0,
            p90_min=float(np.quantile(together, 0.9, method="inverted_cdf")) if len(together) else 0.0,
        )

    def counters(self, levels: Levels) -> list[LivedCounter]:
        """The counters with the stretches of a plan; in the last half hour they stay until nobody waits."""
        last = len(self.slots) - 1
        all_counters = list(self.days[0].counters) if self.days else []
        for rank, place in enumerate(self.order):
            spans = [
                (start, FOREVER_MIN if n == last else end)
                for n, (start, end) in enumerate(self.slots)
                if levels[n] > rank
            ]
            all_counters[place] = replace(all_counters[place], open_min=joined(spans))
        return all_counters

    def uniform(self, counters: int) -> Levels:
        """The same number all day."""
        return (counters,) * len(self.slots)


def share(some: Shares, of: Shares) -> Shares:
    """Of nobody all."""
    return np.divide(some, of, out=np.ones_like(some), where=of > 0)


def slots_of(sessions: Spans) -> tuple[tuple[float, float], ...]:
    """The half hours of the sessions, by the clock."""
    found = []
    for start, end in sessions:
        at = start
        while at < end:
            until = min((at // BIN_MIN + 1) * BIN_MIN, end)
            found.append((at, until))
            at = until
    return tuple(found)


def opening(minute: float, sessions: Spans) -> float:
    """The first moment from then on at which the office is open; that minute after its last session."""
    return next((max(start, minute) for start, end in sessions if minute < end), minute)


def opening_order(counters: Sequence[LivedCounter], work_min: Mapping[str, float]) -> tuple[int, ...]:
    """In which order counters open: always the one next that takes most off the work that is left.

    `work_min`: how long all people of a service need together. A counter takes an equal part of all work at most.
    """
    left, order = dict(work_min), list[int]()
    part = sum(left.values()) / max(len(counters), 1)

    def takes(place: int) -> float:
        return min(sum(max(left.get(one, 0.0), 0.0) for one in counters[place].services), part)

    while len(order) < len(counters):
        ahead = [place for place in range(len(counters)) if place not in order]
        place = max(ahead, key=lambda one: (round(takes(one), 6), -one))
        whole = sum(left.get(one, 0.0) for one in counters[place].services)
        taken = takes(place) / whole if whole > 0 else 0.0
        for service in counters[place].services:
            left[service] = left.get(service, 0.0) * (1 - taken)
        order.append(place)
    return tuple(order)
