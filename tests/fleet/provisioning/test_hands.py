"""A person at the bench answers one question after another; readers get codes that other boards' printers printed."""

import threading
from collections.abc import Callable

import pytest

from fleet.provisioning.codes import Codes
from fleet.provisioning.hands import Hands, Question
from fleet.provisioning.ports import PortGone

LONG_S = 60.0


def nothing() -> None: ...


def gone() -> None:
    raise PortGone("its cable is out")


def in_a_thread(act: Callable[[], str]) -> Callable[[], str]:
    """Start it; what it gave, once it is over."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(act()), daemon=True)
    thread.start()

    def ended() -> str:
        thread.join(LONG_S)
        return found[0]

    return ended


def waiting(hands: Hands, count: int) -> list[Question]:
    while len(hands.waiting()) < count:
        threading.Event().wait(0.01)
    return hands.waiting()


def test_questions_wait_in_a_row_and_each_board_gets_its_own_answer() -> None:
    hands = Hands()
    first, second = (Question(f"/dev/ttyUSB{number}", f"nut-{number}", "lamps", "") for number in range(2))
    answers = []
    for count, question in enumerate((first, second), start=1):
        answers.append(in_a_thread(lambda question=question: hands.ask(question, LONG_S, nothing)))  # type: ignore[misc]
        assert waiting(hands, count)[-1] == question
    hands.answer(second, "fail")
    hands.answer(first, "pass")
    hands.answer(first, "fail")  # it waits no more
    assert [ended() for ended in answers] == ["pass", "fail"]
    assert hands.waiting() == []


def test_a_question_ends_with_its_time_or_with_its_cable() -> None:
    hands, question = Hands(), Question("x", "nut-1", "lamps", "")
    assert hands.ask(question, 0.0, nothing) == ""
    with pytest.raises(PortGone):
        hands.ask(question, LONG_S, gone)
    assert hands.waiting() == []


def test_a_reader_waits_for_a_code_only_while_a_printer_is_at_work() -> None:
    codes = Codes()
    assert codes.for_reader(LONG_S) == ""  # no printer is here
    codes.expect("aa")
    codes.expect("bb")
    codes.none("bb")
    read = in_a_thread(lambda: codes.for_reader(LONG_S))
    codes.printed("aa", "MCT-0A0A-77F0")
    assert read() == codes.for_reader(0.0) == "MCT-0A0A-77F0"
    codes = Codes()
    codes.expect("aa")
    with pytest.raises(PortGone):
        codes.for_reader(LONG_S, gone)
    codes.none("aa")
    assert codes.for_reader(LONG_S) == ""
