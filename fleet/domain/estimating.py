"""How long somebody will wait: the quantiles of what was played (`playing`)."""

from dataclasses import dataclass

import numpy as np

from fleet.domain.playing import Game, Table
from fleet.domain.queue_moment import FOREVER_MIN, QueueNow
from fleet.domain.service_times import ServiceTimes
from fleet.domain.spread import Spread

TRIES = 200
SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Played:
    """For each who waits, in their order, and for whoever comes now, by service; None: no counter will ever call."""

    waiting: tuple[Spread | None, ...]
    newcomers: dict[str, Spread | None]


def play(queue: QueueNow, times: ServiceTimes, chance: np.random.Generator, tries: int = TRIES) -> Played:
    """Play the queue to its end."""
    services = tuple(dict.fromkeys(one for counter in queue.counters for one in (*counter.services, *counter.helping)))
    if not services:
        return Played(tuple(None for _ in queue.waiting), {})
    game = Game(queue, services, times, chance, tries)
    game.play()
    return Played(spreads(game.starts), dict(zip(services, spreads(game.newcomers.T), strict=True)))


def spreads(starts: Table) -> tuple[Spread | None, ...]:
    """The quantiles of those tries (columns) in which somebody (a row each) was called."""
    tries = starts.shape[1]
    ordered = np.sort(starts, axis=1)
    called = (ordered < FOREVER_MIN).sum(axis=1)
    at = np.maximum(called - 1, 0)[:, None] * np.array(SHARES)
    below = at.astype(np.intp)
    above = np.minimum(below + 1, np.maximum(called - 1, 0)[:, None])
    found = np.take_along_axis(ordered, below, 1)
    found += (np.take_along_axis(ordered, above, 1) - found) * (at - below)
    return tuple(
        Spread(low, middle, high, n / tries) if n else None
        for (low, middle, high), n in zip(found.tolist(), called.tolist(), strict=True)
    )
