"""A day as a line: stretches of time as shapes in per cents of a drawing's width."""

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.domain.counter_day import Stretch
from fleet.pages.charts import Tick
from fleet.pages.figures import clock

HOUR_MS = 3_600_000
TICKS_AT_MOST = 6
LEAST_WIDE = 0.25
# Of the drawing, so that a short visit is seen.
WIDE_ENOUGH = 9.0
# For letters in it.


@dataclass(frozen=True)
class Shape:
    """A stretch as it is drawn, with what is said of it."""

    x: float
    width: float
    kind: str
    label: str
    said: str
    has_room: bool


@dataclass(frozen=True)
class DayLine:
    """The shapes, by kind in their rows, and the hours."""

    shapes: tuple[Shape, ...]
    hours: tuple[Tick, ...]
    has_clerks: bool


def day_line(stretches: Sequence[Stretch], timezone: str) -> DayLine | None:
    """The line from the first full hour to the last; None of an empty day."""
    if not stretches:
        return None
    first = min(one.begins_ms for one in stretches) // HOUR_MS * HOUR_MS
    last = -(-max(one.ends_ms for one in stretches) // HOUR_MS) * HOUR_MS
    last = max(last, first + HOUR_MS)

    def across(ms: int) -> float:
        return round(100 * (ms - first) / (last - first), 3)

    hours = range(first, last + 1, HOUR_MS)
    every = -(-len(hours) // TICKS_AT_MOST)
    shapes = []
    for one in stretches:
        width = round(max(LEAST_WIDE, across(one.ends_ms) - across(one.begins_ms)), 3)
        between = f"{clock(one.begins_ms, timezone)}–{clock(one.ends_ms, timezone)}"
        named = (one.label, one.detail) if one.kind != "paused" else ()
        said = " · ".join(part for part in (*named, between) if part)
        shapes.append(Shape(across(one.begins_ms), width, one.kind, one.label, said, width >= WIDE_ENOUGH))
    return DayLine(
        tuple(shapes),
        tuple(Tick(across(ms), clock(ms, timezone)) for at, ms in enumerate(hours) if at % every == 0),
        any(one.kind == "clerk" for one in stretches),
    )
