"""Estimates judged on days that are over: learned from the first days, judged by the others, beside the rivals.

Nothing of the days that judge is learned from, and nobody who is told something knows more than could be known then.
What the corrections are learned from are promises on days that the times were not learned from (`FOLDS` parts in turn).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fleet.domain.estimating import play
from fleet.domain.lived_days import Lived, LivedDay
from fleet.domain.promises import WORTH_JUDGING_MIN, Kept, Score, correct, learn_offsets, score_numbers, score_ranges
from fleet.domain.rivals import NAMES, Seen, rivals
from fleet.domain.spread import Spread
from fleet.domain.waiting_knowledge import Knowledge, learn, taught_by

FOLDS = 5
EVERY_KEPT = 3
# Of the days that corrections are learned from every third person is asked: neighbours wait for the same reasons.


@dataclass(frozen=True)
class Judged:
    """How we did, before and after the correction, and how each rival did, on the same people."""

    ours: Score
    uncorrected: Score
    rivals: dict[str, Score]


@dataclass(frozen=True)
class Asked:
    """What one person was told by everybody, and how long they waited."""

    waited_min: float
    told: Spread
    rivals: dict[str, float]


def judge(
    train: Sequence[LivedDay], test: Sequence[LivedDay], services: Sequence[str], chance: np.random.Generator
) -> Judged | None:
    """Learn from some days, and be judged by others; None if nobody waited on those."""
    taught = [taught_by(day) for day in train]
    kept: list[Kept] = []
    for fold in range(FOLDS):
        others = [one for place, one in enumerate(taught) if place % FOLDS != fold]
        knowledge = learn(others, services)
        for place, day in enumerate(train):
            if place % FOLDS == fold:
                asked = ask_all(day, knowledge, chance, EVERY_KEPT)
                kept += [Kept(str(place), one.told, one.waited_min) for one in asked]
    offsets, knowledge = learn_offsets(kept), learn(taught, services)
    asked = [one for day in test for one in ask_all(day, knowledge, chance)]
    ours = score_ranges([(correct(one.told, offsets), one.waited_min) for one in asked])
    uncorrected = score_ranges([(one.told, one.waited_min) for one in asked])
    if ours is None or uncorrected is None:
        return None
    theirs = {name: score_numbers([(one.rivals[name], one.waited_min) for one in asked]) for name in NAMES}
    return Judged(ours, uncorrected, {name: score for name, score in theirs.items() if score is not None})


def ask_all(day: LivedDay, knowledge: Knowledge, chance: np.random.Generator, every: int = 1) -> list[Asked]:
    """What everybody who waited on a day, without priority and for more than a minute, was told on coming."""
    worth = [
        one
        for one in day.people
        if not one.preferred and one.waited_min is not None and one.waited_min > WORTH_JUDGING_MIN
    ]
    return [asked for one in worth[::every] if (asked := ask(day, one, knowledge, chance)) is not None]


def ask(day: LivedDay, person: Lived, knowledge: Knowledge, chance: np.random.Generator) -> Asked | None:
    """What somebody was told on coming; None if no counter was known that could have called them."""
    minute = person.came_min
    came = day.came_before(minute)
    queue = replace(day.moment_of(minute), coming=knowledge.coming(minute, len(came)))
    told = play(queue, knowledge.times, chance).newcomers.get(person.service)
    if told is None or person.waited_min is None:
        return None
    others = [one for one in came if not one.preferred]
    called = [one for one in others if one.called_min is not None and one.called_min <= minute]
    in_line = [one for one in others if one.called_min is None or one.called_min > minute]
    called.sort(key=lambda one: one.called_min or 0.0)
    seen = Seen(
        waiting=len(queue.waiting),
        serving=sum(counter.busy for counter in queue.counters),
        open_counters=sum(one.is_open(minute) for one in day.counters if one.known_from_min <= minute),
        mean_visit_min=knowledge.mean_visit_min,
        first_in_line_min=minute - in_line[0].came_min if in_line else None,
        waits=[one.waited_min or 0.0 for one in called],
    )
    return Asked(person.waited_min, told, rivals(seen))
