"""The power goes while the flash is just changed: a press is on it whole or not at all, and never twice.

RIG_CUTS: how many lives. RIG_SEED: another chance.
"""

import random

import pytest

from hil_tests.deeds import FACES
from hil_tests.journey import Journey, hands_of
from hil_tests.journeys.test_power_cuts import CUTS, SEED, one_life_more, ratings_by_life, wrongly_kept

LATEST_OPERATION = 3
# A press is on the flash after one or two.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300 + 60 * CUTS)]


@pytest.mark.by_default()  # no flash is torn on boards of every machine; firmware in files is: tests/bench/faults.py
@pytest.mark.needs("hands", "torn", "counter")
def test_power_is_cut_in_the_midst_of_an_append(journey: Journey) -> None:
    """One press a life; the power goes in an operation that chance says, when a part of its bytes is changed."""
    chance, lit, first = random.Random(SEED), [], journey.rig.boot_of(journey.counter)
    for life in range(CUTS):
        lit.append(one_life(journey, FACES[life % len(FACES)], chance.randrange(LATEST_OPERATION), chance.random()))
    journey.rig.ready(journey.counter, one_life_more(journey))
    journey.until("every life is stored", lambda: len(journey.events("boot")) >= CUTS + 1)
    wrong = wrongly_kept(lit, ratings_by_life(journey, first))
    assert not wrong, wrong
    journey.figures["torn"] = CUTS
    journey.figures["presses_lit"], journey.figures["presses_stored"] = sum(lit), len(journey.events("rating"))


def one_life(journey: Journey, score: int, after: int, part: float) -> bool:
    """Press a face; the power goes in a later operation of the flash. Whether its lamp was seen."""
    hands, board = hands_of(journey.counter), journey.counter.board
    place = hands.seen.place
    board.tear(after, part)
    hands.press(f"score_{score}")
    board.torn()
    journey.say(f"score {score}, cut when operation {after + 1} was done to {part:.0%}")
    seen = hands.seen.count(f"lamp_{score} on", place) > 0
    journey.rig.ready(journey.counter, one_life_more(journey))
    return seen
