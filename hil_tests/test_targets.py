"""A target that is not there refuses clearly, and what every machine has leaves nothing out that it could do."""

import ast
import re
from pathlib import Path

import pytest

from hil_tests import targets
from hil_tests.conftest import EVERY_RUN
from hil_tests.stream import differences
from hil_tests.target import NEEDS, NotRun
from tests.fleet.workers.house import Loop

JOURNEYS = Path(__file__).with_name("journeys")
RIG = str(Path(__file__).with_name("simulated.toml"))
NOWHERE_HERE = {"torn"}
# Of what a journey may need, what the boards of every machine have not: no flash is torn there.


@pytest.mark.parametrize(
    ("name", "image", "told"),
    [
        ("simulator", None, "expected vm, cable, emulated, a serial port or a .toml, found 'simulator'"),
        (
            "emulated",
            None,
            "no image; get the Pico W's .uf2 at https://micropython.org/download/RPI_PICO_W/ and give it",
        ),
        (
            "emulated",
            Path("/nowhere/pico.uf2"),
            "/nowhere/pico.uf2: expected a .uf2 of MicroPython for the Pico W, found no",
        ),
        ("/dev/serial/by-id/none", None, "quay: expected a serial port at /dev/serial/by-id/none, found nothing there"),
        ("/nowhere/rig.toml", None, "/nowhere/rig.toml: expected a rig file, found none that can be read"),
    ],
)
def test_a_target_that_is_not_there_refuses(tmp_path: Path, name: str, image: Path | None, told: str) -> None:
    loop = Loop()
    try:
        with pytest.raises(NotRun, match=re.escape(told)):
            targets.opened(name, image, tmp_path, loop)
    finally:
        loop.stop()


def test_what_every_machine_has_does_all_that_journeys_need(tmp_path: Path) -> None:
    """vm, cable and the simulated rig leave out a torn flash alone; where a journey runs by default it can run."""
    loop = Loop()
    found = {name: targets.opened(name, None, tmp_path / Path(name).stem, loop) for name in ("vm", "cable", RIG)}
    try:
        has = {name: one.has() for name, one in found.items()}
        assert NEEDS.keys() - frozenset().union(*has.values()) == NOWHERE_HERE
        for default, needed in asked():
            there = {name for name in has if needed <= has[name]}
            assert there or needed & NOWHERE_HERE, f"expected a target for what needs {sorted(needed)}, found none"
            assert not default or default & there, f"expected {sorted(needed)} by default on one of {there}"
        (stand,) = found[RIG].stands
        stand.board.power(True)
        assert stand.meter is not None and 0 < stand.meter.current(0.2).mean_ma < 500
    finally:
        for one in found.values():
            one.close()
        loop.stop()


def asked() -> list[tuple[set[str], set[str]]]:
    """Of each journey: where it runs by default, and what it needs."""
    found = []
    for file in sorted(JOURNEYS.glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                marks = {one.func.attr: {ast.literal_eval(arg) for arg in one.args} for one in calls
                         if isinstance(one.func, ast.Attribute)}  # fmt: skip
                assert marks["needs"] <= NEEDS.keys(), f"{node.name}: expected needs of {set(NEEDS)}, found {marks}"
                found.append((marks.get("by_default", set(EVERY_RUN)), marks["needs"]))
    return found


def test_streams_differ_in_one_field_one_event_more_or_less() -> None:
    told = [{"kind": "rating", "score": 4, "scale": 5}, {"kind": "finish", "number": 1}]
    assert differences(told, told) == []
    assert differences(told, [{**told[0], "score": 5}, told[1]]) == ["event 1 (rating): score: expected 4, found 5"]
    assert differences(told, told[:1]) == ["event 2: expected {'kind': 'finish', 'number': 1}, found none"]
    assert differences(told[:1], told) == ["event 2: expected none, found {'kind': 'finish', 'number': 1}"]
    more = differences(told, [told[0], {**told[1], "late": True}])
    assert more == ["event 2 (finish): late: expected 'no such field', found True"]
