"""The tests of protocols and firmware once more, on the MicroPython VM, from the compiled tree that boards run."""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parent
ONLY_CPYTHON = {"pytest", "hypothesis", "asyncio", "subprocess", "paho", "fleet"}
IMPORTED = re.compile(r"^ *(?:from|import) (\w+)", re.MULTILINE)
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
# Every worker looks at every file: to parse each for this took a second of each worker (2026-11-23).


def shared():
    """(file, test) of all tests that need nothing but what both Pythons have."""
    for folder in ("protocols", "firmware", "actor"):
        for path in sorted((TESTS / folder).glob("test_*.py")):
            source = path.read_text()
            if ONLY_CPYTHON.isdisjoint(IMPORTED.findall(source)):
                for name in TEST.findall(source):
                    yield pytest.param(path, name, id=f"{path.stem}::{name}")


@functools.cache
def results(tree, path):
    """What the VM says of each test in this file."""
    module = f"tests.{path.parent.name}.{path.stem}"
    environment = dict(os.environ, MICROPYPATH=f".frozen:{tree}:{TESTS.parent}")
    run = subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=4m", HERE / "run_tests.py", module],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return {one["test"]: one["trace"] for one in told}, run.stdout + run.stderr


@pytest.mark.parametrize("path, name", list(shared()))
def test_on_micropython(tree, path, name):
    traces, said = results(tree, path)
    assert name in traces, f"the VM did not come to {name}; it said:\n{said[-2000:]}"
    assert not traces[name], traces[name]
