"""A device is given another network while power and net are cut: it is never without one that leads home.

Here some ways to tear flash; all of them: `python -m tests.on_micropython.test_network_cuts`, which prints figures.
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

SCRIPT = Path(__file__).with_name("network_cuts.py")
TORN = ["0", "25", "50", "75", "100", "bits"]
STORES = [("ring", 32), ("ring", 256), ("journal", 32), ("journal", 256)]
AT_MOST_S = 600


def cut(tree, store, unit, torn, breakage=""):
    """What the VM says of it."""
    asked = {"store": store, "unit": unit, "torn": torn, "breakage": breakage}
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
def test_no_cut_leaves_a_device_without_a_way_home(tree, store, unit, torn):
    done = cut(tree, store, unit, torn)
    assert not done["wrong"]
    assert done["messages"] >= 4 and done["operations"] >= 12
    assert done["runs"] > 3 * 12 * len(torn)


@pytest.mark.parametrize(
    "breakage, why", [("forgets_the_old", "dark for ever"), ("counts_no_boots", "not done in 12 boots")]
)
def test_a_device_that_keeps_one_network_only_or_tries_for_ever_is_found_out(tree, breakage, why):
    done = cut(tree, "ring", 32, ["0"], breakage)
    assert why in str(done["wrong"])


def main() -> int:
    """All cuts, as figures; 1 if anything is wrong."""
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = firmware_tree.build(Path(folder))
        for store, unit in STORES:
            done = cut(tree, store, unit, TORN)
            where = {"store": store, "program_bytes": unit, "operation": "network"}
            figure("cut_points", done["runs"], "cuts", done["runs"], **where)
            figure("cut_points_bad", len(done["wrong"]), "cuts", done["runs"], **where)
            for which, why in done["wrong"]:
                print(f"{why}: {which}", file=sys.stderr)
            bad += len(done["wrong"])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
