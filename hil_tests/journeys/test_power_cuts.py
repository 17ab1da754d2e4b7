"""The power goes while somebody presses: what the lamp thanked for is stored once, and nothing twice.

RIG_CUTS: how many lives. RIG_SEED: another chance.
"""

import os
import random
import time

import pytest

from hil_tests.deeds import FACES
from hil_tests.journey import Journey, hands_of

CUTS = int(os.environ.get("RIG_CUTS") or "2")
SEED = int(os.environ.get("RIG_SEED") or "1")
LATEST_MS = 250
# A press is debounced and on flash well before.
pytestmark = pytest.mark.journey


@pytest.mark.needs("hands", "power", "counter")
def test_power_is_cut_at_any_moment(journey: Journey) -> None:
    """One press a life; the power goes at a moment that chance says, and comes again."""
    chance, lit, first = random.Random(SEED), [], journey.rig.boot_of(journey.counter)
    for life in range(CUTS):
        lit.append(one_life(journey, FACES[life % len(FACES)], chance.randrange(LATEST_MS)))
    began_s = one_life_more(journey)
    hello_s = journey.rig.ready(journey.counter, began_s)
    journey.figures["boot_to_hello_ms"] = round(1000 * (hello_s - began_s))
    journey.until("every life is stored", lambda: len(journey.events("boot")) >= CUTS + 1)
    wrong = wrongly_kept(lit, ratings_by_life(journey, first))
    assert not wrong, wrong
    journey.figures["cuts"] = CUTS
    journey.figures["presses_lit"], journey.figures["presses_stored"] = sum(lit), len(journey.events("rating"))


def one_life(journey: Journey, score: int, after_ms: int) -> bool:
    """Press a face; the power goes so long after the key came up. Whether its lamp was seen."""
    hands, board = hands_of(journey.counter), journey.counter.board
    place = hands.seen.place
    hands.press(f"score_{score}")
    time.sleep(after_ms / 1000)
    board.power(False)
    journey.say(f"score {score}, cut after {after_ms} ms")
    seen = hands.seen.count(f"lamp_{score} on", place) > 0
    journey.rig.ready(journey.counter, one_life_more(journey))
    return seen


def one_life_more(journey: Journey) -> float:
    """Power on; when."""
    journey.counter.board.power(False)
    began_s = time.monotonic()
    journey.counter.board.power(True)
    return began_s


def ratings_by_life(journey: Journey, first: int) -> list[list[int]]:
    """The scores that were stored, life by life; `first` is the number of the boot that the first one was."""
    device, events = journey.rig.device(journey.counter), journey.events("rating")
    return [
        [one.body["score"] for one in events if (one.boot, one.device) == (boot, device)]
        for boot in range(first, first + CUTS)
    ]


def wrongly_kept(lit: list[bool], stored: list[list[int]]) -> str:
    """What was lost, doubled or made up, in words."""
    for life, (seen, scores) in enumerate(zip(lit, stored, strict=True)):
        pressed = FACES[life % len(FACES)]
        if seen and scores != [pressed]:
            return f"life {life + 1}: the lamp of {pressed} was lit; expected it stored once, found {scores}"
        if not seen and scores not in ([], [pressed]):
            return f"life {life + 1}: {pressed} was pressed; expected it stored at most once, found {scores}"
    return ""
