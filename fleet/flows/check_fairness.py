"""A day is looked at from its log: was anybody passed by more often or longer than the office's rules allow?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.ends import End, ends
from fleet.domain.fairness import Breach, Stood, breaches
from fleet.flows.queue_rules import policy_of, refuse_no_office
from fleet.store import places, turns
from fleet.store.database import Store

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
    """Look at the log of a day. Raises BadPolicy if there is no such office.

    The rules and the counters' services are those of now: a day before they were changed is measured by them, too.
    """
    with store.reading() as connection:
        refuse_no_office(connection, office)
        policy = policy_of(connection, office)
        skills = {
            counter: [service for service, helping in services.items() if not helping]
            for counter, services in places.skills(connection, office).items()
        }
        given = turns.of_day(connection, office, day)
        stood = [
            Stood(one.service, one.number, one.since_ms, one.received_ms + LINKED_WITHIN_MS, one.until_ms)
            for one in turns.first_waits(connection, office, day)
            if policy.place(one.priority, one.senior, day) is None
        ]
        ended = ends(turns.states(connection, office, day))
        called = turns.called(connection, office, day)
    return DayChecked(len(given), called, breaches(given, stood, skills, policy), ended)
