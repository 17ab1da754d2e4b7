"""The actor's pins on a real chip, over a fake of it; hil_tests/test_actor.py has the rest of its code."""

import ast
import functools
import json

import pytest

from tests.boards.test_real_boards import HERE, on_the_vm

STORIES = [
    node.name
    for node in ast.parse((HERE / "actor_stories.py").read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]


@functools.cache
def results(tree):
    """What the VM says of each story."""
    run = on_the_vm(tree, "pico_w", HERE.parent / "on_micropython" / "run_tests.py", "tests.boards.actor_stories")
    told = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"t')]
    return {one["test"]: one["trace"] for one in told if "test" in one}, run.stdout + run.stderr


@pytest.mark.parametrize("story", STORIES)
def test_actor_on_a_pico(tree, story):
    traces, said = results(tree)
    assert story in traces, f"the VM did not come to {story}; it said:\n{said[-2000:]}"
    assert not traces[story], traces[story]
