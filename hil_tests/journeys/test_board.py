"""What only the board itself shows: its states, and what it draws."""

import json
import os

import pytest

from fleet.provisioning.cable import BACK_WITHIN_S
from fleet.provisioning.raw_repl import RawRepl
from hil_tests.journey import Journey
from hil_tests.strategy import NoWay, State, Strategy

MEASURED_S = float(os.environ.get("RIG_MEASURED_S") or "10")
VERIFY_S = 120.0
MEASURE = """\
import gc, time
from firmware.verifying import KEY_BYTES, signed
gc.collect()
free, began = gc.mem_free(), time.ticks_us()
signed(b"\\xff" * KEY_BYTES, b"\\x7f" * KEY_BYTES, bytes(32))
print([round(time.ticks_diff(time.ticks_us(), began) / 1000, 1), free])
"""
# A signature of RSA-3072, as an update has several.
MOST_MA = 500.0
# What a port of USB 2 gives.
pytestmark = pytest.mark.journey


@pytest.mark.by_default("cable")
@pytest.mark.needs("cable", "power", "counter")
def test_states_of_a_board(journey: Journey) -> None:
    """To the prompt, into rescue, off and back to work; its hello says each time what it is."""
    stand = journey.counter
    strategy = Strategy(stand.board, State.APP)
    strategy.go(State.REPL)
    with stand.board.cable() as cable:
        cable.open(BACK_WITHIN_S)
        repl = RawRepl(cable)
        repl.enter()
        journey.figures["verify_ms"], journey.figures["heap_free_at_prompt"] = json.loads(repl.run(MEASURE, VERIFY_S))
    if stand.board.kind != "serial" or journey.rig.target.name == "cable":
        with pytest.raises(NoWay, match="expected a way to bootloader, found none: it needs a loader"):
            strategy.go(State.BOOTLOADER)
    since_s = journey.rig.ear.now()
    strategy.go(State.RESCUE)
    device = journey.rig.device(stand)
    hello = journey.rig.ear.first(lambda one: one.device == device and one.name == "hello", since_s)
    assert hello.body["rescue"] is not None, hello
    strategy.go(State.OFF)
    since_s = journey.rig.ear.now()
    strategy.go(State.APP)
    journey.rig.ready(stand, since_s)


@pytest.mark.by_default()  # nothing flows where everything is simulated; the meter itself: hil_tests/test_targets.py
@pytest.mark.needs("meter", "counter")
def test_current_at_rest(journey: Journey) -> None:
    """What the board at the counter draws while nobody does anything."""
    assert journey.counter.meter is not None
    found = journey.counter.meter.current(MEASURED_S)
    journey.figures["rest_mean_ma"], journey.figures["rest_most_ma"] = found.mean_ma, found.most_ma
    assert 0 < found.mean_ma <= found.most_ma < MOST_MA, found
