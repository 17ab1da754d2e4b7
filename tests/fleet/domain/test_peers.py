"""Flags beside the others: rare where all are alike, sure where one is not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.dead_buttons import Leveled, dead_buttons
from fleet.domain.peers import LEAST, Flag, Signal, Tally, flags

ALIKE = [
    Tally(f"quay-{n}", finished=200, unarmed=10, rated=80, pressed=90, soon=1, counted=80, top=50) for n in (1, 2, 3)
]


def flagged(one: Tally) -> list[tuple[Signal, str, bool]]:
    return [(flag.signal, flag.who, flag.is_high) for flag in flags([*ALIKE, one])]


def test_where_all_are_alike_nothing_is_said() -> None:
    assert flags(ALIKE) == []


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (Tally("x", finished=200, unarmed=10, rated=80, pressed=90, soon=30, counted=80, top=50), (Signal.SOON, True)),
        (Tally("x", finished=200, unarmed=10, rated=80, pressed=90, next_called=12, counted=80, top=50),
         (Signal.NEXT_CALLED, True)),
        (Tally("x", finished=200, unarmed=10, rated=80, pressed=90, counted=80, top=79), (Signal.TOP, True)),
        (Tally("x", finished=200, unarmed=10, rated=20, pressed=90, counted=20, top=12), (Signal.RATED, False)),
        (Tally("x", finished=200, unarmed=10, rated=140, pressed=90, counted=140, top=80), (Signal.RATED, True)),
        (Tally("x", finished=120, unarmed=60, rated=48, pressed=50, counted=48, top=30), (Signal.ARMED, False)),
    ],
)  # fmt: skip
def test_what_stands_out_is_flagged_and_only_that(odd: Tally, expected: tuple[Signal, bool]) -> None:
    assert (expected[0], "x", expected[1]) in flagged(odd)
    assert {signal for signal, who, _ in flagged(odd) if who == "x"} == {expected[0]}


def test_few_residents_are_no_evidence() -> None:
    assert (
        flagged(Tally("x", finished=LEAST - 1, pressed=LEAST - 1, soon=LEAST - 1, counted=LEAST - 1, top=LEAST - 1))
        == []
    )
    assert flags([Tally("x", pressed=500, soon=400)]) == [], "nobody to compare with"
    assert flags([Tally("x", pressed=40, soon=1), Tally("y", pressed=40)]) == []


@given(st.permutations(ALIKE), st.integers(20, 90), st.integers(0, 20))
def test_the_order_plays_no_part(tallies: list[Tally], pressed: int, soon: int) -> None:
    odd = Tally("x", pressed=pressed, soon=soon)
    assert flags([*tallies, odd]) == flags([odd, *ALIKE])


def test_limits_hold_what_they_promise() -> None:
    """1,000 offices of five counters where nobody cheats: at most 1 in 1,000 shares is above its limit."""
    chance = random.Random(2)
    found: list[Flag] = []
    for _ in range(1_000):
        found += flags(
            Tally(f"q{n}", pressed=100, soon=sum(chance.random() < 0.05 for _ in range(100))) for n in range(5)
        )
    assert len(found) <= 10, "5 of 5,000, give or take; others vary, too"


def level(device: str, *scores: int, version: int = 1) -> list[Leveled]:
    return [Leveled(device, score, 3, version) for score in scores]


USUAL = (3, 3, 2, 1, 3) * 20


def test_a_dead_button_is_found_by_its_neighbours() -> None:
    (dead,) = dead_buttons([*level("nut-1", *USUAL), *level("nut-2", *((3, 3, 2, 3) * 12))])
    assert (dead.device, dead.score, dead.n) == ("nut-2", 1, 48)
    assert dead.expected == pytest.approx(48 * 20.5 / 101)
    assert dead.chance < 1e-3


def test_a_dead_button_is_found_by_its_own_past() -> None:
    (dead,) = dead_buttons(level("nut-1", *USUAL, *((3, 2) * 20)))
    assert (dead.score, dead.n) == (1, 41)


def test_a_level_that_is_pressed_again_is_alive() -> None:
    assert dead_buttons(level("nut-1", *USUAL, *((3, 2) * 20), 1)) == []


def test_of_few_presses_nothing_is_known_and_another_scale_is_another_device() -> None:
    assert dead_buttons(level("nut-1", *((3,) * 49))) == []
    assert dead_buttons([*level("nut-1", *USUAL), *level("nut-1", *((3, 2, 1) * 5), version=2)]) == []
    five = [Leveled("nut-5", score, 5, 1) for score in (5, 4, 3, 2, 1) * 30]
    assert dead_buttons([*five, *level("nut-2", *((3, 2) * 24))]) == []
