"""Nobody is lost and nobody counts twice: each number that was taken ends in one way."""

from collections import Counter
from random import Random

import pytest

from fleet.domain.ends import ENDS, End, ends
from fleet.domain.linking import Happened, link
from protocols import events
from tests.fleet.domain.test_linking import MIN, Teller

COUNTERS = ("quay-1", "quay-2", "quay-3")


def a_day(chance: Random) -> tuple[list[Happened], set[int]]:
    """People take numbers, keys are pressed, sensible or not, and things befall numbers; with all numbers taken."""
    tell, taken = Teller(), set()
    for _ in range(chance.randint(1, 60)):
        ms, number = chance.randint(0, 240) * MIN, chance.randint(1, 25)
        of_number = {"service": "ho-tich", "number": number, "up": 0}
        steps = (
            events.NumberCalled(**of_number),
            events.NoShow(up=0),
            events.VisitFinished(up=0),
            events.Transferred(to_service="dat-dai", up=0),
            events.WentOn(to_service="dat-dai", up=0),
            events.Parked(up=0),
            events.Resumed(**of_number),
            events.Undone(step=chance.choice(tell.told).id if tell.told else "x/1/1/1", up=0),
        )
        befalling = (events.Returned(**of_number), events.Replaced(by=30, **of_number), events.DayClosed(**of_number))
        drawn = chance.random()
        if drawn < 0.4:
            tell("tp-1", ms, events.TicketTaken(lease="l", **of_number))
            taken.add(number)
        elif drawn < 0.5:
            tell(
                "srv-web",
                ms,
                events.CheckedIn(lease="l", due=ms + chance.randint(-60, 60) * MIN + 3600_000, **of_number),
            )
            taken.add(number)
        elif drawn < 0.9:
            counter = chance.choice(COUNTERS)
            tell(counter.replace("quay", "q"), ms, chance.choice(steps), counter)
        else:
            tell("srv-web", ms, chance.choice(befalling))
    return tell.told, taken


@pytest.mark.parametrize("seed", range(20))
def test_every_number_that_was_taken_ends_once(seed: int) -> None:
    chance = Random(seed)
    found: Counter[End] = Counter()
    for _ in range(15):
        told, taken = a_day(chance)
        day = link(told)
        assert sorted(ticket.number for ticket in day.tickets) == sorted(taken)
        found += ends(ticket.state for ticket in day.tickets)
        again = [one for one in told if isinstance(one.event, events.TicketTaken | events.CheckedIn)]
        left = [one for one in day.unlinked if one.kind in ("ticket", "check_in")]
        assert len(again) == len(taken) + len(left), "whatever was taken again is kept, and said"
    assert sum(found.values()) > 0


def test_all_ends_happen() -> None:
    chance, found = Random(1), Counter[End]()
    for _ in range(300):
        found += ends(ticket.state for ticket in link(a_day(chance)[0]).tickets)
    assert set(found) == set(ENDS.values())
