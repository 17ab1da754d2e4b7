"""What people were told and what came true, as a score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.spread import Spread

WORTH_JUDGING_MIN = 1.0
# Who waits for less does not ask how long.

RANGE = (0.1, 0.9)


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
