"""What is said of a wire that is missing, when a lamp, a key or a serial line stays without an echo."""

from types import SimpleNamespace
from typing import Any

from hil_tests.drivers.actor import wires_of
from hil_tests.drivers.actor_link import ActorRefused
from hil_tests.lines_heard import LinesHeard
from hil_tests.wires_checked import SKIPPED, WRONG, WireCheck

ROLES = ("keypad", "reader", "rating")


class Device:
    """A device at its prompt, none of whose wires leads anywhere."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def enter(self) -> None:
        self.ran.clear()

    def run(self, script: str) -> bytes:
        self.ran.append(script)
        probed = b'{"hw": "e6614c31", "machine": "Raspberry Pi Pico W with RP2040 rp2", "frozen": false}'
        return probed if "unique_id" in script else b""

    def leave(self, reset: str) -> None:
        self.ran.append(reset)


def no_meter(seconds: float) -> None:
    raise ActorRefused("meter: expected an INA219, found none")


def test_every_wire_that_is_missing_is_named_with_what_may_be_wrong() -> None:
    counts = iter(range(100))
    asked: list[Any] = []

    def ask(verb: str, *words: object) -> list[str]:
        asked.append((verb, *words))
        return [str(next(counts) if words == ("scanner",) else 0)]

    wires = wires_of(ROLES)
    actor: Any = SimpleNamespace(
        wires=wires,
        seen=LinesHeard("actor"),
        link=SimpleNamespace(ask=ask),
        lamps=dict,
        current=no_meter,
        has_power_switch=False,
    )
    device: Any = Device()
    verdicts = {one.line or one.wire: one for one in WireCheck(actor, device, look_s=0).run()}
    assert {one.line for one in verdicts.values() if one.result == WRONG} == set(wires) - {"display"}
    assert "sees no light" in verdicts["lamp_ok"].found and "feels no press" in verdicts["key_next"].found
    assert "tx of the actor to rx of the device" in verdicts["scanner"].found
    assert {name for name, one in verdicts.items() if one.result == SKIPPED} == {"display", "meter", "relay"}
    assert ("press", "hand2", 60) in asked and device.ran[-1].endswith("machine.reset()\n")
    assert "firmware.hardware.rp2 import Board" in device.ran[1] and "board = Board('pico_w')" in device.ran[1]
