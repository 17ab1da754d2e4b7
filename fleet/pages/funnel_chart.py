"""A funnel as shapes on a page: places between limits, in per cents of the drawing's width and height.

The drawing has no size of its own, so that letters and marks in it are as large as those around it at any width.
"""

from dataclasses import dataclass
from math import sqrt

from fleet.domain.comparing import Row, Shares
from fleet.domain.many_comparisons import Group

ROOM = 0.08
# Of the height, above and below the outermost.
LEAST_TALL = 0.1
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2)
TICKS_AT_MOST = 6


@dataclass(frozen=True)
class Mark:
    """A place: where it stands, its number in the table, and its group's shape."""

    x: float
    y: float
    number: int
    place: str
    group: str
    is_named: bool


@dataclass(frozen=True)
class Tick:
    """A line of the share's scale."""

    y: float
    share: float


@dataclass(frozen=True)
class Chart:
    """The funnel: marks, lines of limits as points of a square of a hundred, the common share, the scale."""

    marks: tuple[Mark, ...]
    inner: str
    outer: str
    common_y: float
    ticks: tuple[Tick, ...]


def chart_of(its: Shares, ordered: list[Row]) -> Chart | None:
    """The funnel of a comparison, numbered as the rows are ordered; None where there is nothing to draw."""
    held = [(number, row) for number, row in enumerate(ordered, 1) if row.known > 0]
    if its.common is None or not its.limits or not held:
        return None
    most = max(row.known for _, row in held)
    least = min(row.known for _, row in held) / 2
    limits = [one for one in its.limits if one.known >= least]
    # Where next to nothing is known limits lie anywhere, so the height is that of the limits of most places.
    usual = sorted(row.known for _, row in held)[len(held) // 4]
    shares = [row.adjusted for _, row in held] + [its.common]
    shares += [end for one in limits if one.known >= usual for end in (one.outer_low, one.outer_high)]
    low, high = max(0.0, min(shares)), min(1.0, max(shares))
    if high - low < LEAST_TALL:
        low, high = max(0.0, (low + high - LEAST_TALL) / 2), min(1.0, (low + high + LEAST_TALL) / 2)

    def across(known: float) -> float:
        begins, ends = sqrt(min(least, most)), sqrt(most)
        return round(12 + 83 * (sqrt(known) - begins) / (ends - begins), 2) if ends > begins else 50.0

    def down(share: float) -> float:
        return round(100 * (ROOM + (1 - 2 * ROOM) * (high - share) / (high - low)), 2)

    def area(ends: list[tuple[float, float, float]]) -> str:
        lower = [f"{across(known)},{down(end)}" for known, end, _ in ends]
        return " ".join(lower + [f"{across(known)},{down(end)}" for known, _, end in reversed(ends)])

    return Chart(
        tuple(
            Mark(
                across(row.known),
                down(row.adjusted),
                number,
                row.place,
                row.group.value,
                row.group in (Group.BETTER, Group.WORSE) or row.is_outside_95,
            )
            for number, row in held
        ),
        area([(one.known, one.low, one.high) for one in limits]),
        area([(one.known, one.outer_low, one.outer_high) for one in limits]),
        down(its.common),
        tuple(Tick(down(share), share) for share in ticks(low, high)),
    )


def ticks(low: float, high: float) -> list[float]:
    """Round shares between two."""
    step = next((one for one in TICKS if (high - low) / one <= TICKS_AT_MOST), TICKS[-1])
    first = int(low / step - 1e-9) + (low > 0)
    found = [round(at * step, 2) for at in range(first, int(high / step + 1e-9) + 1)]
    return [share for share in found if low - 1e-9 <= share <= high + 1e-9]
