"""Charts as shapes on a page: lines, bands and bars in per cents of the drawing's width and height.

They are drawn by the server, so they need no script, change with the page they stand on, and take the page's colours
and letters. The drawing has no size of its own: letters in it are as large as those around it at any width. What a
chart says stands in a table beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEFT, RIGHT = 7.0, 98.0
TOP, BOTTOM = 8.0, 98.0
# Of the drawing: the names of the scale stand at its left, and above its lines.
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 300, 600)
TICKS_AT_MOST = 4
PERCENT_STEP = 25
LABELS_AT_MOST = 8

Value = float | None


@dataclass(frozen=True)
class Tick:
    """A line of a scale, and what stands at it."""

    at: float
    label: str


@dataclass(frozen=True)
class Bar:
    """An upright bar."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """A drawing: paths of lines and polygons of bands by their names, bars, and two scales."""

    lines: tuple[tuple[str, str], ...]
    bands: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    upright: tuple[Tick, ...]
    lying: tuple[Tick, ...]
    now: float | None = None


def plot(
    labels: Sequence[str],
    lines: Mapping[str, Sequence[Value]],
    bands: Mapping[str, Sequence[tuple[float, float] | None]] = {},
    bars: Sequence[Value] = (),
    most: float | None = None,
    unit: str = "",
    more: tuple[str, float, float] | None = None,
) -> Plot:
    """A value at each label, from left to right; None: there is none.

    `most`: the top of the scale, else that of the values. `more`: one more point at the end of a line, (its name, place
    among the labels, value).
    """
    values = [value for line in lines.values() for value in line if value is not None]
    values += [band[1] for its in bands.values() for band in its if band is not None]
    values += [value for value in bars if value is not None] + ([more[2]] if more else [])
    step = PERCENT_STEP if most == 100 else step_of(max(values, default=0))
    highest = most or max(-(-max(values, default=1) // step) * step, step)

    def across(place: float) -> float:
        part = (place + 0.5) / max(len(labels), 1)
        return round(LEFT + (RIGHT - LEFT) * part, 2)

    def down(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * min(value, highest) / highest, 2)

    def path(name: str, line: Sequence[Value]) -> str:
        points = [(across(at), None if value is None else down(value)) for at, value in enumerate(line)]
        if more is not None and more[0] == name:
            points = [one for one in points if one[1] is not None] + [(across(more[1]), down(more[2]))]
        return path_of(points)

    every = -(-len(labels) // LABELS_AT_MOST) or 1
    wide = (RIGHT - LEFT) / max(len(labels), 1)
    upright = [step * at for at in range(1, int(highest / step + 1e-9) + 1)]
    return Plot(
        tuple((name, path(name, line)) for name, line in lines.items()),
        tuple(
            (name, shape)
            for name, its in bands.items()
            for shape in shapes_of(
                [None if one is None else (across(at), down(one[0]), down(one[1])) for at, one in enumerate(its)]
            )
        ),
        tuple(
            Bar(round(across(at) - wide * 0.36, 2), down(value), round(wide * 0.72, 2), round(BOTTOM - down(value), 2))
            for at, value in enumerate(bars)
            if value
        ),
        tuple(Tick(down(value), f"{value:g}{unit}") for value in upright),
        tuple(Tick(across(at), label) for at, label in enumerate(labels) if at % every == 0),
        None if more is None else across(more[1]),
    )


def path_of(points: Sequence[tuple[float, Value]]) -> str:
    """A line through points; it breaks off where there is none, and what stands alone is a dot."""
    parts = []
    for at, (x, y) in enumerate(points):
        if y is None:
            continue
        starts = at == 0 or points[at - 1][1] is None
        ends = at == len(points) - 1 or points[at + 1][1] is None
        parts.append(f"M{x:g} {y:g}h0" if starts and ends else f"M{x:g} {y:g}" if starts else f"L{x:g} {y:g}")
    return "".join(parts)


def shapes_of(points: Sequence[tuple[float, float, float] | None]) -> list[str]:
    """Areas between a lower and an upper line, one for each stretch without a gap."""
    found: list[list[tuple[float, float, float]]] = [[]]
    for one in points:
        if one is None:
            found.append([])
        else:
            found[-1].append(one)
    return [
        " ".join([f"{x:g},{low:g}" for x, low, _ in its] + [f"{x:g},{high:g}" for x, _, high in reversed(its)])
        for its in found
        if len(its) > 1
    ]


def step_of(most: float) -> int:
    """A round step that divides the scale in not too many parts."""
    for factor in (1, 1000):
        for step in STEPS:
            if most <= step * factor * TICKS_AT_MOST:
                return step * factor
    return max(1, int(most / TICKS_AT_MOST))
