"""A device looks at a configuration before it takes it, and tells what it did not take: on the VM, with a broker."""

import asyncio
import json
import sys

from firmware.configuration import told
from fleet.laptop import flash_image
from protocols.state import Config
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import config

BAD = dict(config("rating", version=2), scale=9)
WHY = {
    "version": 2,
    "key": "scale",
    "problem": "out_of_range",
    "expected": "a whole number from 2 to 5",
    "found": "9",
}


def told_last(fleet):
    """What the last health says of a refused configuration."""
    return fleet.said("health")[-1].get("refused") if fleet.said("health") else None


def test_one_bad_value_refuses_the_whole_and_keeps_the_old(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            fleet.say("b-1", "config", dict(BAD, roles=["reader"]), retain=True)
            await fleet.until(lambda: told_last(fleet), "a health that tells of it", within_s=30)
            assert told_last(fleet) == WHY
            await fleet.until(lambda: fleet.events("fault"), "an event")
            (fault,) = fleet.events("fault")
            assert fault["part"] == "config_refused"
            assert fault["reason"] == (
                "configuration 2, scale, out of range: expected a whole number from 2 to 5, found 9"
            )
            await board.press("score_4", held_ms=45)
            await fleet.until(lambda: fleet.events("rating"), "a rating: its role is the old one")

            await board.unplug()
            hellos = len(fleet.said("hello"))
            fleet.config = None
            await board.plug_in_again()
            await fleet.until(lambda: len(fleet.said("hello")) > hellos, "a hello after the boot")
            assert (fleet.said("hello")[-1]["roles"], fleet.said("hello")[-1]["config"]) == (["rating"], 1)

            fleet.say("b-1", "config", config("rating", version=3), retain=True)
            await fleet.until(lambda: fleet.said("health") and not told_last(fleet), "a health without a refusal")

    asyncio.run(story())


def test_a_configuration_that_waits_for_a_new_device_costs_it_no_epoch(tmp_path):
    """The broker keeps what staff decided before the device was ever there; a new start must not lose its welcome."""

    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, broker):
            await settled(fleet, board)
            await board.unplug()
            board.image.unlink()
            flash_image.create_image(board.image, "b-1", "pw", "127.0.0.1", broker.devices_port, 5)
            fleet.say("b-1", "config", fleet.config, retain=True)
            fleet.heard.clear()
            await board.plug_in_again()
            await fleet.until(lambda: fleet.said("hello") and fleet.said("hello")[-1]["roles"], "a boot with roles")
            assert [hello.get("epoch") for hello in fleet.said("hello")] == [None, fleet.epoch]

    asyncio.run(story())


def test_health_comes_as_soon_as_the_fleet_has_welcomed_the_device(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await settled(fleet, board)
            boot = fleet.said("hello")[-1]["boot"]
            await fleet.until(lambda: fleet.said("health"), "a health", within_s=30)
            assert fleet.said("health")[-1]["up"] < 60_000 and boot == 2

    asyncio.run(story())


class Board:
    """No more of a board than this asks."""

    def clash(self, roles):
        return None


class Device:
    """A device that notes its faults."""

    def __init__(self):
        self.board = Board()
        self.config = None
        self.refused = None
        self.health_due = False
        self.faults = []

    def fault(self, part, reason):
        self.faults.append((part, reason))


def test_what_is_told_twice_makes_one_event():
    device = Device()
    assert told(device, json.dumps(BAD).encode()) is None and device.health_due
    device.health_due = False
    assert told(device, json.dumps(BAD).encode()) is None and not device.health_due
    assert len(device.faults) == 1 and device.refused == WHY
    assert isinstance(told(device, json.dumps(dict(BAD, scale=5)).encode()), Config)
    assert device.refused is None and device.health_due


def test_what_it_is_already_needs_no_rules(monkeypatch):
    device = Device()
    device.config = told(device, json.dumps(dict(BAD, scale=5)).encode())
    monkeypatch.setitem(sys.modules, "protocols.configuring", None)  # an import would fail
    assert told(device, device.config.to_bytes()) is device.config
