"""From a bare board to a device at work: many at once, and with the cable pulled at each step.

BENCH_BOARDS: how many boards at once. BENCH_CUTS: boards whose cable is pulled at each step alone, and then at so many
places of its way chosen by chance.
"""

import os
import random
import time
from collections.abc import Callable, Iterator

import pytest

from fleet.clock import now_ms
from fleet.flows.keep_selftest import keep_within
from fleet.flows.keep_selftest import tests_of as kept_tests
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning import one_board, waking
from fleet.provisioning.batch import Line
from fleet.provisioning.book_lines import ENROLLED
from hil_tests.at_the_cable import SOON_S, Bench, a_bench

BOARDS = int(os.environ.get("BENCH_BOARDS") or "2")
CUTS = int(os.environ.get("BENCH_CUTS") or "0")
STEPS = ("looking", "installing", "starting", "offering", "labelling", "keeping", "connecting")
CHATTER = b"ets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n\xff\xfe\x80"
LOOK_S = 0.05
pytestmark = pytest.mark.timeout(120 + 30 * (BOARDS + CUTS))
# Eight boards at once have been seen to need two minutes beside eight other programs.


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with a_bench(tmp_path_factory.mktemp("bench"), BOARDS + 1) as one:
        yield one


def until(what: str, look: Callable[[], object]) -> None:
    end = time.monotonic() + SOON_S
    while not look():
        assert time.monotonic() < end, f"expected within {SOON_S:g} s: {what}"
        time.sleep(LOOK_S)


def test_boards_that_are_plugged_in_become_devices_and_their_first_press_counts(bench: Bench) -> None:
    """Nobody presses a key at the bench; one of the boards has USB of its own, and each a boot that talks."""
    boards = [
        bench.cables.board(f"b{number}", f"e6614c311b7e6f{number:02x}", chatter=CHATTER, renames=number == 0)
        for number in range(BOARDS)
    ]
    steps: dict[str, list[str]] = {}

    def changed(line: Line) -> None:
        steps.setdefault(line.device, []).append(line.step)

    for board in boards:
        bench.cables.plug_in(board)
    bench.means.test = True
    results = bench.batch(lambda batch: len(batch.results) >= BOARDS and not batch.busy(), changed)
    assert [(one.outcome, one.why) for one in results] == [("enrolled", "")] * BOARDS
    devices = {one.hw: one.device for one in results}
    assert sorted(devices.values()) == bench.enrolled() and len(set(devices.values())) == BOARDS
    assert sorted(bench.claims_used().values()) == sorted(devices)
    for device in devices.values():
        told = [step for step in dict.fromkeys(steps[device]) if step not in ("looking", "again")]
        # Before these nobody knows which it will be; a board that is tried again is looked at by its name.
        assert told == [*STEPS[1:4], "testing", *STEPS[4:], "enrolled"]
    for one in results:
        tested = {part: result for part, result, _ in one.parts}
        assert {"flash", "memory", "chip", "broker"} <= {part for part, result in tested.items() if result == "pass"}
        assert tested["clock"] in ("pass", "skipped"), one.parts  # a computer that is busy tells the time too late
    for record in bench.book.records().values():
        with bench.house.store.writing() as connection:
            keep_within(connection, record["record"], record["proof"], "test", "lan", now_ms())
    assert all(len(kept_tests(bench.house.store, device, 9)) == 1 for device in devices.values())
    first = boards[0]
    until("it has its role, and reads its keys", lambda: "score_1" in first.keys)
    bench.house.loop.do(first.press("score_1"))
    until("its press is stored", lambda: bench.presses(devices[first.hw]) == 1)
    again = bench.one(first)
    assert (again.outcome, again.device) == ("already", devices[first.hw])
    assert bench.first_keys_left() == bench.orphans() == []
    for board in boards:
        bench.cables.pull(board)


def pulled_at(bench: Bench, board: SerialBoard, step: str) -> one_board.Result:
    """Work at it until that step has begun; there its cable comes out. Then it is plugged in again."""

    def report(now: str, note: str, share: float | None) -> None:
        if now == step and (share is None or share > 0) and board.device in bench.cables.plugged:
            bench.cables.pull(board)

    result = bench.one(board, report)
    if board.device not in bench.cables.plugged:
        bench.cables.plug_in(board)
    return result


def test_a_cable_pulled_at_each_step_still_makes_one_device(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (one_board, waking):
        monkeypatch.setattr(module, "BACK_WITHIN_S", 0.5)
    monkeypatch.setattr(one_board, "GREET_S", 0.3)
    monkeypatch.setattr(bench.means, "test", False)
    before = set(bench.enrolled())
    board = bench.cables.board("pulled", "00000000c0ffee00")
    bench.cables.plug_in(board)
    seen: set[str] = set()
    for step in STEPS:
        result = pulled_at(bench, board, step)
        assert result.outcome == "failed" and result.advice in ("gone", "network"), (step, result)
        seen.add(result.claim)
    assert len(seen - {""}) == 1, "it had the same claim each time"
    result = bench.one(board)
    assert result.good and {result.claim} == seen - {""}, result
    assert set(bench.enrolled()) - before == {result.device}
    assert bench.claims_used()[result.claim] == board.hw
    assert bench.first_keys_left() == bench.orphans() == []
    page = bench.book.page(board.hw)
    assert page is not None and page.step == ENROLLED
    bench.cables.pull(board)
    for number in range(CUTS):
        one_cut(bench, number)


def one_cut(bench: Bench, number: int) -> None:
    """A new board, whose cable is pulled once: at a step, or wherever chance says; every second one tests itself."""
    bench.means.test = number % 2 == 1
    bench.add_claims(1)
    board = bench.cables.board(f"cut{number}", f"{number:08x}c0ffee01")
    bench.cables.plug_in(board)
    left = random.Random(number).randrange(1, 120)

    def report(now: str, note: str, share: float | None) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            bench.cables.pull(board)

    if number < len(STEPS):
        pulled_at(bench, board, STEPS[number])
    else:
        bench.one(board, report)
        if board.device not in bench.cables.plugged:
            bench.cables.plug_in(board)
    result = bench.one(board)
    assert result.good and list(bench.claims_used().values()).count(board.hw) == 1, (number, result)
    assert bench.first_keys_left() == bench.orphans() == []
    bench.cables.pull(board)
