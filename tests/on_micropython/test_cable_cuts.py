"""Becoming a device at the cable, cut at every flash operation, on the VM."""

import json
import os
import subprocess
import sys

import pytest

from fleet.laptop.firmware_tree import ROOT


@pytest.mark.parametrize(("store", "unit"), [("journal", 256), ("ring", 32)])
def test_a_cut_leaves_the_board_bare_or_whole(store, unit):
    script = ROOT / "tests" / "on_micropython" / "cable_cuts.py"
    done = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=16m", str(script), store, str(unit)],
        env=dict(os.environ, MICROPYPATH=f".frozen:{ROOT}"),
        capture_output=True,
        check=False,
    )
    assert done.stdout, done.stderr.decode()
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["points"] == told["bare"] + told["whole"]
    assert told["bare"] > 20 and told["whole"] >= 1, told
