"""How long something took, of very many: counted in steps of five parts in a hundred, so that counts add up."""

import math
from collections import Counter
from collections.abc import Mapping

STEP = math.log(1.05)
SHORTEST_MS = 0.1


def step_of(took_ms: float) -> int:
    """The step in which this is counted."""
    return max(0, math.ceil(math.log(max(took_ms, SHORTEST_MS) / SHORTEST_MS) / STEP))


def ms_of(step: int) -> float:
    """What is said of everything in this step: its end."""
    return SHORTEST_MS * math.exp(step * STEP)


def quantile_ms(counts: Mapping[int, int], share: float) -> float | None:
    """The time that this share of all does not exceed; None of nothing."""
    left = share * sum(counts.values())
    for step in sorted(counts):
        left -= counts[step]
        if left <= 0:
            return ms_of(step)
    return None


def together(*several: Mapping[int, int]) -> Counter[int]:
    """The counts of all of them."""
    all_of_them: Counter[int] = Counter()
    for counts in several:
        all_of_them.update(counts)
    return all_of_them
