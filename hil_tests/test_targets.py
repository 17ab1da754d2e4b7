"""A target that is not there refuses clearly, and what every machine has leaves nothing out that it could do."""

import re
from pathlib import Path

import pytest

from hil_tests import targets
from hil_tests.stream import differences
from hil_tests.target import NEEDS, NotRun
from tests.fleet.workers.house import Loop

JOURNEYS = Path(__file__).with_name("journeys")
NOWHERE_HERE = {"meter"}
# Of what a journey may need, the only thing that no simulated board has: nothing flows there.


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
    """`make test` runs on vm and cable: together they leave out what needs a meter, and nothing else."""
    loop = Loop()
    found = [targets.opened(name, None, tmp_path / name, loop) for name in ("vm", "cable")]
    try:
        assert NEEDS.keys() - frozenset().union(*(one.has() for one in found)) == NOWHERE_HERE
        for needed in asked():
            there = [one.name for one in found if needed <= one.has()]
            assert there or needed & NOWHERE_HERE, f"expected a target for what needs {sorted(needed)}, found none"
    finally:
        for one in found:
            one.close()
        loop.stop()


def asked() -> list[set[str]]:
    """What each journey needs."""
    marks = re.findall(r"mark\.needs\(([^)]*)\)", "".join(file.read_text() for file in JOURNEYS.glob("test_*.py")))
    found = [set(re.findall(r'"([a-z_-]+)"', mark)) for mark in marks]
    assert len(found) >= 10 and all(one <= NEEDS.keys() for one in found), found
    return found


def test_streams_differ_in_one_field_one_event_more_or_less() -> None:
    told = [{"kind": "rating", "score": 4, "scale": 5}, {"kind": "finish", "number": 1}]
    assert differences(told, told) == []
    assert differences(told, [{**told[0], "score": 5}, told[1]]) == ["event 1 (rating): score: expected 4, found 5"]
    assert differences(told, told[:1]) == ["event 2: expected {'kind': 'finish', 'number': 1}, found none"]
    assert differences(told[:1], told) == ["event 2: expected none, found {'kind': 'finish', 'number': 1}"]
    more = differences(told, [told[0], {**told[1], "late": True}])
    assert more == ["event 2 (finish): late: expected 'no such field', found True"]
