"""Estimates judged on days that are over: learned from the first days, judged by the others, beside the rivals.

Nobody who is told something knows more than could be known then. How long visits take is learned from the first days
alone; ranges are corrected each night by the promises of all days before, as an office does it: those of the last third
of the first days, made with what the days before these had taught, and those of the days that have judged already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fleet.domain.correcting import Kept, Learned, correct, learn_day
from fleet.domain.estimating import play
from fleet.domain.lived_days import Lived, LivedDay
from fleet.domain.promises import WORTH_JUDGING_MIN, Score, score_numbers, score_ranges
from fleet.domain.rivals import NAMES, Seen, rivals
from fleet.domain.speed import watched
from fleet.domain.spread import Spread
from fleet.domain.waiting_knowledge import Knowledge, learn, taught_by

PROMISED_PART = 3
# One of so many of the days that are learned from is lived through with promises.


@dataclass(frozen=True)
class Judged:
    """How we did, before and after the correction, and how each rival did, on the same people.

    `floor`: how somebody would have done who knew how the days are made; None where nobody knows or asked.
    """

    ours: Score
    uncorrected: Score
    rivals: dict[str, Score]
    floor: Score | None = None


@dataclass(frozen=True)
class Asked:
    """What one person was told by everybody, and how long they waited."""

    waited_min: float
    told: Spread
    rivals: dict[str, float]

    @property
    def kept(self) -> Kept:
        """What is learned from it."""
        return Kept("", self.told, self.waited_min)


def judge(
    train: Sequence[LivedDay],
    test: Sequence[LivedDay],
    services: Sequence[str],
    chance: np.random.Generator,
    made: Knowledge | None = None,
) -> Judged | None:
    """Learn from some days, and be judged by others; None if nobody waited on those. `made`: how the days are made."""
    taught = [taught_by(day) for day in train]
    first = len(train) - len(train) // PROMISED_PART
    learned, earlier = Learned(), learn(taught[:first], services)
    for day in train[first:]:
        learned = learn_day(learned, [one.kept for one in ask_all(day, earlier, chance)])
    knowledge = learn(taught, services)
    asked: list[Asked] = []
    told: list[Spread] = []
    for day in test:
        of_day = ask_all(day, knowledge, chance)
        asked += of_day
        told += [correct(one.told, learned.offsets) for one in of_day]
        learned = learn_day(learned, [one.kept for one in of_day])
    ours = score_ranges([(ranged, one.waited_min) for ranged, one in zip(told, asked, strict=True)])
    uncorrected = score_ranges([(one.told, one.waited_min) for one in asked])
    if ours is None or uncorrected is None:
        return None
    theirs = {name: score_numbers([(one.rivals[name], one.waited_min) for one in asked]) for name in NAMES}
    exactly = [] if made is None else [one for day in test for one in ask_all(day, made, chance)]
    floor = score_ranges([(one.told, one.waited_min) for one in exactly])
    return Judged(ours, uncorrected, {name: score for name, score in theirs.items() if score is not None}, floor)


def ask_all(day: LivedDay, knowledge: Knowledge, chance: np.random.Generator) -> list[Asked]:
    """What everybody who waited on a day, without priority and for more than a minute, was told on coming."""
    worth = [
        one
        for one in day.people
        if not one.preferred and one.waited_min is not None and one.waited_min > WORTH_JUDGING_MIN
    ]
    return [asked for one in worth if (asked := ask(day, one, knowledge, chance)) is not None]


def ask(day: LivedDay, person: Lived, knowledge: Knowledge, chance: np.random.Generator) -> Asked | None:
    """What somebody was told on coming; None if no counter was known that could have called them."""
    minute = person.came_min
    came = day.came_before(minute)
    queue = replace(day.moment_of(minute), coming=knowledge.coming(minute, len(came)))
    times = knowledge.on(watched(day, minute)).times if knowledge.differ > 0 else knowledge.times
    told = play(queue, times, chance).newcomers.get(person.service)
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
