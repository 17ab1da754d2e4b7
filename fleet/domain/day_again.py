"""A day that is over, as it can be served again (`serving`): who came, how long each needed, who was open when.

Nobody writes down when a clerk was away; it is read from the calls. A counter works through the sessions of the day,
and longer where it called somebody later; it was away where it called nobody though somebody waited for it for
more than `AWAY_MIN` on end. What it had to do between two visits belongs to the time that the first one took. Whoever
was never called, though others of the same service who came later were, had left.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from fleet.domain.counter_plan import Spans
from fleet.domain.lived_days import LONGEST_GAP_MIN, Lived, LivedCounter, LivedDay, taken
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import LONGEST_MIN, POINTS, ServiceTimes
from fleet.domain.serving import Guest, OpenDay

AWAY_MIN = LONGEST_GAP_MIN
ANSWERED_WITHIN_MIN = 3.0
# A free counter that takes longer to call somebody who has come was away.


def day_again(day: LivedDay, times: ServiceTimes, chance: np.random.Generator) -> tuple[OpenDay, list[float | None]]:
    """The day to serve again, and how long each of its people really waited (None: never called, or nobody knows).

    Where nobody saw how long a visit took, it takes as long as `times` make likely.
    """
    last = {one.service: one.came_min for one in day.people if one.called_min is not None}
    people = [one for one in day.people if one.called_min is not None or one.came_min >= last.get(one.service, 0.0)]
    needs = {id(one): minutes for one, minutes in taken(day)}
    guests, waited = [], []
    for one, share in zip(people, chance.random(len(people)), strict=True):
        service = one.service or served_as(one, day.counters)
        row = times.row(service)
        need = needs.get(id(one), times.table[row, int(share * POINTS)])
        unasked = one.preferred and one.called_min == one.came_min  # came to the counter without waiting for anything
        guests.append(Guest(service, one.came_min, float(min(need, LONGEST_MIN)), one.preferred, not unasked))
        waited.append(one.waited_min)
    return OpenDay(tuple(guests), as_worked(day, people), day.in_a_row, answered_after(day)), waited


def served_as(person: Lived, counters: Sequence[LivedCounter]) -> str:
    """The service of somebody who came without a number: that of the counter."""
    own = counters[person.counter].services if person.counter is not None else ()
    return own[0] if own else ""


def as_worked(day: LivedDay, people: Sequence[Lived]) -> tuple[LivedCounter, ...]:
    """The counters with the stretches in which each was there."""
    waits: dict[tuple[str, ...], Spans] = {}
    found = []
    for place, counter in enumerate(day.counters):
        visits = sorted((one for one in people if at_counter(one, place)), key=lambda one: one.called_min or 0.0)
        if counter.services not in waits:
            those = (one for one in people if one.service in counter.services)
            waits[counter.services] = joined([(one.came_min, one.called_min or FOREVER_MIN) for one in those])
        spans = reached(counter.open_min, [one.called_min or 0.0 for one in visits]) if visits else ()
        for called, start, end in gaps(visits):
            near = between(waits[counter.services], start, end)
            missed = [one for one in overlap(near, spans) if one[1] - one[0] > AWAY_MIN]
            if missed:
                # It decided to go while it served: after that call, and before the visit's end.
                left = (called + start) / 2 if missed[0][0] == start else missed[0][0]
                spans = without(spans, (left, end))
        found.append(LivedCounter(counter.services, spans, counter.helping))
    return tuple(found)


def at_counter(one: Lived, place: int) -> bool:
    return one.counter == place and one.called_min is not None


def gaps(visits: Sequence[Lived]) -> list[tuple[float, float, float]]:
    """(call before, its end, next call) of each time in which nobody was at the counter of these visits."""
    if not visits:
        return []
    called = [one.called_min or 0.0 for one in visits]
    ends = [0.0, *(one.ended_min or one.called_min or 0.0 for one in visits)]
    found = zip([0.0, *called], ends, [*called, FOREVER_MIN], strict=True)
    return [(before, end, after) for before, end, after in found if end < after]


def between(spans: Spans, start: float, end: float) -> Spans:
    """As much of these stretches as lies between two minutes."""
    first = max(bisect_right(spans, (start,)) - 1, 0)
    return overlap(spans[first : bisect_left(spans, (end,))], ((start, end),))


def reached(planned: Spans, called: Sequence[float]) -> Spans:
    """The planned stretches, each reaching to the calls that were made just outside of it."""
    spans = [*planned]
    for minute in called:
        if any(start <= minute < end for start, end in spans):
            continue
        near = min(range(len(spans)), key=lambda n: max(spans[n][0] - minute, minute - spans[n][1]))
        start, end = spans[near]
        spans[near] = (min(start, minute), max(end, minute + 1 / 60))
    return joined(spans)


def answered_after(day: LivedDay) -> float:
    """How long it usually takes until a free counter calls somebody who comes."""
    found = []
    for place in range(len(day.counters)):
        visits = sorted((one for one in day.people if at_counter(one, place)), key=lambda one: one.called_min or 0.0)
        for before, one in pairwise(visits):
            waited = one.waited_min or 0.0
            if (before.ended_min or FOREVER_MIN) < one.came_min and 0 < waited <= ANSWERED_WITHIN_MIN:
                found.append(waited)
    return median(found) if found else 0.0


def joined(spans: Sequence[tuple[float, float]]) -> Spans:
    """Stretches in order, those that touch made one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def overlap(some: Spans, others: Spans) -> Spans:
    """What lies in both."""
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple((start, end) for start, end in both if start < end)


def without(spans: Spans, gap: tuple[float, float]) -> Spans:
    """The stretches without this one."""
    parts = [(start, min(end, gap[0])) for start, end in spans] + [(max(start, gap[1]), end) for start, end in spans]
    return joined([(start, end) for start, end in parts if start < end])
