"""What promises that came true teach: by how much ranges are to be moved (adaptive conformal prediction).

After each day the ends of the ranges and their middle move a little towards the waits that they missed: the upper end
up by so much for each who waited longer, down by a ninth of it for each who did not. So in the long run a tenth wait
longer than the range and a tenth shorter, whatever the days are like and whatever is wrong with what was played; an end
that has to move by one width meanwhile misses by one day's people divided by `ENDS_MOVE`, not more. All is counted in
the range's own width, so that what is uncertain moves more, and in days' people, since those of one day wait for the
same reasons: an office with few people learns in as many days as one with many.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from fleet.domain.promises import RANGE
from fleet.domain.spread import Spread

NARROWEST_MIN = 1.0
ENDS_MOVE, MIDDLE_MOVES = 0.4, 0.04
# Widths a day, if all of its people missed. Chosen on days made with seeds 201 to 224: there it costs ranges 1.0 to
# 1.7 % of their sharpness (pinball loss), and keeps 58 of 60 offices at 77 to 83 % over forty days, also those with six
# people a day. Nobody sees what the middle covers, and moving it costs: it moves a tenth as fast.

USUAL_PEOPLE = 50.0
# A day's, before there was one; as heavy as one day.

MOST_DAYS = 3.0
# A day with many more people than usual counts as so many days, not more.


@dataclass(frozen=True)
class Offsets:
    """By how much of its width a range's ends and its middle are moved."""

    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Kept:
    """Somebody who was promised this, uncorrected, on this day, and waited so long."""

    day: str
    told: Spread
    waited_min: float


@dataclass(frozen=True)
class Learned:
    """Where the days so far have moved the ranges, and how many people they had."""

    offsets: Offsets = Offsets()
    days: int = 0
    people: int = 0


def learn_offsets(kept: Iterable[Kept]) -> Offsets:
    """What these promises teach, in the order of their days; the nothing of no promises."""
    learned = Learned()
    for _, day in groupby(kept, key=lambda one: one.day):
        learned = learn_day(learned, list(day))
    return learned.offsets


def learn_day(before: Learned, kept: list[Kept]) -> Learned:
    """What is learned when one more day is over."""
    heard = [(correct(one.told, before.offsets), one.waited_min) for one in kept]
    people = max((before.people + USUAL_PEOPLE) / (before.days + 1), len(kept) / MOST_DAYS)
    below = sum(waited < told.low for told, waited in heard) - RANGE[0] * len(heard)
    longer = sum(waited > told.middle for told, waited in heard) - 0.5 * len(heard)
    above = sum(waited > told.high for told, waited in heard) - (1 - RANGE[1]) * len(heard)
    offsets = Offsets(
        low=before.offsets.low - ENDS_MOVE * below / people,
        middle=before.offsets.middle + MIDDLE_MOVES * longer / people,
        high=before.offsets.high + ENDS_MOVE * above / people,
    )
    return Learned(offsets, before.days + 1, before.people + len(kept))


def correct(told: Spread, offsets: Offsets) -> Spread:
    """The promise, moved by what was learned; its parts stay in order."""
    width = max(told.high - told.low, NARROWEST_MIN)
    low = max(told.low + offsets.low * width, 0.0)
    middle = max(told.middle + offsets.middle * width, low)
    return Spread(low, middle, max(told.high + offsets.high * width, middle), told.called)
