"""The soak itself: a sound fleet comes through, a spoilt one is caught, and the judge sees what is wrong."""

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.laptop.boards import Board, Boards
from tests.bench.real_people import Witness
from tests.bench.soak.soaking import Soak
from tests.bench.soak.told import told
from tests.bench.soak.truth import Truth, Wrong, judge_calls, judge_events, judge_visits, judge_waits
from tests.bench.soak.wish import Wish

ANYWHERE = random.SystemRandom().randrange(1_000_000)
FEW = ("receive-1", "receive-2", "link-1", "send", "serve")
# Each start of one takes a second or two of processor time.
SHORT = Wish(
    seconds=10, devices=30, boards=False, seed=ANYWHERE, pace_s=2.0, every_s=2.0, hastens=True, processes=FEW, enough=40
)
SPOILT = replace(SHORT, seconds=1, devices=10, every_s=1e9, enough=0, processes=("receive-1", "send"))
# Nothing befalls it but what its receiver does to itself.


@pytest.mark.journey
@pytest.mark.timeout(400)
def test_a_fleet_that_falls_and_gets_up_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    soak = asyncio.run(Soak(tmp_path, SHORT).live())
    assert not soak.wrong, told(soak)
    assert soak.evil.happened.total()
    assert sum(len(one.said) for one in soak.devices) > 30
    assert sum(one.asked for one in soak.clerks) >= len(soak.clerks)


@pytest.mark.journey
@pytest.mark.timeout(400)
def test_a_receipt_before_the_commit_is_caught(tmp_path: Path) -> None:
    soak = asyncio.run(Soak(tmp_path, replace(SPOILT, spoilt=True)).live())
    assert soak.wrong.lost, "the fleet said that it has what it has not"
    assert "make soak" in told(soak) and f"SEED={ANYWHERE}" in told(soak)


def test_a_printer_answers_all_questions_however_their_bytes_come(tmp_path: Path) -> None:
    witness = Witness(Board(Boards(tmp_path, "", 0), "tp-1", ("printer",)))
    assert witness.answer(b"A001\n\x10\x04\x04") == b"\x12"
    assert witness.answer(b"\x10\x04\x02\x10\x04\x03") == b"\x12\x12"
    assert [witness.answer(piece) for piece in (b"\n\x1d", b"r", b"\x01", b"\n")] == [b"", b"", b"\x00", b""]


CALL, TICKET = ("xa-00-ban-1", 1, 1, 4), ("xa-00-may-1", 1, 1, 9)
NUMBER = {"service": "ho-tich", "number": 7}
SAID = {CALL: {"kind": "call", "at": 9_000, **NUMBER}, TICKET: {"kind": "ticket", "at": 2_000, **NUMBER}}


def visit(**more: object) -> SimpleNamespace:
    row = {"id": "xa-00-ban-1/1/1/4", "office": "xa-00", "day": "1970-01-01", "outcome": "done", "wait_ms": 7_000}
    return SimpleNamespace(**{**row, **NUMBER, **more})


def test_the_judge_finds_nothing_wrong_with_what_is_right() -> None:
    wrong = Wrong()
    for judge in (judge_visits, judge_calls, judge_waits):
        judge(Truth(SAID, []), [visit()], wrong)
    assert not wrong, wrong.told()


def test_the_judge_sees_what_is_lost_doubled_or_strange() -> None:
    wrong, of = Wrong(), Truth(SAID, [])
    judge_events(of, [], [], wrong)
    judge_visits(of, [], wrong)
    assert len(wrong.lost) == 3
    judge_visits(of, [visit(), visit(id="srv-pages/1/1/3")], wrong)
    judge_calls(of, [visit(), visit(id="srv-pages/1/1/3")], wrong)
    assert len(wrong.doubled) == 2
    judge_waits(of, [visit(wait_ms=6_999)], wrong)
    assert len(wrong.strange) == 1
