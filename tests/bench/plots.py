"""Curves as SVG: what is counted from left to right by powers of ten, what it costs upright, from nothing on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 330, 62, 150, 44, 46
INK, GRID, COLOURS = "#222", "#d6d6d6", ("#1f5f8b", "#b23a1e", "#2f6f4f", "#9a6a00")
DASHES = ("", "7 4", "2 4", "9 3 2 3")
# Told apart without colours, too.
STEPS, STEPS_OF = 5, (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Point:
    """A figure, with the lowest and the highest of its rounds."""

    x: float
    y: float
    low: float
    high: float


Series = Mapping[str, Sequence[Point]]


def drawn(title: str, across: str, upright: str, series: Series) -> str:
    """The picture."""
    points = [point for its in series.values() for point in its]
    frame = Frame(min(p.x for p in points), max(p.x for p in points), max(p.high for p in points))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="12" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="12" y="{TOP - 6}">{escape(upright)}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(across)}</text>',
        *frame.grid(),
    ]
    for n, (name, its) in enumerate(series.items()):
        parts += frame.line(name, sorted(its, key=lambda p: p.x), COLOURS[n % 4], DASHES[n % 4])
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class Frame:
    """Where values stand in the picture."""

    least: float
    most: float
    highest: float

    def x(self, value: float) -> float:
        """By powers of ten."""
        first, last = math.log10(self.least), math.log10(self.most)
        share = (math.log10(value) - first) / (last - first) if last > first else 0.5
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """From nothing on."""
        return round(HEIGHT - BOTTOM - value / (self.step() * STEPS) * (HEIGHT - TOP - BOTTOM), 1)

    def step(self) -> float:
        """A round number of which five reach above all values."""
        least = max(self.highest, 1e-9) / STEPS
        ten = 10 ** math.floor(math.log10(least))
        return next(one * ten for one in STEPS_OF if one * ten >= least * 0.999999)

    def grid(self) -> list[str]:
        """Lines with what they stand for."""
        parts = []
        for n in range(STEPS + 1):
            y = self.y(n * self.step())
            parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{n * self.step():g}</text>')
        for power in range(math.ceil(math.log10(self.least)), math.floor(math.log10(self.most)) + 1):
            x = self.x(10.0**power)
            parts.append(f'<path d="M{x} {TOP}V{HEIGHT - BOTTOM}" stroke="{GRID}"/>')
            parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{10**power:,}</text>')
        return parts

    def line(self, name: str, points: Sequence[Point], colour: str, dash: str) -> list[str]:
        """A curve, the spread of each of its points, and its name at its end."""
        way = " ".join(f"{self.x(p.x)},{self.y(p.y)}" for p in points)
        parts = [f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>']
        for p in points:
            x = self.x(p.x)
            parts.append(f'<path d="M{x} {self.y(p.low)}V{self.y(p.high)}" stroke="{colour}"/>')
            parts.append(f'<circle cx="{x}" cy="{self.y(p.y)}" r="3" fill="{colour}"/>')
        last = points[-1]
        parts.append(f'<text x="{self.x(last.x) + 8}" y="{self.y(last.y) + 4}" fill="{colour}">{escape(name)}</text>')
        return parts
