"""Scores that do not lie: which presses count, and what may be said of them.

A visit has at most one counted rating: of the presses for it, the last one within the quiet time after the first, by
the way (a button, a phone) that came first. Presses are never changed; one that does not count says why.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

QUIET_MS = 5_000
# HappyOrNot's terminals take a press within 5 s as the same person's.

CELL = 5
Z_95 = 1.959963984540054

REPLACED = "replaced by a later press"
LATE = "after the quiet time"
OTHER_WAY = "another way rated first"


@dataclass(frozen=True)
class Press:
    """A press for one visit: its identity, the way it came (`ways`), when, and its score from 1 to `scale`."""

    id: str
    way: str
    pressed_ms: int
    score: int
    scale: int


@dataclass(frozen=True)
class Score:
    """What is published of presses: in whole groups of five, with the satisfied share and its 95 % interval.

    Levels of different scales are not added up: `by_score` is of the `scale` under which most were given, whole groups
    of five of it; None where none has five.
    """

    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    by_score: tuple[int, ...] | None = None
    scale: int | None = None


def judge(presses: Sequence[Press]) -> dict[str, str | None]:
    """For each press for one visit, by its identity: None if it counts, else the reason why not."""
    ordered = sorted(presses, key=lambda press: (press.pressed_ms, press.id))
    first = ordered[0]
    in_time = [p for p in ordered if p.way == first.way and p.pressed_ms - first.pressed_ms <= QUIET_MS]
    counted = in_time[-1]
    verdicts: dict[str, str | None] = {}
    for press in ordered:
        if press is counted:
            verdicts[press.id] = None
        elif press.way != first.way:
            verdicts[press.id] = OTHER_WAY
        else:
            verdicts[press.id] = REPLACED if press in in_time else LATE
    return verdicts


def is_satisfied(score: int, scale: int) -> bool:
    """Whether a score says satisfied: the upper two of three or four levels, the upper two of five.

    On the three levels of the public form these are "Hài lòng" and "Rất hài lòng".
    """
    return score > scale - 2


def wilson(positive: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Wilson's interval of a share, 95 % (Wilson 1927): 9 of 10 gives 0.596 to 0.982. Counts need not be whole."""
    share = positive / n
    centre = share + z**2 / (2 * n)
    half = z * sqrt(max(0.0, share * (1 - share)) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def whole_groups(came: Sequence[T | None]) -> list[T]:
    """The ratings of which groups of five are published; None stands for one that was excluded since it came.

    A group never changes its members: a group that lost one is not shown at all (four of five, beside the five that
    were shown before, would tell the one), until that one is restored.
    """
    groups = [came[at : at + CELL] for at in range(0, len(came), CELL)]
    whole = [group for group in groups if len(group) < CELL or None not in group]
    return [one for group in whole for one in group if one is not None]


def publish(scores: Sequence[tuple[int, int]]) -> Score:
    """What may be shown of counted scores (score, scale) in the order in which the fleet learnt of them.

    Only whole groups of five are shown: a live score that moved with each press would tell the press of the visit that
    just ended.
    """
    n = len(scores) // CELL * CELL
    if n == 0:
        return Score(0)
    shown = scores[:n]
    positive = sum(is_satisfied(score, scale) for score, scale in shown)
    low, high = wilson(positive, n)
    found = Counter(scale for _, scale in shown)
    levels = max(found, key=lambda scale: (found[scale], scale))
    alike = [score for score, scale in shown if scale == levels][: found[levels] // CELL * CELL]
    by_score = tuple(alike.count(level) for level in range(1, levels + 1)) if alike else None
    return Score(n, positive / n, low, high, by_score, levels)
