"""From how long a wait on people are less satisfied than they should be.

The share of satisfied people can only fall as waits grow: the falling curve that is nearest to the counts is found by
pooling neighbours that rise (isotonic regression; Ayer et al. 1955, Ann. Math. Stat. 26, 641-647). Its uncertainty
comes from the same assumption (Yang and Barber 2019, Electron. J. Stat. 13, 646-677): whoever waits longer than some
group is satisfied no more often than that group, whoever waits less no less often. So the curve lies below the upper
Wilson limit of every stretch of shorter waits and above the lower limit of every stretch of longer ones; limits hold
for all stretches at once (Bonferroni), with 95 % together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from fleet.domain.satisfaction import wilson

WANTED = 0.9
WRONG_AT_MOST = 0.05


@dataclass(frozen=True)
class Step:
    """People who waited less than `until_s` (None: longer than all before): n, satisfied k; the curve and its band."""

    until_s: int | None
    k: int
    n: int
    share: float | None = None
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Falls:
    """From which wait on the share is below the wanted one, by the curve; perhaps already `earliest_s`, surely by
    `latest_s`. None: it is not seen to fall so far."""

    from_s: int | None
    earliest_s: int | None
    latest_s: int | None


def falling_curve(steps: Sequence[tuple[int | None, int, int]]) -> list[Step]:
    """The curve over steps (until_s, k, n) of rising waits; steps without anybody have the share None."""
    shares = falling([(k, n) for _, k, n in steps])
    stretches = len(steps) * (len(steps) + 1) // 2
    z = NormalDist().inv_cdf(1 - WRONG_AT_MOST / 2 / max(1, stretches))
    lows, highs = [0.0] * len(steps), [1.0] * len(steps)
    for first in range(len(steps)):
        k = n = 0
        for last in range(first, len(steps)):
            k, n = k + steps[last][1], n + steps[last][2]
            if n:
                low, high = wilson(k, n, z)
                lows[first] = max(lows[first], low)  # who waited no longer than these is satisfied no less often
                highs[last] = min(highs[last], high)
    for at in range(len(steps) - 2, -1, -1):
        lows[at] = max(lows[at], lows[at + 1])
    for at in range(1, len(steps)):
        highs[at] = min(highs[at], highs[at - 1])
    return [
        Step(until_s, k, n, share, low, high)
        for (until_s, k, n), share, low, high in zip(steps, shares, lows, highs, strict=True)
    ]


def falls(curve: Sequence[Step], wanted: float = WANTED) -> Falls:
    """From how long a wait on the share is below the wanted one."""
    begins = [0, *(step.until_s or 0 for step in curve[:-1])]

    def first(below: Sequence[bool]) -> int | None:
        return next((begin for begin, is_below in zip(begins, below, strict=True) if is_below), None)

    return Falls(
        first([step.share is not None and step.share < wanted for step in curve]),
        first([step.low < wanted for step in curve]) if any(step.n for step in curve) else None,
        first([step.high < wanted for step in curve]),
    )


def falling(counts: Sequence[tuple[int, int]]) -> list[float | None]:
    """The never-rising shares nearest to k / n, each weighing n: neighbours that rise are pooled."""
    pools: list[tuple[int, int, list[int]]] = []
    for at, (k, n) in enumerate(counts):
        if not n:
            continue
        pools.append((k, n, [at]))
        while len(pools) > 1 and pools[-1][0] * pools[-2][1] > pools[-2][0] * pools[-1][1]:
            k_after, n_after, later = pools.pop()
            k_before, n_before, earlier = pools.pop()
            pools.append((k_before + k_after, n_before + n_after, earlier + later))
    found: list[float | None] = [None] * len(counts)
    for k, n, places in pools:
        for at in places:
            found[at] = k / n
    return found
