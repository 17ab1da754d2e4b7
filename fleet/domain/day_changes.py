"""What could be otherwise on a day: more or fewer counters, other services at one, lunch in turns, a service closed.

A change makes another day of a day; the people and what they need stay the same, so that two days differ by the change
alone. Minutes are those of the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fleet.domain.counter_plan import Spans
from fleet.domain.day_again import joined, overlap, without
from fleet.domain.lived_days import LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.serving import OpenDay

ALL_DAY = (0.0, FOREVER_MIN)
NOON_MIN = 720.0


@dataclass(frozen=True)
class MoreCounters:
    """So many counters more in this stretch, for these services (none named: for all).

    Without a stretch they are open whenever any counter is.
    """

    count: int
    span: tuple[float, float] | None = None
    services: tuple[str, ...] = ()

    def change(self, day: OpenDay) -> OpenDay:
        """The day with them."""
        spans = open_at_all(day.counters) if self.span is None else (self.span,)
        known = tuple(sorted({service for one in day.counters for service in (*one.services, *one.helping)}))
        more = LivedCounter(self.services or known, spans)
        return replace(day, counters=(*day.counters, *[more] * self.count))


@dataclass(frozen=True)
class FewerCounters:
    """So many counters fewer in this stretch: the last ones that are open in it; or this one."""

    count: int
    span: tuple[float, float] = ALL_DAY
    place: int | None = None

    def change(self, day: OpenDay) -> OpenDay:
        """The day without them."""
        there = [place for place, one in enumerate(day.counters) if overlap(one.open_min, (self.span,))]
        gone = {self.place} if self.place is not None else set(there[::-1][: self.count])
        return replace(
            day,
            counters=tuple(
                replace(one, open_min=without(one.open_min, self.span)) if place in gone else one
                for place, one in enumerate(day.counters)
            ),
        )


@dataclass(frozen=True)
class OtherServices:
    """A counter calls for these services, and no others."""

    place: int
    services: tuple[str, ...]

    def change(self, day: OpenDay) -> OpenDay:
        """The day with a counter that does."""
        counters = list(day.counters)
        counters[self.place] = replace(counters[self.place], services=self.services, helping=())
        return replace(day, counters=tuple(counters))


@dataclass(frozen=True)
class LunchInTurns:
    """Every second counter goes to lunch half a break earlier, the others half a break later.

    Nobody works longer than before, and half of the counters are always there. A counter that pauses for lunch at no
    time, or worked only before or after it, stays as it is.
    """

    def change(self, day: OpenDay) -> OpenDay:
        """The day with lunch in turns."""
        counters, turn = [], 0
        for one in day.counters:
            lunch = lunch_of(one.open_min)
            if lunch is not None:
                one = replace(one, open_min=shifted(one.open_min, lunch, -0.5 if turn % 2 == 0 else 0.5))
                turn += 1
            counters.append(one)
        return replace(day, counters=tuple(counters))


@dataclass(frozen=True)
class ClosedService:
    """Nobody comes for this service in this stretch: it is done on other days, or elsewhere."""

    service: str
    span: tuple[float, float] = ALL_DAY

    def change(self, day: OpenDay) -> OpenDay:
        """The day without them."""
        start, end = self.span
        guests = (one for one in day.guests if one.service != self.service or not start <= one.came_min < end)
        return replace(day, guests=tuple(guests))


Change = MoreCounters | FewerCounters | OtherServices | LunchInTurns | ClosedService


def changed(day: OpenDay, changes: Sequence[Change]) -> OpenDay:
    """The day with all changes, one after the other."""
    for one in changes:
        day = one.change(day)
    return day


def open_at_all(counters: Sequence[LivedCounter]) -> Spans:
    """When any counter is open."""
    return joined([span for one in counters for span in one.open_min])


def lunch_of(spans: Spans) -> tuple[float, float] | None:
    """The longest time around noon at which a counter is closed between two stretches."""
    breaks = [(first[1], then[0]) for first, then in pairwise(spans)]
    around = [(start, end) for start, end in breaks if start <= NOON_MIN + 90 and end >= NOON_MIN - 30]
    return max(around, key=lambda one: one[1] - one[0], default=None)


def shifted(spans: Spans, lunch: tuple[float, float], turns: float) -> Spans:
    """The stretches with lunch so many times its length later."""
    start, end = lunch
    by = turns * (end - start)
    return without(joined([*spans, lunch]), (start + by, end + by))
