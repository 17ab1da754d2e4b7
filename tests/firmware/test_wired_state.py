"""What the roles ask to be told of a state: parts that there are, read as the contract says."""

import importlib
import re
from pathlib import Path

import pytest

from protocols.state import State

WIRING = Path(__file__).parents[2] / "firmware" / "wiring"
ASKED = re.compile(r'on_state\.append\(\("(\w+)", "(\[?)([\w.]*)\]?", ')
FOUND = [(path.stem, *found) for path in sorted(WIRING.glob("*.py")) for found in ASKED.findall(path.read_text())]


def test_all_of_them_are_looked_at():
    lines = sum(path.read_text().count("on_state") for path in WIRING.glob("*.py"))
    assert len(FOUND) == lines >= 8


@pytest.mark.parametrize("role, part, listed, message", FOUND)
def test_a_part_is_read_as_the_contract_says(role, part, listed, message):
    module, _, kind = message.rpartition(".")
    spec = getattr(importlib.import_module("protocols." + module), kind) if kind else dict
    assert State.FIELDS[part] == ([spec] if listed else spec, None)
