"""What people were told and what came true: how far off we were, and what that teaches (split-conformal prediction).

A promise is a range and a middle. Of those that came true, the ends are moved so that a tenth of the waits lay below
the range and a tenth above, and the middle so that half lay below it; each in units of the range's own width, so that
what is uncertain is moved more. Of few days little is learned: people of one day wait for the same reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from fleet.domain.spread import Spread

NARROWEST_MIN = 1.0
HALF_LEARNED_DAYS = 20
WORTH_JUDGING_MIN = 1.0
# Who waits for less does not ask how long.

RANGE = (0.1, 0.9)


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
class Score:
    """How good promises were. `covered`: the share of waits within the range; pinball losses of its ends and middle.

    `error_min` is the mean absolute error of the middle, `bias_min` its mean error: above zero, people were told more
    than they waited. `much_longer`: the share that waited over ten minutes more than told.
    """

    n: int
    error_min: float
    bias_min: float
    much_longer: float
    covered: float | None = None
    below_high: float | None = None
    pinball: tuple[float, float, float] | None = None


MUCH_LONGER_MIN = 10.0


def correct(told: Spread, offsets: Offsets) -> Spread:
    """The promise, moved by what was learned; its parts stay in order."""
    width = width_of(told)
    low = max(told.low + offsets.low * width, 0.0)
    middle = max(told.middle + offsets.middle * width, low)
    return Spread(low, middle, max(told.high + offsets.high * width, middle), told.called)


def learn_offsets(kept: Sequence[Kept]) -> Offsets:
    """What these promises teach; the nothing of no promises."""
    if not kept:
        return Offsets()
    days = len({one.day for one in kept})
    learned = days / (days + HALF_LEARNED_DAYS)
    return Offsets(
        low=learned * conformal([(one.waited_min - one.told.low) / width_of(one.told) for one in kept], RANGE[0]),
        middle=learned * conformal([(one.waited_min - one.told.middle) / width_of(one.told) for one in kept], 0.5),
        high=learned * conformal([(one.waited_min - one.told.high) / width_of(one.told) for one in kept], RANGE[1]),
    )


def conformal(errors: Sequence[float], share: float) -> float:
    """The value that the next error, of the same kind as these, is below with this probability.

    With so few that the probability cannot be had: the largest (or the smallest).
    """
    ordered, n = sorted(errors), len(errors)
    if share < 0.5:
        return -conformal([-one for one in errors], 1 - share)
    return ordered[min(ceil((n + 1) * share), n) - 1]


def width_of(told: Spread) -> float:
    """The width of a range; never so small that moving by it would do nothing."""
    return max(told.high - told.low, NARROWEST_MIN)


def score_ranges(pairs: Sequence[tuple[Spread, float]]) -> Score | None:
    """The score of ranges and the waits that came; None of none."""
    simple = score_numbers([(told.middle, waited) for told, waited in pairs])
    if simple is None:
        return None
    n = simple.n
    return Score(
        n,
        simple.error_min,
        simple.bias_min,
        simple.much_longer,
        covered=sum(told.low <= waited <= told.high for told, waited in pairs) / n,
        below_high=sum(waited <= told.high for told, waited in pairs) / n,
        pinball=(
            sum(pinball(told.low, waited, RANGE[0]) for told, waited in pairs) / n,
            sum(pinball(told.middle, waited, 0.5) for told, waited in pairs) / n,
            sum(pinball(told.high, waited, RANGE[1]) for told, waited in pairs) / n,
        ),
    )


def score_numbers(pairs: Sequence[tuple[float, float]]) -> Score | None:
    """The score of single numbers and the waits that came; None of none."""
    if not pairs:
        return None
    n = len(pairs)
    return Score(
        n,
        error_min=sum(abs(told - waited) for told, waited in pairs) / n,
        bias_min=sum(told - waited for told, waited in pairs) / n,
        much_longer=sum(waited - told > MUCH_LONGER_MIN for told, waited in pairs) / n,
    )


def pinball(told: float, waited: float, share: float) -> float:
    """The loss of saying that this share waits less than `told`."""
    return max(share * (waited - told), (share - 1) * (waited - told))


def best_rival(scores: Mapping[str, Score]) -> str | None:
    """Which of these was least wrong."""
    return min(scores, key=lambda name: scores[name].error_min, default=None)
