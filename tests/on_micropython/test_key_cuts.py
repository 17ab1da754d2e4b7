"""A device is given other keys while power and net are cut: the shipping firmware on the VM's flash gets in again.

Here some pairs of cuts; all of them: `python -m tests.on_micropython.test_key_cuts`, which prints figures.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from fleet.laptop import firmware_tree
from tests.bench.figures import figure

SCRIPT = Path(__file__).with_name("key_cuts.py")
TORN = ["0", "25", "50", "75", "100", "bits"]
STORES = [("ring", 32), ("ring", 256), ("journal", 32), ("journal", 256)]
AT_MOST_S = 600


def cut(tree, store, unit, torn=TORN, pairs=0, lags=(0, 2), breakage=""):
    """What the VM says of it."""
    asked = {"store": store, "unit": unit, "torn": torn, "pairs": pairs, "lags": lags, "breakage": breakage}
    run = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=16m", SCRIPT, json.dumps(asked)],
        env=dict(os.environ, MICROPYPATH=f".frozen:{tree}:{firmware_tree.ROOT}"),
        capture_output=True,
        text=True,
        timeout=AT_MOST_S,
        check=False,
    )
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    assert lines, f"the VM ended with {run.returncode}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}"
    return json.loads(lines[-1])


@pytest.mark.parametrize("store, unit, torn", [("ring", 32, ["0", "50", "bits"]), ("journal", 256, ["bits"])])
def test_no_cut_leaves_a_device_that_can_not_connect(tree, store, unit, torn):
    done = cut(tree, store, unit, torn, pairs=29)
    assert not done["wrong"]
    assert done["messages"] >= 15 and done["operations"] >= 12
    assert done["runs"] > 2 * (done["messages"] + len(torn) * done["operations"])


@pytest.mark.parametrize("breakage", ["forgets_at_once", "never_tries_the_other"])
def test_a_device_that_keeps_one_key_only_is_found_out(tree, breakage):
    done = cut(tree, "ring", 32, ["0"], breakage=breakage)
    assert done["wrong"] and "refused 3 times" in done["wrong"][0][1]


def main() -> int:
    """All cuts and all pairs of them, as figures; 1 if anything is wrong."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = firmware_tree.build(Path(folder))
        for store, unit in STORES:
            done = cut(tree, store, unit, pairs=1, lags=(0, 1, 2))
            where = {"store": store, "program_bytes": unit, "operation": "keys"}
            figure("cut_points", done["runs"], "cuts", done["runs"], **where)
            figure("cut_points_bad", len(done["wrong"]), "cuts", done["runs"], **where)
            for which, why in done["wrong"]:
                print(f"{why}: {which}", file=sys.stderr)
            bad += len(done["wrong"])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
