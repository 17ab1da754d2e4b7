"""From a bare board at a cable to a device that the fleet has welcomed: how long it takes, and what is left behind.

Simulated boards and the whole fleet share this machine: it is the software's share, without Wi-Fi and slow flash.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.one_board import Result
from hil_tests.at_the_cable import SOON_S, Bench, a_bench
from tests.bench.figures import figure, percentile, progress

KEY, LOOK_S = "score_1", 0.05
BOARDS = int(os.environ.get("BENCH_BOARDS") or "8")


def enrol_boards() -> None:
    """Print the figures of boards that are all plugged in at the same moment."""
    with tempfile.TemporaryDirectory() as folder, a_bench(Path(folder), BOARDS) as bench:
        began_s = time.monotonic()
        boards = [bench.cables.board(f"b{number}", f"e6614c311b7e6f{number:02x}") for number in range(BOARDS)]
        for board in boards:
            bench.cables.plug_in(board)
        bench.means.test = True
        progress(f"{BOARDS} boards at once")
        results = bench.batch(lambda batch: len(batch.results) >= BOARDS and not batch.busy())
        seconds = [one.seconds for one in results if one.good]
        progress("a press on each")
        pressed_s = [press(bench, board, began_s, results) for board in boards]
        orphans = len(bench.orphans()) + len(bench.first_keys_left()) + BOARDS - len(bench.enrolled())
    figure("enrol_s", percentile(seconds, 0.5), "s", len(seconds), slowest=max(seconds), at_once=BOARDS)
    figure("enrol_press_s", percentile(pressed_s, 0.5), "s", len(pressed_s), slowest=max(pressed_s), at_once=BOARDS)
    figure("enrol_orphans", orphans, "credentials", BOARDS)


def press(bench: Bench, board: SerialBoard, began_s: float, results: list[Result]) -> float:
    """Press a key of this board once it reads its keys; the seconds from the first cable to the stored press."""
    device = next(one.device for one in results if one.hw == board.hw)
    until(lambda: KEY in board.keys)
    bench.house.loop.do(board.press(KEY))
    until(lambda: bench.presses(device) == 1)
    return round(time.monotonic() - began_s, 1)


def until(there: Callable[[], bool]) -> None:
    """Wait for that."""
    ends_s = time.monotonic() + SOON_S
    while not there():
        if time.monotonic() > ends_s:
            raise SystemExit(f"expected a stored press within {SOON_S:g} s")
        time.sleep(LOOK_S)
