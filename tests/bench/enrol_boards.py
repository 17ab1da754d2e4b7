"""From a bare board at a cable to a device that the fleet has welcomed: how long it takes, and what is left behind.

Simulated boards and the whole fleet share this machine: it is the software's share, without Wi-Fi and slow flash.
"""

import os
import tempfile
from pathlib import Path

from hil_tests.at_the_cable import a_bench
from tests.bench.figures import figure, percentile, progress

BOARDS = int(os.environ.get("BENCH_BOARDS") or "8")


def enrol_boards() -> None:
    """Print the figures of boards that are all plugged in at the same moment."""
    with tempfile.TemporaryDirectory() as folder, a_bench(Path(folder), BOARDS) as bench:
        for number in range(BOARDS):
            bench.cables.plug_in(bench.cables.board(f"b{number}", f"e6614c311b7e6f{number:02x}"))
        bench.means.test = True
        progress(f"{BOARDS} boards at once")
        results = bench.batch(lambda batch: len(batch.results) >= BOARDS and not batch.busy())
        seconds = [one.seconds for one in results if one.good]
        orphans = len(bench.orphans()) + len(bench.first_keys_left()) + BOARDS - len(bench.enrolled())
    figure("enrol_s", percentile(seconds, 0.5), "s", len(seconds), slowest=max(seconds), at_once=BOARDS)
    figure("enrol_orphans", orphans, "credentials", BOARDS)
