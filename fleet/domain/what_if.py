"""What would have been: days of an office served as they were, and as they would be with a change, person by person.

The same people come at the same moments and need as long; so both days differ by the change alone, and no change makes
no difference at all. The day as it was is served again as well, and held against what really happened: by so much this
way of asking is wrong before anything is changed. People are taken to come as they came: who would stay away or come at
another time because of the change is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fleet.domain.day_changes import Change, changed
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.serving import OpenDay, starts
from fleet.domain.wait_figures import DayWaits, Interval, ManyDays, WaitFigures, differences
from fleet.domain.waiting_knowledge import BIN_MIN, BINS

FAR_OFF_MIN, FAR_OFF_SHARE = 5.0, 0.25
# Where nine of ten waited so much longer or shorter than when served again, both of it, the answer is a rough one.
FEW_DAYS = 6
USUAL_TARGET_MIN = 15.0

Seen = tuple[OpenDay, Sequence[float | None]]
# A day to serve again, and how long each of its people really waited.


@dataclass(frozen=True)
class HalfHour:
    """The people who came in a half hour of all days, and the wait that nine of ten did not exceed (None: too few)."""

    begins_min: int
    people: int
    before_min: float | None
    after_min: float | None


@dataclass(frozen=True)
class WhatIf:
    """The waits of `days` days as they were served again, and with the change.

    `real` is what people really waited; `ranges` between what the differences lie, None where days are too few to say.
    """

    days: int
    before: WaitFigures
    after: WaitFigures
    real: WaitFigures
    ranges: Mapping[str, Interval] | None
    half_hours: tuple[HalfHour, ...]

    @property
    def error_min(self) -> float:
        """By how much what nine of ten do not exceed is too long in the day served again, without any change."""
        return self.before.p90_min - self.real.p90_min

    @property
    def is_rough(self) -> bool:
        """Whether the day served again is far from what happened."""
        return abs(self.error_min) > max(FAR_OFF_MIN, FAR_OFF_SHARE * self.real.p90_min)

    @property
    def few_days(self) -> bool:
        """Whether so few days are behind this that another would change much."""
        return self.days < FEW_DAYS

    def difference(self, figure: str) -> float:
        """By how much a figure is more after the change."""
        return float(getattr(self.after, figure) - getattr(self.before, figure))


def what_if(
    days: Sequence[Seen], changes: Sequence[Change], targets_min: Mapping[str, float], chance: np.random.Generator
) -> WhatIf | None:
    """What the changes would have done on these days; None where nearly nobody waited."""
    if not days:
        return None
    before = ManyDays([waits_of(day, targets_min) for day, _ in days])
    after = ManyDays([waits_of(changed(day, changes), targets_min) for day, _ in days]) if changes else before
    real = ManyDays([really(day, waited, targets_min) for day, waited in days])
    figures = before.figures(), after.figures(), real.figures()
    if figures[0] is None or figures[1] is None or figures[2] is None:
        return None
    halves = zip(before.by_half_hour(BINS, BIN_MIN), after.by_half_hour(BINS, BIN_MIN), strict=True)
    return WhatIf(
        days=len(days),
        before=figures[0],
        after=figures[1],
        real=figures[2],
        ranges=differences(before, after, chance),
        half_hours=tuple(
            HalfHour(place * BIN_MIN, people, was, now) for place, ((people, was), (_, now)) in enumerate(halves)
        ),
    )


def waits_of(day: OpenDay, targets_min: Mapping[str, float]) -> DayWaits:
    """How long people would wait on this day; who is not called waits until the last counter closes."""
    called = starts(day)
    ends = [end for one in day.counters for _, end in one.open_min if end < FOREVER_MIN]
    closed = max([*ends, *(one for one in called if one is not None)], default=0.0)
    waits = [(closed if start is None else start) - one.came_min for one, start in zip(day.guests, called, strict=True)]
    uncalled = sum(start is None and one.counted for one, start in zip(day.guests, called, strict=True))
    known = [one for one in zip(day.guests, waits, called, strict=True) if one[0].counted]
    return DayWaits(
        came_min=np.array([guest.came_min for guest, _, _ in known]),
        waited_min=np.maximum(np.array([wait for _, wait, _ in known]), 0.0),
        within=np.array(
            [start is not None and wait <= target(guest.service, targets_min) for guest, wait, start in known],
            dtype=np.bool_,
        ),
        uncalled=uncalled,
    )


def really(day: OpenDay, waited: Sequence[float | None], targets_min: Mapping[str, float]) -> DayWaits:
    """How long those waited who were called."""
    known = [(one, wait) for one, wait in zip(day.guests, waited, strict=True) if one.counted and wait is not None]
    return DayWaits(
        came_min=np.array([guest.came_min for guest, _ in known]),
        waited_min=np.array([wait for _, wait in known]),
        within=np.array([wait <= target(guest.service, targets_min) for guest, wait in known], dtype=np.bool_),
        uncalled=sum(one.counted for one in day.guests) - len(known),
    )


def target(service: str, targets_min: Mapping[str, float]) -> float:
    """Within what people of this service should be called."""
    return targets_min.get(service, USUAL_TARGET_MIN)
