"""What somebody would know who knew how a scenario's days are made, though not what chance makes of them.

Nobody can be told better than by these: what they are wrong by is chance. So they say which bars can be reached at all.
"""

from math import exp, log, sqrt
from statistics import NormalDist

from fleet.domain.service_times import ServiceTimes
from fleet.domain.waiting_knowledge import BIN_MIN, BINS, Knowledge
from fleet.domain.waiting_scenarios import Kind, Scenario

LENGTHS = 20_000
# Equally likely lengths of an office's visits: so many that what a service borrows from it weighs nothing.


def known(scenario: Scenario) -> Knowledge:
    """The lengths of visits exactly as they are made, and how many people come when."""
    times = {one.name: lengths(one, scenario) for one in scenario.kinds}
    return Knowledge(
        times=ServiceTimes(scenario.services, times),
        rates=tuple(rate(scenario, place * BIN_MIN) for place in range(BINS)),
        preferred={one.name: one.share * scenario.priority_share for one in scenario.kinds},
        mean_visit_min=sum(sum(one) for one in times.values()) / sum(len(one) for one in times.values()),
        days=0,
    )


def lengths(kind: Kind, scenario: Scenario) -> list[float]:
    """Equally likely minutes of a service, those of people who do not answer among them."""
    visits = round(LENGTHS * kind.share)
    silent = round(visits * scenario.no_show_share)
    sigma, usual = sqrt(log(1 + kind.cv**2)), NormalDist()
    answered = visits - silent
    steps = (usual.inv_cdf((place + 0.5) / answered) for place in range(answered))
    return [scenario.no_show_min] * silent + [kind.mean_min * exp(sigma * step - sigma**2 / 2) for step in steps]


def rate(scenario: Scenario, from_min: int) -> float:
    """How many people come in a minute of a half hour, on an average day."""
    minutes = [minute + 0.5 for minute in range(from_min, from_min + BIN_MIN) if minute < scenario.session_min]
    return sum(scenario.rate(minute) for minute in minutes) / BIN_MIN
