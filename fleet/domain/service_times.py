"""How long visits take: the times of past days by service, as a table to draw from.

A service that is rare borrows from its office: a draw is one of its own times with the share n / (n + BORROWED), else
one of all the office's, so that its mean is drawn towards the office's the more, the less is known. The times of people
who did not answer are among them; so is, by itself, that somebody who is still there after two minutes did come.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.float64]

BORROWED = 12
# So many times of a service weigh as much as all that is known of its office.

USUAL_MIN = (1.0, 3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 24.0)
USUAL_WEIGHT = 8.0
# Until an office has times of its own; the mean, 9.6 minutes, is that of the model in docs/recordings.md.

OFFICES_DIFFER = 0.4
# The standard deviation of the logarithm of an office's mean length, before any is known. Of first days at offices that
# are as usual, or slower or faster by a factor of 1.6, with 0.3 42 to 92 %, with 0.5 64 to 95 % of waits were in range.

VISITS_DIFFER = 1.1
# That of a visit's length, as a share of its office's mean.

POINTS = 512
LONGEST_MIN = 180.0
# Longer, and somebody forgot to press.

TAIL_POINTS = 12
# Of fewer times that are longer still nothing is said but that they end in some time of the same kind.


class ServiceTimes:
    """A table of equally likely minutes for each service, each in rising order; the last row is the office's.

    `pace`: how many times faster than usual people live, where they are simulated. `doubt`: how unsure it is that all
    visits together take as long as that, the standard deviation of a logarithm.
    """

    def __init__(self, services: Sequence[str], times: Mapping[str, Sequence[float]], pace: float = 1.0) -> None:
        self.services = tuple(services)
        known = {service: cleaned(times.get(service, ())) for service in self.services}
        all_known = np.concatenate([*known.values(), np.empty(0)])
        self.n = {service: len(known[service]) for service in self.services}
        office = mixed([(np.array(USUAL_MIN) / pace, USUAL_WEIGHT), (all_known, float(len(all_known)))])
        rows = []
        for service in self.services:
            own = float(len(known[service]))
            rows.append(mixed([(known[service], own), (office, float(BORROWED))]))
        self.table: Minutes = np.vstack([*rows, office])
        self.means: Minutes = self.table.mean(axis=1)
        self.doubt = 1 / sqrt(1 / OFFICES_DIFFER**2 + len(all_known) / VISITS_DIFFER**2)

    def at(self, factor: float, doubt: float) -> "ServiceTimes":
        """The same of a day on which all take so many times as long, in so much doubt."""
        day = copy(self)
        day.table, day.means, day.doubt = self.table * factor, self.means * factor, doubt
        return day

    def row(self, service: str | None) -> int:
        """The row of a service; that of the office where the service is not known."""
        return self.services.index(service) if service in self.services else len(self.services)

    def draw(self, rows: NDArray[np.intp], shares: NDArray[np.float64]) -> Minutes:
        """The minutes below which these shares of the times of these rows lie."""
        return np.asarray(self.table[rows, (shares * POINTS).astype(np.intp)])

    def left(self, row: int, elapsed_min: Minutes, shares: NDArray[np.float64]) -> Minutes:
        """What is left of a visit that has lasted so long already, at these shares of what is likely."""
        times, tail = self.table[row], self.table[row, -TAIL_POINTS:]
        first = np.searchsorted(times, elapsed_min, side="right")
        among = np.minimum(first + (shares * (POINTS - first)).astype(np.intp), POINTS - 1)
        excess = max(float(tail.mean() - tail[0]), 1.0)
        longest = POINTS - first < TAIL_POINTS
        return np.where(longest, -np.log1p(-shares) * excess, times[among] - elapsed_min)


def cleaned(times: Sequence[float]) -> Minutes:
    """Minutes that a visit can have taken."""
    found = np.asarray(times, dtype=np.float64)
    return np.minimum(found[found > 0], LONGEST_MIN)


def mixed(parts: Sequence[tuple[Minutes, float]]) -> Minutes:
    """The quantiles of a mixture of times, each part with its weight."""
    values = np.concatenate([values for values, _ in parts])
    weights = np.concatenate([np.full(len(values), weight / max(len(values), 1)) for values, weight in parts])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    middles = (reached - weights[order] / 2) / reached[-1]
    return np.asarray(np.interp((np.arange(POINTS) + 0.5) / POINTS, middles, values[order]))
