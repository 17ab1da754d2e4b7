"""Control charts: whether a figure of a week or day is unlike those before it, or only differs as they all do.

- `p_chart`: shares of n that vary (Shewhart); limits p ± 3 sqrt(p (1 - p) / n). With `laney` the limits are wider or
  narrower by what neighbouring points really differ (Laney 2002, "Improved control charts for attributes", Quality
  Engineering 14, 531-537): p' = p ± 3 sqrt(p (1 - p) / n) s, where s is the mean moving range of the z-scores / 1.128.
- `xmr_chart`: single values, such as a day's p90 of waits (Wheeler 1993, "Understanding Variation"); limits are
  the mean ± 2.66 times the mean moving range.
- `ewma_chart`: an exponentially weighted mean, for small shifts that last (Roberts 1959, Technometrics 1, 239-250),
  with the exact limits of each point.

Points of fewer than `LEAST` are shown, but neither judged nor used to find limits. Limits come from the points before
a change is looked for (`base`), so that a change does not hide itself. Rules: beyond a limit; eight in a row on one
side of the centre (Western Electric 1956). What goes on is told once: the point at which it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt

LEAST = 10
BASE_AT_LEAST = 8
# Limits from fewer points say more of these points than of the office.
SIGMAS = 3.0
MOVING_RANGE = 1.128
# d2 of two: the mean range of two normal values in standard deviations.
RUN = 8
WEIGHT, EWMA_SIGMAS = 0.2, 2.86
# With these some 370 points pass between false alarms, as with 3 sigmas (Lucas and Saccucci 1990, Technometrics 32,
# 1-12; here it was 368 in 20,000 simulated charts).


class Rule(StrEnum):
    """Why a point stands out."""

    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"


@dataclass(frozen=True)
class Point:
    """A point of a chart: its value, of how many it is, the limits there. `rule` if something begins to stand out."""

    value: float | None
    n: int
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    rule: Rule | None = None

    @property
    def is_judged(self) -> bool:
        """Whether enough stand behind it."""
        return self.value is not None and self.low is not None


def p_chart(counts: Sequence[tuple[int, int]], base: int | None = None, laney: bool = True) -> list[Point]:
    """A chart of shares k / n; limits from the first `base` points, or all."""
    used = [(k, n) for k, n in counts[:base] if n >= LEAST]
    if len(used) < BASE_AT_LEAST:
        return [Point(k / n if n else None, n) for k, n in counts]
    centre = sum(k for k, _ in used) / sum(n for _, n in used)
    spread = laney_sigma([(k, n, centre) for k, n in used]) if laney else 1.0
    found = []
    for k, n in counts:
        if n < LEAST:
            found.append(Point(k / n if n else None, n))
            continue
        wide = SIGMAS * sqrt(centre * (1 - centre) / n) * spread
        found.append(Point(k / n, n, centre, max(0.0, centre - wide), min(1.0, centre + wide)))
    return judged(found)


def laney_sigma(used: Sequence[tuple[int, int, float]]) -> float:
    """How much more neighbouring shares differ than by chance: 1 if just so."""
    scores = [(k / n - p) / sqrt(p * (1 - p) / n) if 0 < p < 1 else 0.0 for k, n, p in used]
    return mean_moving_range(scores) / MOVING_RANGE


def xmr_chart(values: Sequence[tuple[float | None, int]], base: int | None = None) -> list[Point]:
    """A chart of single (value, n); limits from the first `base` points, or all."""
    used = [value for value, n in values[:base] if value is not None and n >= LEAST]
    if len(used) < BASE_AT_LEAST:
        return [Point(value, n) for value, n in values]
    centre = sum(used) / len(used)
    wide = SIGMAS * mean_moving_range(used) / MOVING_RANGE
    return judged(
        [
            Point(value, n, centre, centre - wide, centre + wide)
            if value is not None and n >= LEAST
            else Point(value, n)
            for value, n in values
        ]
    )


def ewma_chart(counts: Sequence[tuple[int, int]], base: int | None = None) -> list[Point]:
    """A chart of the weighted mean of shares k / n; points of few leave the mean as it was."""
    used = [(k, n) for k, n in counts[:base] if n >= LEAST]
    if len(used) < BASE_AT_LEAST:
        return [Point(None, n) for _, n in counts]
    centre = sum(k for k, _ in used) / sum(n for _, n in used)
    mean, variance = centre, 0.0
    found = []
    for k, n in counts:
        if n < LEAST:
            found.append(Point(None, n))
            continue
        mean = (1 - WEIGHT) * mean + WEIGHT * k / n
        variance = (1 - WEIGHT) ** 2 * variance + WEIGHT**2 * centre * (1 - centre) / n
        wide = EWMA_SIGMAS * sqrt(variance)
        found.append(Point(mean, n, centre, max(0.0, centre - wide), min(1.0, centre + wide)))
    return judged(found, runs=False)  # neighbours share most of their values, so they stay on one side for long


def mean_moving_range(values: Sequence[float]) -> float:
    """How much neighbours differ, in the mean."""
    return sum(abs(after - before) for before, after in pairwise(values)) / (len(values) - 1)


def judged(points: Sequence[Point], runs: bool = True) -> list[Point]:
    """The points, with the rule where something begins to stand out; what goes on after it is told no more."""
    found: list[Point] = []
    last: Rule | None = None
    side, in_a_row = 0, 0
    for point in points:
        if not point.is_judged:
            found.append(point)
            continue
        of_point = beyond(point)
        now = above_or_below(point)
        in_a_row = in_a_row + 1 if now == side and now else int(bool(now))
        side = now
        if of_point is None and runs and in_a_row >= RUN:
            of_point = Rule.RUN_ABOVE if side > 0 else Rule.RUN_BELOW
        told = of_point if of_point is not None and side_of(of_point) != side_of(last) else None
        last = of_point
        found.append(Point(point.value, point.n, point.centre, point.low, point.high, told))
    return found


def beyond(point: Point) -> Rule | None:
    """Whether a point lies beyond its limits; a hair is no difference."""
    assert point.value is not None and point.low is not None and point.high is not None  # noqa: S101 (it is judged)
    hair = 1e-12 * max(1.0, abs(point.value))
    if point.value > point.high + hair:
        return Rule.ABOVE
    return Rule.BELOW if point.value < point.low - hair else None


def above_or_below(point: Point) -> int:
    """1 above the centre, -1 below it, 0 on it."""
    assert point.value is not None and point.centre is not None  # noqa: S101 (it is judged)
    return (point.value > point.centre) - (point.value < point.centre)


def side_of(rule: Rule | None) -> int:
    """The side that a rule speaks of."""
    return {None: 0, Rule.ABOVE: 1, Rule.RUN_ABOVE: 1, Rule.BELOW: -1, Rule.RUN_BELOW: -1}[rule]
