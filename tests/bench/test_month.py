"""The month, shortened: two working days and the night between them, on shipping firmware in its own heap."""

import pytest

from protocols.improv import ERROR, STATE, frame
from tests.bench.month import CLIPS_OF_A_CALL, Month
from tests.compiled import compiled_beside

SLACK_BYTES = 1_024
FEW_VISITS, FEW_PAPERS = 30, 45
# What a ticket left behind would show: the smallest thing on a heap of this VM has 32 bytes.
UNTIL_THE_EVENING, UNTIL_THE_SECOND_NIGHT = 0.5, 1.75
# Days that begin at 06:00. The last hour of a night costs as much as any, and nobody presses in it.


@pytest.fixture
def folder(tmp_path):
    compiled_beside(tmp_path)
    return tmp_path


def test_frames_at_the_cable_are_no_traces_and_all_else_is(folder):
    month = Month(folder, ("keypad",))
    said = b"".join([b"\n" + frame(kind, bytes([what])) for kind in (STATE, ERROR) for what in range(256)])
    for line in [*said.splitlines(True), b""]:
        month._hear_cable(line)
    assert month.traces == []
    cut = frame(STATE, b"\x03")[:-2] + b"\n"
    for line in (b"MemoryError: \n", b"\n", b"oh " + frame(STATE, b"\x03"), b"", cut, b"", b"IMPROV\x01 is a head\n"):
        month._hear_cable(line)
    month._hear_cable(b"")
    assert month.traces == ["MemoryError:", "oh", cut.decode().strip(), "IMPROV\x01 is a head"]


def test_a_printer_prints_for_two_days_and_its_heap_is_as_free_as_before(folder):
    month = Month(folder, ("printer",), visits=FEW_PAPERS)
    month.live(UNTIL_THE_SECOND_NIGHT)
    assert month.missing() == 0, (month.kinds(), month.expected)
    assert month.boots == ["power", "config"] and not month.traces, month.traces
    first, second = month.free
    assert second > first - SLACK_BYTES


def test_a_keypad_and_a_reader_live_a_day_and_every_key_and_code_is_there(folder):
    month = Month(folder, ("keypad", "reader"), visits=FEW_VISITS)
    month.live(UNTIL_THE_EVENING)
    assert (month.missing(), len(month.boots) - 2, month.traces) == (0, 0, [])


def test_a_call_display_lives_a_day_and_every_clip_of_every_call_is_spoken(folder):
    month = Month(folder, ("display",), visits=FEW_VISITS)
    month.live(UNTIL_THE_EVENING)
    assert month.clips == FEW_VISITS * CLIPS_OF_A_CALL
    assert (month.missing(), len(month.boots) - 2, month.traces) == (0, 0, [])
