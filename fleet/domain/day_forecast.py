"""Who will come on a day: how many, when and for what, forecast from an office's own days; and days made after that.

How many come on a weekday is drawn towards the mean of all days, the more, the fewer days of it are known and the less
weekdays differ: B = τ² / (τ² + σ² / n), σ² within and τ² between weekdays by the method of moments (empirical Bayes:
Efron and Morris 1975, JASA 70, 311-319). When they come and for what is that of the weekday with the weight of its days
against `BORROWED_DAYS` of all. Days differ from each other as they did: by a factor of the day (gamma), and by chance
(Poisson).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.domain.service_times import ServiceTimes
from fleet.domain.serving import Guest
from fleet.domain.waiting_knowledge import BIN_MIN, BINS, bin_of

BORROWED_DAYS = 4.0

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """People by half hour (rows) and service (columns) on an average such day; by how much days differ (variance of
    the factor of a day); and the share of those of a class, by service.
    """

    services: tuple[str, ...]
    people: Table
    spread: float
    preferred: tuple[float, ...]

    @property
    def total(self) -> float:
        """How many people are expected."""
        return float(self.people.sum())


def forecast(days: Sequence[tuple[int, Sequence[Guest]]], weekday: int, services: Sequence[str]) -> Forecast:
    """Of days with their weekdays, for this one. Raises ValueError without any day."""
    if not days:
        raise ValueError("expected at least one day to forecast from, found none")
    counts = np.array([table_of(guests, services) for _, guests in days])
    weekdays = np.array([one for one, _ in days])
    theirs = weekdays == weekday
    total, within = level(counts.sum(axis=(1, 2)), weekdays, weekday)
    mean = float(counts.sum() / len(days))
    all_days = counts.sum(axis=0) / max(counts.sum(), 1.0)
    shape = all_days
    if counts[theirs].sum() > 0:
        weight = theirs.sum() / (theirs.sum() + BORROWED_DAYS)
        shape = weight * counts[theirs].sum(axis=0) / counts[theirs].sum() + (1 - weight) * all_days
    return Forecast(
        services=tuple(services),
        people=total * shape,
        spread=max(within - mean, 0.0) / mean**2 if mean else 0.0,
        preferred=tuple(share_preferred(days, service) for service in services),
    )


def level(totals: Table, weekdays: NDArray[np.intp], weekday: int) -> tuple[float, float]:
    """(how many come on such a weekday, the variance of the totals within weekdays)."""
    mean, n = float(totals.mean()), len(totals)
    groups = [totals[weekdays == one] for one in np.unique(weekdays)]
    inside = sum(float(((one - one.mean()) ** 2).sum()) for one in groups)
    within = inside / (n - len(groups)) if n > len(groups) else mean
    within = max(within, mean)  # people come at least as irregularly as by chance
    theirs = totals[weekdays == weekday]
    if not len(theirs) or len(groups) == 1:
        return mean, within
    outside = sum(len(one) * float((one.mean() - mean) ** 2) for one in groups)
    between = (outside - (len(groups) - 1) * within) / (n - sum(len(one) ** 2 for one in groups) / n)
    drawn = max(between, 0.0) / (max(between, 0.0) + within / len(theirs)) if within else 1.0
    return mean + drawn * (float(theirs.mean()) - mean), within


def table_of(guests: Sequence[Guest], services: Sequence[str]) -> Table:
    """How many came, by half hour and service."""
    place = {service: n for n, service in enumerate(services)}
    found = np.zeros((BINS, len(services)))
    for one in guests:
        if one.service in place:
            found[bin_of(one.came_min), place[one.service]] += 1
    return found


def share_preferred(days: Sequence[tuple[int, Sequence[Guest]]], service: str) -> float:
    """How many of those who come for a service go before others."""
    those = [one.preferred for _, guests in days for one in guests if one.service == service]
    return sum(those) / len(those) if those else 0.0


def make_guests(expected: Forecast, times: ServiceTimes, chance: np.random.Generator) -> tuple[Guest, ...]:
    """The people of one day, made after the forecast."""
    factor = chance.gamma(1 / expected.spread, expected.spread) if expected.spread > 0 else 1.0
    counts = chance.poisson(expected.people * factor)
    half_hours, services = (np.repeat(one.ravel(), counts.ravel()) for one in np.indices(counts.shape))
    came = (half_hours + chance.random(len(half_hours))) * BIN_MIN
    rows = np.array([times.row(one) for one in expected.services], dtype=np.intp)[services]
    needs = times.draw(rows, chance.random(len(rows)))
    first = chance.random(len(rows)) < np.array(expected.preferred)[services]
    order = np.argsort(came, kind="stable")
    return tuple(
        Guest(expected.services[services[n]], float(came[n]), float(needs[n]), bool(first[n])) for n in order.tolist()
    )


def targets_of(services: Sequence[str], targets_min: Mapping[str, float], usual_min: float) -> Table:
    """Within how many minutes people of each service should be called."""
    return np.array([targets_min.get(one, usual_min) for one in services])
