"""Why a rollout stops by itself, and whether those that have the new do worse than those without it.

Like is compared with like: a printer of one board with printers of that board. Else a wave with many printers, which
crash more often than buttons, would look like harm, and a release that harms printers alone like none. Of all kinds
together the numbers of each are taken as given (Mantel and Haenszel 1959), and added exactly, whatever is rare:
crash-free hours as in Fisher's test, faults as counts in two times (Przyborowski and Wilenski 1940). It is looked at
again and again, and each look may be wrong: so one look must be surer than one in a thousand, and what it says must
matter. Hours of one device in one crash loop are not independent; but one that falls again and again is worth stopping
for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from fleet.domain.chances import Count, binomial, hypergeometric, summed
from fleet.domain.rollout_targets import ALL, Kind

SURE = 0.001
CRASH_FREE_WORSE = 0.01
# One hour in a hundred: less than that is no reason to stop.
RATE_WORSE = 1.5


class Harm(StrEnum):
    """Why a rollout stops by itself."""

    FAILURES = "failures"
    FIRST = "first"
    TOO_FEW = "too_few"
    CRASHES = "crashes"
    FAULTS = "faults"


@dataclass(frozen=True)
class Lived:
    """What devices lived through: hours operated, those without a crash among them, and faults that they told of."""

    hours: int = 0
    crash_free: int = 0
    faults: int = 0

    @property
    def crashed(self) -> int:
        """Hours with a crash."""
        return self.hours - self.crash_free

    def __add__(self, other: "Lived") -> "Lived":
        return Lived(self.hours + other.hours, self.crash_free + other.crash_free, self.faults + other.faults)


Pair = tuple[Lived, Lived]
"""With it, and without it."""


@dataclass(frozen=True)
class Why:
    """Why it stopped: `k` of `n`; for what is compared `old_k` of `old_n` without it. `limit`: the share allowed.

    `board` and `roles`: of this kind of device alone; none: of all together.
    """

    harm: Harm
    k: int
    n: int
    old_k: int = 0
    old_n: int = 0
    limit: float = 0.0
    board: str = ""
    roles: tuple[str, ...] = ()


def worse(lives: Mapping[Kind, Pair]) -> Why | None:
    """Whether devices do worse with it than their like without it, so that it is not chance and matters.

    `lives`: of each kind what was lived through with it, and without it. All kinds together are looked at, and each
    alone: these looks share the certainty of one.
    """
    found = {kind: pair for kind, pair in sorted(lives.items()) if pair[0].hours and pair[1].hours}
    why = worse_of(list(found.values()), SURE)
    if why is not None or len(found) < 2:
        return why
    each = (worse_of([pair], SURE / len(found), kind) for kind, pair in found.items())
    return next((one for one in each if one is not None), None)


def worse_of(pairs: Sequence[Pair], sure: float, kind: Kind = ALL) -> Why | None:
    """The same, each of these compared with its own past; `sure`: so rare chance must be."""
    new, old = (sum((pair[side] for pair in pairs), Lived()) for side in (0, 1))
    if crashed_more(pairs) > CRASH_FREE_WORSE and crashes_by_chance(pairs).at_least(new.crashed) < sure:
        return Why(Harm.CRASHES, new.crashed, new.hours, old.crashed, old.hours, board=kind.board, roles=kind.roles)
    if told_more(pairs) and faults_by_chance(pairs).at_least(new.faults) < sure:
        return Why(Harm.FAULTS, new.faults, new.hours, old.faults, old.hours, board=kind.board, roles=kind.roles)
    return None


def crashed_more(pairs: Sequence[Pair]) -> float:
    """By how much of its hours a device crashes more often with it: Mantel and Haenszel's difference of shares."""
    more = fsum((new.crashed * old.hours - old.crashed * new.hours) / (new.hours + old.hours) for new, old in pairs)
    weight = fsum(new.hours * old.hours / (new.hours + old.hours) for new, old in pairs)
    return more / weight if weight else 0.0


def told_more(pairs: Sequence[Pair]) -> bool:
    """Whether it tells of faults so much more often with it that it matters: Mantel and Haenszel's ratio of rates."""
    with_it = fsum(new.faults * old.hours / (new.hours + old.hours) for new, old in pairs)
    without = fsum(old.faults * new.hours / (new.hours + old.hours) for new, old in pairs)
    return with_it > RATE_WORSE * without


def crashes_by_chance(pairs: Sequence[Pair]) -> Count:
    """How many of the hours with a crash would be hours with it, if it changed nothing."""
    return summed(hypergeometric(new.hours, new.crashed + old.crashed, new.hours + old.hours) for new, old in pairs)


def faults_by_chance(pairs: Sequence[Pair]) -> Count:
    """How many of the faults would be told with it, if it changed nothing."""
    return summed(binomial(new.faults + old.faults, new.hours / (new.hours + old.hours)) for new, old in pairs)
