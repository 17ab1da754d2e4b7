"""What past days teach of waiting: how long visits take, and how many people of a class come when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fleet.domain.lived_days import LivedDay, taken
from fleet.domain.queue_moment import Coming
from fleet.domain.service_times import ServiceTimes
from fleet.domain.speed import Watched, days_differ, today

BIN_MIN = 30
BINS = 48
STEP_MIN = 10.0
STEPS = 24
# Whoever is called later than four hours from now is told the same.

USUAL_PEOPLE = 20.0
# So many people weigh as much as what today's number of people says of the rest of the day: days differ by a fifth.


@dataclass(frozen=True)
class DayTaught:
    """What one day teaches: minutes of visits by service, people by half hour, people of a class by service.

    `worked`: the places of the counters that called somebody.
    """

    times: Mapping[str, tuple[float, ...]]
    came: tuple[int, ...]
    preferred: Mapping[str, int]
    worked: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it; minutes to the second."""
        times = {service: [round(one, 2) for one in minutes] for service, minutes in self.times.items()}
        return {"times": times, "came": self.came, "preferred": dict(self.preferred), "worked": self.worked}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "DayTaught":
        """The opposite of `to_dict`."""
        times = {service: tuple(minutes) for service, minutes in told["times"].items()}
        return cls(times, tuple(told["came"]), told["preferred"], tuple(told["worked"]))


@dataclass(frozen=True)
class Knowledge:
    """What many days teach. `rates`: people a minute by half hour; `preferred`: the share of those of a class.

    `differ`: how far days' speeds differ, the variance of a logarithm.
    """

    times: ServiceTimes
    rates: tuple[float, ...]
    preferred: Mapping[str, float]
    mean_visit_min: float
    days: int
    differ: float = 0.0

    def on(self, seen: Sequence[Watched]) -> "Knowledge":
        """The same on a day of which these visits were seen."""
        return replace(self, times=today(self.times, self.differ, seen))

    def coming(self, minute: float, came: int) -> tuple[Coming, ...]:
        """The people of a class who are yet to come, at a minute of a day on which so many came before."""
        factor = (came + USUAL_PEOPLE) / (self.expected(minute) + USUAL_PEOPLE)
        middles = [minute + STEP_MIN * (step + 0.5) for step in range(STEPS)]
        rates = [self.rates[bin_of(one)] * factor for one in middles]
        return tuple(
            Coming(service, tuple(rate * share for rate in rates), STEP_MIN)
            for service, share in self.preferred.items()
            if share > 0
        )

    def expected(self, minute: float) -> float:
        """How many people come before this minute, on an average day."""
        whole = bin_of(minute)
        return BIN_MIN * (sum(self.rates[:whole]) + self.rates[whole] * (minute / BIN_MIN - whole))


def taught_by(day: LivedDay) -> DayTaught:
    """What a day teaches."""
    times: dict[str, list[float]] = {}
    came, preferred = [0] * BINS, dict[str, int]()
    for one in day.people:
        came[bin_of(one.came_min)] += 1
        if one.preferred:
            preferred[one.service] = preferred.get(one.service, 0) + 1
    for one, minutes in taken(day):
        times.setdefault(one.service, []).append(minutes)
    worked = tuple(sorted({one.counter for one in day.people if one.counter is not None}))
    return DayTaught({service: tuple(minutes) for service, minutes in times.items()}, tuple(came), preferred, worked)


def learn(
    days: Sequence[DayTaught],
    services: Sequence[str],
    begun: DayTaught | None = None,
    pace: float = 1.0,
    differ: float | None = None,
) -> Knowledge:
    """What these days teach together; of one that is not over (`begun`) only how long its visits take.

    `pace`: how many times faster people are simulated to live. `differ`: how far these days differ, if that is known.
    """
    timed = list(days) if begun is None else [*days, begun]
    times = {service: [one for day in timed for one in day.times.get(service, ())] for service in services}
    known = [one for minutes in times.values() for one in minutes]
    people = [sum(day.came[place] for day in days) for place in range(BINS)]
    table = ServiceTimes(services, times, pace)
    return Knowledge(
        times=table,
        rates=tuple(one / max(len(days), 1) / BIN_MIN for one in people),
        preferred={
            service: sum(day.preferred.get(service, 0) for day in days) / max(sum(people), 1) for service in services
        },
        mean_visit_min=sum(known) / len(known) if known else float(table.means[-1]),
        days=len(days),
        differ=days_differ([visits_of(day) for day in days], table) if differ is None else differ,
    )


def visits_of(day: DayTaught) -> list[Watched]:
    """A day's visits as they are kept."""
    return [Watched(service, one) for service, minutes in day.times.items() for one in minutes]


def bin_of(minute: float) -> int:
    """The half hour of a minute; the last one for what is later."""
    return min(max(int(minute // BIN_MIN), 0), BINS - 1)
