"""How the promises of a day came true, beside what simple estimators would have said to the same people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from fleet.domain.promises import Score, score_numbers, score_ranges
from fleet.domain.rivals import NAMES
from fleet.domain.spread import Spread

RIGHT_TIMES = 10


@dataclass(frozen=True)
class Promised:
    """What somebody was told, what the others would have told them, and how long they waited."""

    told: Spread
    rivals: Mapping[str, float]
    waited_min: float


@dataclass(frozen=True)
class DayScore:
    """The score of a day, or of several together. `ours` None: nobody was told anything that could come true."""

    ours: Score | None = None
    rivals: Mapping[str, Score] = field(default_factory=dict)

    @property
    def right_of_ten(self) -> int | None:
        """So many times of ten the wait lay within the range."""
        return None if self.ours is None or self.ours.covered is None else round(self.ours.covered * RIGHT_TIMES)

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "ours": None if self.ours is None else asdict(self.ours),
            "rivals": {name: asdict(one) for name, one in self.rivals.items()},
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "DayScore":
        """The opposite of `to_dict`."""
        ours = told.get("ours")
        return cls(
            None if ours is None else read_score(ours),
            {name: read_score(one) for name, one in told.get("rivals", {}).items()},
        )


def score_day(promised: Sequence[Promised]) -> DayScore:
    """The score of these people."""
    theirs = {
        name: score_numbers([(one.rivals[name], one.waited_min) for one in promised if name in one.rivals])
        for name in NAMES
    }
    return DayScore(
        score_ranges([(one.told, one.waited_min) for one in promised]),
        {name: one for name, one in theirs.items() if one is not None},
    )


def together(days: Sequence[DayScore]) -> DayScore:
    """Several days as one: each person counts the same."""
    names = {name for day in days for name in day.rivals}
    ours = weighted([day.ours for day in days if day.ours is not None])
    found = {
        name: weighted([day.rivals[name] for day in days if name in day.rivals]) for name in NAMES if name in names
    }
    return DayScore(ours, {name: one for name, one in found.items() if one is not None})


def weighted(scores: Sequence[Score]) -> Score | None:
    """The mean of scores, each as heavy as the people that it is of."""
    n = sum(one.n for one in scores)
    if not n:
        return None

    def mean(values: Sequence[float]) -> float:
        return sum(one.n * value for one, value in zip(scores, values, strict=True)) / n

    whole = all(one.covered is not None and one.below_high is not None and one.pinball is not None for one in scores)
    return Score(
        n,
        mean([one.error_min for one in scores]),
        mean([one.bias_min for one in scores]),
        mean([one.much_longer for one in scores]),
        covered=mean([one.covered or 0.0 for one in scores]) if whole else None,
        below_high=mean([one.below_high or 0.0 for one in scores]) if whole else None,
        pinball=(
            mean([one.pinball[0] for one in scores if one.pinball]),
            mean([one.pinball[1] for one in scores if one.pinball]),
            mean([one.pinball[2] for one in scores if one.pinball]),
        )
        if whole
        else None,
    )


def read_score(told: Mapping[str, Any]) -> Score:
    """A score out of JSON."""
    pinball = told.get("pinball")
    losses = None if pinball is None else (float(pinball[0]), float(pinball[1]), float(pinball[2]))
    return Score(**{**told, "pinball": losses})
