"""What looks strange at a counter, or with a clerk, beside the others of the office: flags for a supervisor to look at.

A flag is no verdict: another service, another kind of resident, another place of the buttons explain many. It excludes
nothing and is never public.

Each share k/n is held against the share of all others: a funnel plot with control limits of 99.8 % (Spiegelhalter 2005,
Statistics in Medicine 24, 1185-1202), by exact tails instead of p ± 3.09 sqrt(p (1-p) / n), which is wrong for few. The
others' share is itself known from K of N only, so the tails are those of the binomial distribution whose share has
Jeffreys' posterior Beta(K + 1/2, N - K + 1/2): the beta-binomial. (With the others' share taken for exact, 2,000 honest
offices of five counters raised 28 flags where 10 were promised; so, none too many: `test_peers.py`.) Below `LEAST` on
either side nothing is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.domain.tails import beta_binomial_at_least, beta_binomial_two_sided

LEAST = 20
ONE_SIDE = 0.001
TWO_SIDES = 0.002
# What lies outside of limits of 99.8 %.

SOON_MS = 2_000
# Nobody who was just served has turned to the buttons and pressed within two seconds.


class Signal(StrEnum):
    """What looks strange; pages have a sentence for each."""

    SOON = "soon"
    """Presses within two seconds after the finish, or before it."""
    NEXT_CALLED = "next_called"
    """Presses when the next resident was already called there."""
    TOP = "top"
    """Presses with the best score."""
    RATED = "rated"
    """Finished visits that were rated."""
    ARMED = "armed"
    """Visits that ended with a finish, so that they could be rated at all."""


ONE_SIDED = frozenset({Signal.SOON, Signal.NEXT_CALLED, Signal.TOP})


@dataclass(frozen=True)
class Tally:
    """What happened with somebody (a counter, or a clerk) in some time. `who` is any name that is theirs alone."""

    who: str
    finished: int = 0
    unarmed: int = 0
    rated: int = 0
    pressed: int = 0
    soon: int = 0
    next_called: int = 0
    counted: int = 0
    top: int = 0

    def share(self, signal: Signal) -> tuple[int, int]:
        """(k, n) of a signal."""
        return {
            Signal.SOON: (self.soon, self.pressed),
            Signal.NEXT_CALLED: (self.next_called, self.pressed),
            Signal.TOP: (self.top, self.counted),
            Signal.RATED: (self.rated, self.finished),
            Signal.ARMED: (self.finished, self.finished + self.unarmed),
        }[signal]


@dataclass(frozen=True)
class Flag:
    """A share outside of the limits: k of n here, and of the others; how likely by chance."""

    signal: Signal
    who: str
    k: int
    n: int
    others_k: int
    others_n: int
    chance: float

    @property
    def is_high(self) -> bool:
        """Whether it is more than with the others."""
        return self.k * self.others_n > self.others_k * self.n


def flags(tallies: Iterable[Tally]) -> list[Flag]:
    """What looks strange, the least likely first."""
    known = sorted(tallies, key=lambda tally: tally.who)
    found = [flag for signal in Signal for one in known if (flag := flag_of(signal, one, known)) is not None]
    return sorted(found, key=lambda flag: (flag.chance, flag.signal, flag.who))


def flag_of(signal: Signal, one: Tally, all_of_them: Sequence[Tally]) -> Flag | None:
    """The flag of one of them for one signal; None inside of the limits, or where too little is known."""
    k, n = one.share(signal)
    shares = [other.share(signal) for other in all_of_them if other.who != one.who]
    others_k, others_n = sum(k for k, _ in shares), sum(n for _, n in shares)
    if n < LEAST or others_n < LEAST:
        return None
    known = (others_k + 0.5, others_n - others_k + 0.5)
    if signal in ONE_SIDED:
        chance, limit = beta_binomial_at_least(k, n, *known), ONE_SIDE
    else:
        chance, limit = beta_binomial_two_sided(k, n, *known), TWO_SIDES
    return Flag(signal, one.who, k, n, others_k, others_n, chance) if chance < limit else None
