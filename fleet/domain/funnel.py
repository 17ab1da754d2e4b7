"""A funnel plot: each place at how much is known of it, between limits that narrow as more is known.

Spiegelhalter 2005, "Funnel plots for comparing institutional performance", Statistics in Medicine 24, 1185-1202. Where
places differ by more than chance in general, limits are widened by the spread between places (additive model:
Spiegelhalter 2005, "Handling over-dispersion of performance indicators", Quality and Safety in Health Care 14,
347-351). It is estimated as DerSimonian and Laird do (1986, Controlled Clinical Trials 7, 177-188), after the outer
tenth of the places on each side was drawn in, so that the few who are far outside do not hide themselves.

What is outside of the widened limits stands out from how places usually differ. That is another question than whether
a place surely differs from all together (`many_comparisons`), and both are answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

Z_95, Z_998 = 1.959963984540054, 3.090232306167813
DRAWN_IN = 0.1
LEAST_PLACES = 5
# With fewer nobody knows how places usually differ.
POINTS = 40


@dataclass(frozen=True)
class Point:
    """A place: its difference from what was to be expected, and the standard deviation of that by chance."""

    difference: float
    deviation: float


@dataclass(frozen=True)
class Limits:
    """The funnel where so much is known: the limits of 95 % and of 99.8 %."""

    known: float
    low: float
    high: float
    outer_low: float
    outer_high: float


def spread_between(points: Sequence[Point]) -> float:
    """By how much places differ beyond chance, as a standard deviation; 0 where they do not, or are too few."""
    held = [point for point in points if point.deviation > 0]
    if len(held) < LEAST_PLACES:
        return 0.0
    scores = drawn_in([point.difference / point.deviation for point in held])
    weights = [point.deviation**-2 for point in held]
    total = sum(weights)
    over = sum(z * z for z in scores) - (len(held) - 1)
    return sqrt(max(0.0, over) / (total - sum(weight**2 for weight in weights) / total))


def drawn_in(scores: Sequence[float]) -> list[float]:
    """The scores, the outer tenth on each side put where the next one inwards is (winsorised)."""
    ordered = sorted(scores)
    outer = min(int(DRAWN_IN * len(ordered)), (len(ordered) - 1) // 2)
    low, high = ordered[outer], ordered[len(ordered) - 1 - outer]
    return [min(max(z, low), high) for z in scores]


def score(point: Point, spread: float) -> float:
    """How far outside a place lies, in standard deviations of chance and of usual differences together."""
    wide = sqrt(point.deviation**2 + spread**2)
    return point.difference / wide if wide else 0.0


def known_of(point: Point, common: float) -> float:
    """Of how many people alone a share would be known as well as this place's: where it stands in the funnel."""
    return common * (1 - common) / point.deviation**2 if point.deviation > 0 else 0.0


def funnel(common: float, spread: float, most_known: float) -> list[Limits]:
    """The limits around the common share, from little known to most, evenly in the root of what is known."""
    least = ceil(sqrt(max(1.0, most_known)) / POINTS)
    step = (sqrt(max(1.0, most_known)) - least) / (POINTS - 1)
    found = []
    for at in range(POINTS):
        known = (least + at * max(0.0, step)) ** 2
        wide = sqrt(common * (1 - common) / known + spread**2)
        ends = [min(1.0, max(0.0, common + z * wide)) for z in (-Z_95, Z_95, -Z_998, Z_998)]
        found.append(Limits(known, *ends))
    return found
