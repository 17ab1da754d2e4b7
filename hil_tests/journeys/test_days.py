"""A morning, and a long time. RIG_VISITORS: how many come. HIL_HOURS: how long the soak lasts; 0: a few deeds."""

import os
import random
import time
from contextlib import nullcontext

import pytest

from fleet.laptop.morning import Visitor, plan_morning
from fleet.laptop.office import OFFICE
from fleet.laptop.sample_dossiers import codes
from hil_tests.deeds import FACES, press, rate, scan, take_number
from hil_tests.journey import Journey

FEW = 2
VISITORS = int(os.environ.get("RIG_VISITORS") or FEW)
HOURS = float(os.environ.get("HIL_HOURS") or "0")
FEWEST = 3
SEED = 4
AWAY_S = 0.2
LEAST_HEAP = 0.9
pytestmark = pytest.mark.journey


@pytest.mark.by_default("vm")
@pytest.mark.needs("hands", "paper", "printer", "counter")
def test_morning(journey: Journey) -> None:
    """Residents of a made morning come one after the other; each is served, and some rate it."""
    people = plan_morning(OFFICE, codes(), SEED)[:VISITORS]
    for number, visitor in enumerate(people, 1):
        take_number(journey)
        journey.until_stored("ticket", number)
        serve(journey, visitor)
    rated = sum(one.score is not None for one in people if one.comes_at)
    journey.until("every visit is there", lambda: len(visits(journey)) >= VISITORS)
    assert len(journey.until_stored("rating", rated)) == rated
    if VISITORS == FEW:
        journey.same_as_elsewhere("ticket", "printed", "call", "recall", "no_show", "scan", "finish", "rating")


def serve(journey: Journey, visitor: Visitor) -> None:
    """Call them; who does not come is noted; the others hand in their papers, go, and perhaps press."""
    press(journey, "key_next", "lamp_serving on")
    if not visitor.comes_at:
        press(journey, "key_no_show", "lamp_serving off")
        return
    for code in visitor.dossiers:
        scan(journey, code)
    press(journey, "key_finish", "lamp_armed on")
    if visitor.score is not None:
        rate(journey, min(FACES, key=lambda face: abs(face - (visitor.score or 0))))


def visits(journey: Journey) -> list[tuple[object, ...]]:
    """Of the counter, since this journey began."""
    called = {f"{one.device}/{one.epoch}/{one.boot}/{one.seq}" for one in journey.events("call")}
    return [row for row in journey.office.rows("SELECT id FROM visits") if row[0] in called]


@pytest.mark.by_default("vm")
@pytest.mark.needs("hands", "counter")
def test_soak(journey: Journey) -> None:
    """Presses without end, while the way and the broker come and go: each is stored once, and the heap stays."""
    chance, pressed = random.Random(SEED), []
    ends_s = time.monotonic() + HOURS * 3600
    while len(pressed) < FEWEST or time.monotonic() < ends_s:
        switch = chance.choice([None, None, journey.office.way, journey.office.broker])
        pressed.append(chance.choice(FACES))
        with nullcontext() if switch is None else journey.without(switch):
            rate(journey, pressed[-1])
            time.sleep(AWAY_S)
    journey.until_stored("rating", len(pressed))
    assert [one.body["score"] for one in journey.events("rating")] == pressed
    assert not journey.events("fault"), journey.events("fault")
    heap_stays(journey)


def heap_stays(journey: Journey) -> None:
    """What is free at the end is most of what was free at the beginning; a few minutes say nothing."""
    device = journey.rig.device(journey.counter)
    free = [one.body["heap_free"] for one in journey.rig.ear.heard
            if one.name == "health" and one.device == device and one.at_s >= journey.began_s]  # fmt: skip
    if len(free) >= 12:
        first, last = min(free[:4]), min(free[-4:])
        assert last >= LEAST_HEAP * first, f"heap: expected about {first} bytes free at the end, found {last}"
