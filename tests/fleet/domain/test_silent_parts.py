"""A silence is told when chance does not explain it, and seldom where nothing is broken."""

from random import Random

import pytest

from fleet.domain.silent_parts import CHANCE, LEAST_KNOWN, longest, silence


def visits(*heard: bool) -> list[tuple[int, bool]]:
    return [(1000 * at, one) for at, one in enumerate(heard)]


HALF = [True, False] * LEAST_KNOWN


def test_a_silent_part_is_found_and_says_since_when() -> None:
    found = silence(visits(*HALF, *[False] * 16))
    assert found is not None
    # The last of HALF was unheard, too.
    assert (found.n, found.since_ms) == (17, 1000 * (len(HALF) - 1))
    assert found.expected == pytest.approx(17 / 2, rel=0.02)
    assert found.chance < CHANCE


@pytest.mark.parametrize(
    "heard",
    [
        [*HALF, *[False] * 9],  # by chance once in a thousand
        [*HALF, *[False] * 30, True],  # heard again
        [False] * 500,  # never heard: nobody uses it there
        [True, False] * (LEAST_KNOWN // 2 - 1) + [False] * 100,  # too little is known
        [*HALF, *[False] * 20, *HALF, *[False] * 30],  # it was as silent before, and came back
        [],
    ],
)
def test_what_chance_or_habit_explains_is_not_told(heard: list[bool]) -> None:
    assert silence(visits(*heard)) is None


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
def test_false_alarms_are_as_rare_as_is_said(share: float) -> None:
    """At most one silence in 1 / CHANCE is told where nothing is broken; some are looked at, each at its longest."""
    chance, silences, told = Random(7), 0, 0
    for _ in range(12):
        heard = [chance.random() < share for _ in range(260)]
        for at in range(200, len(heard)):
            if heard[at] and not heard[at - 1]:
                silences += 1
                told += silence(visits(*heard[:at])) is not None
    assert silences > 50
    assert told == 0


def test_the_longest_silence() -> None:
    assert longest([True, False, False, True, False]) == 2
    assert longest([]) == 0
