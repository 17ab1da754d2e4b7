"""Which counter that does not call now would shorten a wait that is too long, and by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fleet.domain.correcting import Offsets, correct
from fleet.domain.counter_plan import LUNCH, CounterFacts, Spans, counters_from_now
from fleet.domain.estimating import play
from fleet.domain.queue_moment import QueueNow
from fleet.domain.service_times import ServiceTimes
from fleet.domain.spread import Spread
from fleet.domain.wait_level import SOON_SHARE

TRIES = 60
# Enough for a middle that is told in steps of five minutes.

TRIED_AT_MOST = 2
# Services; each costs half as much as the estimate itself.


@dataclass(frozen=True)
class Opening:
    """A counter that could call for a service: what whoever comes now waits without it (None: for ever), and with it.

    Minutes that half of them do not exceed.
    """

    service: str
    counter: str
    before_min: float | None
    after_min: float

    def to_list(self) -> list[Any]:
        """Short, to the tenth of a minute."""
        before = None if self.before_min is None else round(self.before_min, 1)
        return [self.service, self.counter, before, round(self.after_min, 1)]


def wanting(told: Mapping[str, Spread | None], waited_s: Mapping[str, float], targets: Mapping[str, int]) -> list[str]:
    """The services whose people wait too long or will, the worst first.

    `told`: what whoever comes now would wait (None: no counter will ever call); `waited_s`: how long the first in line
    has waited, where anybody does.
    """
    worst: dict[str, float] = {}
    for service, target_s in targets.items():
        spread = told.get(service)
        ahead_s = 0.0 if spread is None else spread.middle * 60
        share = max(ahead_s, waited_s.get(service, 0.0)) / target_s
        if service in told and spread is None and service in waited_s:
            share += 1
        if share >= SOON_SHARE:
            worst[service] = share
    return sorted(worst, key=lambda one: (-worst[one], one))[:TRIED_AT_MOST]


@dataclass(frozen=True)
class Trial:
    """What an opening is tried on: the queue, the counters as they are known, and what the office has learned."""

    queue: QueueNow
    counters: Sequence[tuple[str, CounterFacts]]
    sessions: Spans
    minute: float
    times: ServiceTimes
    offsets: Offsets

    def with_open(self, counter: str, service: str, chance: np.random.Generator) -> float | None:
        """What half of those who come now for a service would wait at most, in minutes, if this counter called, too."""
        facts = [opened(one, self.minute) if name == counter else one for name, one in self.counters]
        queue = replace(self.queue, counters=counters_from_now(facts, self.sessions, self.minute))
        after = play(queue, self.times, chance, TRIES).newcomers.get(service)
        return None if after is None else correct(after, self.offsets).middle


def candidate(service: str, counters: Sequence[tuple[str, CounterFacts]]) -> str | None:
    """The counter to open for a service: one of its own before one that helps, a short pause before an empty chair."""
    found = []
    for place, (counter, facts) in enumerate(counters):
        idle = facts.state in (None, "closed", "paused") or not facts.staffed
        if idle and facts.serving is None and service in (*facts.services, *facts.helping):
            away = 0 if facts.state == "paused" and facts.reason != LUNCH else 2 if facts.reason == LUNCH else 1
            found.append((service not in facts.services, away, place, counter))
    return min(found)[-1] if found else None


def opened(facts: CounterFacts, minute: float) -> CounterFacts:
    """The same counter if somebody began to call there at this minute of the day."""
    return replace(facts, state="free", since_min=minute, reason="", staffed=True, serving=None, called_min=minute)
