"""Bursts: what children do is found, what residents do is not, and the order of arrival plays no part."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.bursts import CHANCE, Pressed, bursts, occasions
from fleet.domain.rating_integrity import BURST, CONFIRM, RESTORE, Review, exclusions
from fleet.domain.satisfaction import QUIET_MS

MIN = 60_000
DAY = 8 * 60 * MIN


def press(ms: int, device: str = "nut-1") -> Pressed:
    return Pressed(f"{device}/1/1/{ms}", device, "quay-1", ms)


def some(*moments: int) -> list[Pressed]:
    return [press(ms) for ms in moments]


MOMENTS = st.lists(st.integers(0, DAY // 1000), min_size=0, max_size=80, unique=True).map(
    lambda seconds: some(*(s * 1000 for s in seconds))
)
CHILDREN = some(*(range(100 * MIN, 100 * MIN + 30_000, 3_000)))
QUIET_DAY = some(*range(0, DAY, 10 * MIN))


@given(MOMENTS, st.randoms())
def test_the_order_of_arrival_and_repetitions_play_no_part(presses: list[Pressed], chance: random.Random) -> None:
    found = bursts([*CHILDREN, *presses], DAY)
    shuffled = [*presses, *CHILDREN, *presses[:5]]
    chance.shuffle(shuffled)
    assert bursts(shuffled, DAY) == found


@given(MOMENTS)
def test_another_device_changes_nothing(presses: list[Pressed]) -> None:
    others = [press(one.pressed_ms, "nut-2") for one in CHILDREN]
    assert [one for one in bursts([*presses, *others], DAY) if one.device == "nut-1"] == bursts(presses, DAY)


@given(MOMENTS)
def test_bursts_never_overlap_and_each_is_unlikely(presses: list[Pressed]) -> None:
    found = bursts([*presses, *CHILDREN], DAY)
    held = [press for burst in found for press in burst.presses]
    assert len(held) == len(set(held))
    assert all(burst.chance < CHANCE and burst.from_ms <= burst.to_ms and len(burst.presses) >= 5 for burst in found)


def test_children_are_found_and_the_rest_of_the_day_is_not_theirs() -> None:
    (burst,) = bursts([*QUIET_DAY, *CHILDREN], DAY)
    assert {one.id for one in CHILDREN} <= set(burst.presses)
    assert burst.usual_per_minute == 0.1
    assert set(burst.presses) <= {one.id for one in CHILDREN} | {press(100 * MIN).id}


def test_a_resident_who_changes_her_mind_is_one_occasion() -> None:
    assert occasions([0, 1000, 2000, QUIET_MS, QUIET_MS + 1]) == [0, QUIET_MS + 1]
    assert bursts([*QUIET_DAY, *some(*range(5 * MIN, 5 * MIN + 4_000, 200))], DAY) == []


def test_a_family_of_four_is_no_burst_and_a_fifth_is() -> None:
    four = some(*(5 * MIN + n * 10_000 for n in range(4)))
    assert bursts(four, DAY) == []
    (burst,) = bursts([*four, press(5 * MIN + 40_000)], DAY)
    assert len(burst.presses) == 5


def test_a_busy_device_may_do_more_than_a_quiet_one() -> None:
    six = some(*(5 * MIN + n * 8_000 for n in range(6)))
    assert len(bursts(six, DAY)) == 1
    busy = some(*range(20 * MIN, DAY, MIN))
    assert bursts([*busy, *six], DAY) == []


def test_false_alarms_are_as_rare_as_they_are_told_to_be() -> None:
    """A Poisson process of 20 an hour over 400 days: as many windows as presses, each with a chance below 1e-4."""
    chance = random.Random(1)
    found = windows = 0
    for _ in range(400):
        presses, ms = [], 0.0
        while (ms := ms + chance.expovariate(20 / 3_600_000)) < DAY:
            presses.append(press(int(ms)))
        found += len(bursts(presses, DAY))
        windows += len(presses)
    assert windows > 60_000
    assert found <= 12, "6 would be expected at most; the test is discrete, so it is fewer"


def test_a_review_holds_for_the_whole_burst_and_the_last_one_counts() -> None:
    first = CHILDREN[0].id
    restored = Review("srv-pages/1/1/1", first, RESTORE, "lớp học đến thăm", "lan", 1000)
    confirmed = Review("srv-pages/1/1/2", CHILDREN[3].id, CONFIRM, "xem lại camera", "lan", 2000)
    elsewhere = Review("srv-pages/1/1/3", "nut-9/1/1/1", RESTORE, "nhầm", "lan", 3000)
    (found,) = exclusions(CHILDREN, DAY)
    assert (found.code, found.id, found.stands, found.review) == (BURST, first, True, None)
    for reviews, stands in (([restored], False), ([confirmed, restored], True), ([elsewhere], True)):
        (found,) = exclusions(CHILDREN, DAY, reviews)
        assert found.stands is stands
    earlier = press(CHILDREN[0].pressed_ms - 20_000)
    (longer,) = exclusions([earlier, *CHILDREN], DAY, [restored])
    assert (longer.id, longer.stands) == (earlier.id, False), "a press that came late makes it longer, not new"


def test_people_who_are_simulated_faster_than_life_are_no_burst() -> None:
    served = some(*range(0, MIN, 12_000))
    assert len(bursts(served, DAY)) == 1
    assert bursts(served, DAY, pace=30.0) == []
