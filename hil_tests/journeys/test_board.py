"""What only the board itself shows: its states, and what it draws."""

import os

import pytest

from hil_tests.journey import Journey
from hil_tests.strategy import NoWay, State, Strategy

MEASURED_S = float(os.environ.get("RIG_MEASURED_S") or "10")
MOST_MA = 500.0
# What a port of USB 2 gives.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.mark.by_default("cable")
@pytest.mark.needs("cable", "power", "counter")
def test_states_of_a_board(journey: Journey) -> None:
    """To the prompt, into rescue, off and back to work; its hello says each time what it is."""
    stand = journey.counter
    strategy = Strategy(stand.board, State.APP)
    strategy.go(State.REPL)
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
    journey.figures["boot_to_hello_ms"] = round(1000 * (journey.rig.ready(stand, since_s) - since_s), 0)


@pytest.mark.by_default("vm")  # where it is told that there is none
@pytest.mark.needs("meter", "counter")
def test_current_at_rest(journey: Journey) -> None:
    """What the board at the counter draws while nobody does anything."""
    assert journey.counter.meter is not None
    found = journey.counter.meter.current(MEASURED_S)
    journey.figures["rest_mean_ma"], journey.figures["rest_most_ma"] = found.mean_ma, found.most_ma
    assert 0 < found.mean_ma <= found.most_ma < MOST_MA, found
