"""A release in the other slot: a good one stays, a bad one returns by itself, and presses count under both."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from hil_tests.deeds import rate
from hil_tests.journey import Journey
from hil_tests.target import Stand
from tests.compiled import compiled
from tests.firmware.slotted import image, put, slots_of

GOOD, BAD = 801, 802
pytestmark = pytest.mark.journey


@pytest.mark.by_default("vm")
@pytest.mark.needs("hands", "power", "slots", "flash", "counter")
def test_update_and_bad_update(journey: Journey, tmp_path: Path) -> None:
    """The good one is welcomed and stays; the bad one falls when it starts, and the good one is back in that boot."""
    stand = journey.counter
    begins_with(journey, stand, image(compiled(), tmp_path, "rig-good"), GOOD, None)
    journey.until("the good one is told as what runs", lambda: runs(journey, stand) == "rig-good")
    journey.until_stored("update", 1)
    rate(journey, 5)
    begins_with(journey, stand, image(compiled(), tmp_path, "rig-bad", "raise ValueError('no good')"), BAD, "a")
    journey.until_stored("update", 2)
    rate(journey, 1)
    journey.until_stored("rating", 2)
    stand.board.power(False)
    with slots_of(flash_of(stand), "a") as slots:
        assert slots.returned == {"sequence": BAD, "reason": "ValueError: no good"} and slots.trial is None
    stand.board.power(True)
    journey.until("it runs the good one", lambda: len(journey.events("boot")) == 3)
    assert {one.body["firmware"] for one in journey.events("boot")} == {"rig-good"}
    journey.same_as_elsewhere("boot", "rating", "update")


def begins_with(journey: Journey, stand: Stand, data: bytes, sequence: int, running: str | None) -> None:
    """Put it into the other slot while the power is off, and wait until the fleet has welcomed what came of it."""
    boots = len(journey.events("boot"))
    stand.board.power(False)
    put(flash_of(stand), data, sequence, running)
    journey.say(f"{sequence} is in the slot")
    began_s = journey.rig.ear.now()
    stand.board.power(True)
    journey.rig.ready(stand, began_s)
    journey.until("its boot is stored", lambda: len(journey.events("boot")) > boots)


def runs(journey: Journey, stand: Stand) -> str:
    """Which version the fleet knows of."""
    device = journey.rig.device(stand)
    return str(journey.office.rows("SELECT firmware FROM devices WHERE id = :device", device=device)[0][0])


def flash_of(stand: Stand) -> SimpleNamespace:
    """The flash in hand."""
    return SimpleNamespace(image=stand.board.flash_file)  # type: ignore[attr-defined]
