"""What an outage costs residents grows with those who come and wait, and shrinks with every device that takes over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.device_problems import Trouble
from fleet.domain.impact import ALL, COST, Concerned, delayed_per_hour, disables

TROUBLES = st.sampled_from(list(Trouble))
ROLES = st.lists(st.sampled_from(sorted(ALL)), min_size=1, max_size=3, unique=True).map(tuple)
OTHERS = st.dictionaries(st.sampled_from(sorted(ALL)), st.integers(0, 5))
PEOPLE = st.integers(0, 300)


@given(TROUBLES, ROLES, OTHERS, PEOPLE, PEOPLE, st.integers(0, 50))
def test_more_residents_are_never_delayed_less(trouble, roles, others, coming, waiting, more) -> None:
    cost = delayed_per_hour(trouble, roles, Concerned(coming, waiting, others))
    assert cost <= delayed_per_hour(trouble, roles, Concerned(coming + more, waiting, others))
    assert cost <= delayed_per_hour(trouble, roles, Concerned(coming, waiting + more, others))


@given(TROUBLES, ROLES, OTHERS, PEOPLE, PEOPLE, st.sampled_from(sorted(ALL)))
def test_another_device_never_makes_it_worse(trouble, roles, others, coming, waiting, role) -> None:
    richer = {**others, role: others.get(role, 0) + 1}
    assert delayed_per_hour(trouble, roles, Concerned(coming, waiting, richer)) <= delayed_per_hour(
        trouble, roles, Concerned(coming, waiting, others)
    )


@given(TROUBLES, ROLES, OTHERS, PEOPLE, PEOPLE)
def test_nobody_is_delayed_twice(trouble, roles, others, coming, waiting) -> None:
    assert 0 <= delayed_per_hour(trouble, roles, Concerned(coming, waiting, others)) <= coming + waiting


@pytest.mark.parametrize(
    ("trouble", "roles", "whom", "delayed"),
    [
        (Trouble.PAPER_OUT, ("printer",), Concerned(12, 30), 12),  # who waits has a number
        (Trouble.LOST, ("keypad", "reader"), Concerned(12, 30), 42),
        (Trouble.LOST, ("printer",), Concerned(12, 0, {"printer": 1}), 1.5),
        (Trouble.LOST, ("rating",), Concerned(12, 30), 0),
        (Trouble.PAPER_LOW, ("printer",), Concerned(12, 30), 0),
    ],
)
def test_what_is_shown_can_be_worked_out_by_hand(trouble, roles, whom, delayed) -> None:
    assert delayed_per_hour(trouble, roles, whom) == pytest.approx(delayed)


def test_a_printer_without_paper_takes_over_for_nobody() -> None:
    assert disables(Trouble.PAPER_OUT, "printer")
    assert disables(Trouble.LOST, "keypad")
    assert not disables(Trouble.SCANNER, "keypad")
    assert not disables(Trouble.OLD_FIRMWARE, "printer")
    assert all(role in ALL for its in COST.values() for role in its)
