"""One figure, one line: `{"name": …, "value": …, "unit": …, "n": …}`, with further fields where a figure needs them."""

import json
import statistics
import sys
from collections.abc import Sequence
from typing import Any

TAKEN: list[dict[str, Any]] = []
# What this process has printed so far: the report is made of it.


def figure(name: str, value: float, unit: str, n: int, **fields: object) -> None:
    """Print a figure. Significant digits beyond four say nothing here."""
    line = {"name": name, "value": four_digits(value), "unit": unit, "n": n, **fields}
    TAKEN.append(line)
    print(json.dumps(line), flush=True)


def middle(name: str, values: Sequence[float], unit: str, **fields: object) -> None:
    """Print the median of some rounds, with the lowest and the highest beside it."""
    spread = {"lowest": four_digits(min(values)), "highest": four_digits(max(values))}
    figure(name, statistics.median(values), unit, len(values), **spread, **fields)


def four_digits(value: float) -> float:
    """As much of it as says something."""
    return float(f"{value:.4g}")


def progress(text: str) -> None:
    """Say on the terminal what is being measured; the figures alone go to the output."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
