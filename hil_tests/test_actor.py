"""The whole chain of a rig in small: a device and an actor, each MicroPython on a pseudo-terminal, wired pin to pin."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.laptop import flash_image
from fleet.laptop.boards import Boards
from fleet.laptop.packages import Packages
from fleet.laptop.paper import Paper
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port
from fleet.provisioning.raw_repl import RawRepl
from hil_tests import wire_scripts
from hil_tests.actor.scanner import MODE
from hil_tests.drivers.actor import Actor, wires_of
from hil_tests.drivers.actor_link import ActorGone, ActorRefused
from hil_tests.drivers.simulated_actor import SimulatedActor
from hil_tests.wires_checked import RIGHT, WRONG, WireCheck
from tests.compiled import compiled_beside
from tests.firmware.simulated_fleet import Broker, Fleet, config, lease
from tests.fleet.workers.house import Loop

ROLES = ("printer", "rating", "reader")
CODE = "H15.50.05.13-261008-0975"
LOOKS_ALL_THE_TIME = 2
SOON_S = 90.0


class Pair:
    """A device with its broker and a simulated fleet; an actor, and the host's hands by it."""

    def __init__(self, folder: Path, loop: Loop) -> None:
        self.loop = loop
        self.broker = Broker(folder)
        self.broker.start()
        compiled_beside(folder / "boards")
        self.boards = Boards(folder / "boards", "127.0.0.1", self.broker.devices_port)
        self.fleet: Any = loop.do(self._start())
        self.device = SerialBoard(self.boards, "b-1", "e6614c311b7e6f01")
        flash_image.create_image(self.device.image, "b-1", "pw", "127.0.0.1", self.broker.devices_port, 5)
        flash_image.write_files(self.device.image, dict(Packages().files("simulated", ROLES)))
        self.actor = SimulatedActor(self.boards)
        loop.do(self.device.plug_in_again())
        loop.do(self.actor.join(self.device, wires_of(ROLES)))
        self.hands = Actor(self.actor.cable(), ROLES, relay="nc high")
        loop.do(self.actor.draw())

    async def _start(self) -> Fleet:
        await self.boards.start()
        return Fleet(self.broker, config=config(*ROLES), state={"leases": [lease()]})

    def until(self, kind: str, count: int) -> list[dict[str, Any]]:
        """The events of this kind that the fleet has stored, once there are so many."""
        self.loop.do(self.fleet.until(lambda: len(self.fleet.events(kind)) >= count, f"{count} {kind}"))
        found: list[dict[str, Any]] = self.fleet.events(kind)
        return found

    def close(self) -> None:
        self.hands.link.close()
        self.loop.do(self.actor.close())
        self.loop.do(self.device.unplug())
        self.loop.do(self.boards.stop())
        self.fleet.stop()
        self.broker.kill()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    loop = Loop()
    one = Pair(tmp_path_factory.mktemp("rig"), loop)
    try:
        one.hands.seen.expect("lamp_ready on", 0)
        yield one
    finally:
        one.close()
        loop.stop()


def test_a_press_of_the_actor_lights_the_lamp_and_becomes_an_event(pair: Pair) -> None:
    seen, before = pair.hands.seen.place, len(pair.fleet.events("rating"))
    pair.hands.press("score_4")
    pair.hands.seen.expect("^lamp_4 on", seen)
    pair.hands.seen.expect("^lamp_4 off", seen)
    assert [one["score"] for one in pair.until("rating", before + 1)[before:]] == [4]
    assert pair.hands.lamps()["lamp_ready"] and not pair.hands.lamps()["lamp_4"]


def test_a_ticket_comes_out_of_the_actors_printer(pair: Pair) -> None:
    pair.hands.paper()
    pair.hands.press("service_1")
    number = pair.until("printed", 1)[-1]["number"]
    pair.hands.lamps()  # what the actor noticed before it answered has come
    paper = Paper()
    paper.feed(pair.hands.paper())
    assert not paper.roll.slips[0].complaints and f"A{number:03d}" in paper.roll.slips[0].text


def test_a_code_is_read_by_a_scanner_that_the_firmware_has_set_up(pair: Pair) -> None:
    ends = time.monotonic() + SOON_S
    while (mode := mode_of(pair)) & 3 != LOOKS_ALL_THE_TIME:
        assert time.monotonic() < ends, f"expected mode {LOOKS_ALL_THE_TIME} of the scanner, found {mode:02x}"
    seen = pair.hands.seen.place
    pair.hands.scan(CODE)
    pair.hands.seen.expect("^lamp_ok on", seen)
    assert pair.until("scan", 1)[-1]["code"] == CODE


def mode_of(pair: Pair) -> int:
    """What the actor's scanner was told to do."""
    return int(dict(word.split("=") for word in pair.hands.link.ask("scanner"))[f"{MODE:02x}"], 16)


def test_the_actor_cuts_the_power_when_it_sees_the_lamp_and_the_press_is_not_lost(pair: Pair) -> None:
    before, boots = len(pair.fleet.events("rating")), len(pair.fleet.events("boot"))
    pair.hands.cut(for_ms=200, by="eye lamp_5 1")
    pair.hands.press("score_5")
    pair.until("boot", boots + 1)
    assert [one["score"] for one in pair.until("rating", before + 1)[before:]] == [5]
    (cut, at), (back, later) = [(one.words[0], one.at_ms) for one in pair.hands.cuts[-2:]]
    assert (cut, back) == ("cut", "back") and later - at >= 200
    assert pair.hands.current(0.2).most_ma >= 45


def test_a_key_that_a_dead_host_held_comes_up_by_itself(pair: Pair) -> None:
    before = len(pair.fleet.events("rating"))
    pair.hands.link.ask("silence", 300)
    pair.hands.hold("score_1")
    pair.hands.link.close()
    assert [one["score"] for one in pair.until("rating", before + 1)[before:]] == [1]
    pair.hands.link.open()
    pair.hands.link.ask("silence", 5000)
    with pytest.raises(ActorRefused, match=r"expected one that is wired .*, found none"):
        pair.hands.press("key_next")


def test_a_port_that_vanishes_is_told_and_works_again_when_it_is_back(pair: Pair) -> None:
    pair.loop.do(pair.actor.board.unplug())
    with pytest.raises(ActorGone, match="the board went away"):
        while True:  # the first words may still go into the air
            pair.hands.press("score_2")
    pair.loop.do(pair.actor.board.plug_in_again())
    pair.hands.open()
    seen = pair.hands.seen.place
    pair.hands.press("score_4")
    pair.hands.seen.expect("^lamp_4 on", seen)


def test_the_check_of_wires_names_both_ends_of_those_that_are_swapped(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_scripts, "TRIES", 1000)
    right = wires_of(ROLES)
    swapped = {"score_1": "score_2", "score_2": "score_1", "lamp_4": "lamp_fault", "lamp_fault": "lamp_4"}
    pair.loop.do(pair.actor.lay(pair.device, {line: right[swapped.get(line, line)] for line in right}))
    cable = Cable(Port(pair.device.port, "b-1"), find=lambda _: pair.device.port)
    cable.open()
    verdicts = list(WireCheck(pair.hands, RawRepl(cable), look_s=60).run())
    cable.close()
    assert {one.line: one.found.split(" ")[-1] for one in verdicts if one.result == WRONG} == swapped
    assert {one.line for one in verdicts if one.result == RIGHT} == {*right, ""} - set(swapped)
    assert [one.wire for one in verdicts if not one.line and one.result == RIGHT] == ["meter", "relay"]
