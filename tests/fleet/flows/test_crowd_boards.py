"""What people saw at the boards of a crowd, against what a fleet has of it."""

from fleet.domain.crowd import Verdict
from fleet.flows.crowd_boards import arrived, judge_boards

BOARD = "crowd-board-0000"


def test_each_lamp_that_was_lit_is_a_press_that_is_stored() -> None:
    pressed, lit = {BOARD: {1: 2, 2: 1}}, {BOARD: {1: 1, 2: 1}}
    for one in (1, 2):
        stored, verdict = {BOARD: {1: one, 2: 1}}, Verdict()
        judge_boards(stored, pressed, lit, verdict)
        assert arrived(stored, lit) and verdict.is_clean, "a press whose lamp nobody saw may be there or not"


def test_a_press_too_few_is_lost_and_one_too_many_doubled() -> None:
    pressed, lit, verdict = {BOARD: {1: 2, 2: 1}}, {BOARD: {1: 2, 2: 1}}, Verdict()
    stored = {BOARD: {1: 1, 2: 2}}
    judge_boards(stored, pressed, lit, verdict)
    assert not arrived(stored, lit)
    assert (verdict.lost, verdict.doubled) == (1, 1)
