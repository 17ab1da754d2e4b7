"""How much slower than usual people are served today: all visits of a day may be longer together.

A form is new, somebody learns, the network is slow. How far an office's days differ is what past days show beyond the
luck of who came; how slow this day is, what its own visits show, drawn towards the usual day by as much as they may be
luck. Visits that are not over yet count as long as they have lasted, beside what visits usually last within that time:
else only the short ones of the last half hour would be seen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from fleet.domain.lived_days import LivedDay, taken
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import ServiceTimes

SURELY = 2.0
# Standard errors beyond which days differ by more than luck.

ROUNDS = 3
SLOWEST = 3.0
# Times slower or faster than usual; more is a mistake of somebody's.

LONGEST_MEANS = 8.0
# Of a visit no more is looked at than so many times the office's mean: who forgot to end one does not make a day slow.


@dataclass(frozen=True)
class Watched:
    """A visit that has kept its counter busy for so long, of the time since it began."""

    service: str
    lasted_min: float
    since_min: float = FOREVER_MIN


def watched(day: LivedDay, minute: float) -> list[Watched]:
    """What could be seen of a day's visits at that minute; of those without an end only whom a counter called last."""
    seen = day.seen_until(minute)
    last = {one.counter: one for one in sorted(seen.people, key=lambda one: one.called_min or 0.0)}
    begun = [one for one in last.values() if one.ended_min is None]
    return [
        *(Watched(one.service, lasted, minute - (one.called_min or 0.0)) for one, lasted in taken(seen)),
        *(Watched(one.service, since, since) for one in begun if (since := minute - (one.called_min or 0.0)) > 0),
    ]


def days_differ(days: Sequence[Sequence[Watched]], times: ServiceTimes) -> float:
    """The variance of the logarithm of days' speeds that is not the luck of who came; zero where it may all be luck.

    Each day weighs the more, the less it depends on luck (DerSimonian and Laird's estimate of what differs).
    """
    found = [(log(held[0]), 1 / held[1]) for day in days if (held := against(day, times)) is not None and held[1] > 0]
    if len(found) < 2:
        return 0.0
    weight = sum(one for _, one in found)
    middle = sum(one * speed for speed, one in found) / weight
    spread = sum(one * (speed - middle) ** 2 for speed, one in found)
    by_luck = len(found) - 1 + SURELY * sqrt(2 * (len(found) - 1))
    return max(spread - by_luck, 0.0) / (weight - sum(one**2 for _, one in found) / weight)


def today(times: ServiceTimes, differ: float, seen: Sequence[Watched]) -> ServiceTimes:
    """The lengths of visits on a day of which these were seen, at an office whose days differ by so much."""
    held = against(seen, times) if differ > 0 else None
    if held is None:
        return times.at(1.0, sqrt(times.doubt**2 + differ))
    ratio, luck = held
    believed = differ / (differ + luck)
    return times.at(exp(believed * log(ratio)), sqrt(times.doubt**2 + differ * (1 - believed)))


def against(seen: Sequence[Watched], times: ServiceTimes) -> tuple[float, float] | None:
    """How many times longer than usual these visits take together, and the variance that luck gives that."""
    if not seen:
        return None
    longest = LONGEST_MEANS * float(times.means[-1])
    alike = Counter((times.row(one.service), min(one.since_min, longest)) for one in seen)
    table = times.table[[row for row, _ in alike]]
    within = np.array([minutes for _, minutes in alike])[:, None]
    counts = np.array(list(alike.values()))
    lasted = sum(min(one.lasted_min, longest) for one in seen)
    ratio, luck = 1.0, 0.0
    for _ in range(ROUNDS):
        usual = np.minimum(table * ratio, within)
        expected = float(counts @ usual.mean(axis=1))
        luck = float(counts @ usual.var(axis=1)) / max(expected, 1e-9) ** 2
        ratio = min(max(ratio * lasted / max(expected, 1e-9), 1 / SLOWEST), SLOWEST)
    return ratio, luck
