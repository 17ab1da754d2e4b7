"""The hardware files of real boards on the MicroPython VM, over fakes of their chips."""

import ast
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BOARDS = {"pico_w": "rp2", "pico_2_w": "rp2", "esp32": "esp32", "esp32_s3": "esp32", "esp32_c3": "esp32"}
STORIES = [
    node.name
    for node in ast.parse((HERE / "board_stories.py").read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


def on_the_vm(tree, board, script, *arguments, **environment):
    """Run a script of this folder on the VM, as this board."""
    layout = str(ROOT / "firmware" / "boards" / board / "modules")
    if BOARDS[board] == "esp32":
        layout = json.dumps({"events": 256 * 1024, "kept": 32 * 1024})
    environment = dict(
        os.environ,
        MICROPYPATH=f".frozen:{HERE / 'chips'}:{tree}:{ROOT}",
        MOTCUA_CHIP=BOARDS[board],
        MOTCUA_NAME=board,
        MOTCUA_LAYOUT=layout,
        **environment,
    )
    return subprocess.run(
        [sys.executable, "-m", "micropython_unix", "-X", "heapsize=16m", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=100,
        check=False,
    )


@functools.cache
def results(tree, board):
    """What the VM says of each story of this board."""
    run = on_the_vm(tree, board, HERE.parent / "on_micropython" / "run_tests.py", "tests.boards.board_stories")
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"t')]
    return {one["test"]: one["trace"] for one in told if "test" in one}, run.stdout + run.stderr


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("board", BOARDS)
def test_real_boards(tree, board, story):
    traces, said = results(tree, board)
    assert story in traces, f"the VM did not come to {story}; it said:\n{said[-2000:]}"
    assert not traces[story], traces[story]


WHOLE = [
    node.name
    for node in ast.parse((HERE / "whole_stories.py").read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@pytest.mark.parametrize("board", BOARDS)
def test_the_whole_firmware_runs_on_each_board(tree, board, tmp_path):
    script = HERE.parent / "on_micropython" / "run_tests.py"
    run = on_the_vm(tree, board, script, "tests.boards.whole_stories", MOTCUA_ROOT=str(tmp_path))
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{") and '"test"' in line]
    assert sorted(one["test"] for one in told) == sorted(WHOLE), run.stdout + run.stderr
    for one in told:
        assert not one["trace"], f"{one['test']}: {one['trace']} {run.stdout[-1500:]}"
