"""A day is looked at from its log: was anybody passed by more often or longer than the office's rules allow?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.day import bounds
from fleet.domain.ends import End, ends
from fleet.domain.fairness import Breach, Period, Stood, breaches
from fleet.domain.queue_policy import read_policy
from fleet.flows.queue_rules import refuse_no_office
from fleet.store import past_rules, places, turns
from fleet.store.database import Store
from fleet.store.past_rules import Rules
from fleet.store.turns import FirstWait

LINKED_WITHIN_MS = 5_000
# Between receiving a ticket and knowing that it waits.


@dataclass(frozen=True)
class DayChecked:
    """How many turns a day had, those that broke a bound, and how many tickets ended how.

    `called`: so many numbers were called at all. Counters that are cut off call without a turn, and recordings that
    were made by earlier versions tell of none; what was called without any proves nothing.
    """

    turns: int
    called: int
    breaches: Sequence[Breach]
    ends: Mapping[End, int]


def check_day(store: Store, office: str, day: str) -> DayChecked:
    """Look at the log of a day, by the rules that held then. Raises BadPolicy if there is no such office."""
    with store.reading() as connection:
        refuse_no_office(connection, office)
        place = places.office(connection, office)
        assert place is not None  # noqa: S101 (it was just looked for)
        given = turns.of_day(connection, office, day)
        waits = turns.first_waits(connection, office, day)
        held = past_rules.between(connection, office, *bounds(day, place.timezone))
        periods = [period(rules, waits, day) for rules in held]
        ended = ends(turns.states(connection, office, day))
        called = turns.called(connection, office, day)
    return DayChecked(len(given), called, breaches(given, periods), ended)


def period(rules: Rules, waits: Sequence[FirstWait], day: str) -> Period:
    """A part of the day under these rules."""
    policy = read_policy(json.loads(rules.queue))
    skills = {
        counter: [service for service, helping in services.items() if not helping]
        for counter, services in rules.skills.items()
    }
    stood = [
        Stood(one.service, one.number, one.since_ms, one.received_ms + LINKED_WITHIN_MS, one.until_ms)
        for one in waits
        if policy.place(one.priority, one.senior, day) is None
    ]
    return Period(rules.until_ms, policy, skills, stood)
