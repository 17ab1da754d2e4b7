"""One figure, one line: `{"name": …, "value": …, "unit": …, "n": …}`, with further fields where a figure needs them."""

import json
import sys
from collections.abc import Sequence


def figure(name: str, value: float, unit: str, n: int, **fields: object) -> None:
    """Print a figure. Significant digits beyond four say nothing here."""
    line = {"name": name, "value": float(f"{value:.4g}"), "unit": unit, "n": n, **fields}
    print(json.dumps(line), flush=True)


def progress(text: str) -> None:
    """Say on the terminal what is being measured; the figures alone go to the output."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
