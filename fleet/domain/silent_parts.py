"""A counter that serves while its rating buttons or its reader say nothing: broken without a word, or hidden.

Of a counter's visits a share is rated, and a share has a dossier scanned. A silence of n visits has the chance
E[(1 - q)^n], where q is known from the visits before it: with k of N, B(k + 1/2, N - k + n + 1/2) / B(k + 1/2, N - k +
1/2), the beta-binomial of Jeffreys. Shares change from day to day and clerk to clerk, so a silence must also be twice
as long as the longest that this counter has had and come out of.

False alarms: each press ends a silence and begins another, so where nothing is broken at most one silence in 10,000 is
told; at a counter with 40 ratings a day that is one in 250 days, and fewer for the second condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from fleet.domain.tails import log_beta

CHANCE = 1e-4
LEAST_KNOWN = 50
LEAST_HEARD = 5
# Of so few visits, or so few that were heard, no share is known.
LONGER = 2


@dataclass(frozen=True)
class Silence:
    """The last n visits had none, where so many were to be expected; since the end of the first of them."""

    n: int
    expected: float
    chance: float
    since_ms: int


def silence(heard: Sequence[tuple[int, bool]]) -> Silence | None:
    """Whether a part is silent that should not be: (when a visit ended, whether it was heard), in the order of time."""
    n = next((n for n, (_, was) in enumerate(reversed(heard)) if was), len(heard))
    before = [was for _, was in heard[: len(heard) - n]]
    known, total = sum(before), len(before)
    if n == 0 or total < LEAST_KNOWN or known < LEAST_HEARD or n < LONGER * longest(before):
        return None
    chance = exp(log_beta(known + 0.5, total - known + n + 0.5) - log_beta(known + 0.5, total - known + 0.5))
    if chance >= CHANCE:
        return None
    return Silence(n, n * (known + 0.5) / (total + 1), chance, heard[len(heard) - n][0])


def longest(heard: Sequence[bool]) -> int:
    """The longest silence."""
    most = run = 0
    for was in heard:
        run = 0 if was else run + 1
        most = max(most, run)
    return most
