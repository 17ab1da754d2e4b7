"""A board with an application in a slot: it is chosen, tried, given back, and the factory's is always there."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.firmware.one_board import office, settled
from tests.firmware.slotted import image, put, slots_of

STANDS_STILL = "import time\n\ntime.sleep(600)"


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Images by their version, each made once."""
    made = {}

    def by_version(board, version, sabotage=""):
        if version not in made:
            made[version] = image(board._bench.tree, tmp_path_factory.mktemp("image"), version, sabotage)
        return made[version]

    return by_version


@asynccontextmanager
async def one_board(tmp_path):
    async with office(tmp_path, ("rating",)) as (fleet, board, _):
        await settled(fleet, board)
        yield fleet, board


def versions(fleet):
    return [event["firmware"] for event in fleet.events("boot")]


async def boots(fleet, board, *expected):
    """Give it power, until it has begun with these versions after those before."""
    count = len(versions(fleet))
    await board.plug_in_again()
    await fleet.until(lambda: len(versions(fleet)) >= count + len(expected), f"boots with {expected}")
    assert versions(fleet)[count:] == list(expected)


def test_an_image_is_tried_confirmed_and_followed_by_another(tmp_path, images):
    async def story():
        async with one_board(tmp_path) as (fleet, board):
            factory = versions(fleet)[0]
            await board.unplug()
            fleet.welcomes = False  # who is welcomed confirms by itself
            put(board, images(board, "0.8"), 8)
            await boots(fleet, board, "0.8")
            await board.press("score_4")
            await fleet.until(lambda: fleet.events("rating"), "a rating kept by the application in the slot")
            await board.unplug()
            with slots_of(board, "a") as slots:
                assert slots.trial == 8 and slots.record()["trial"]["boots"] == 1
                slots.confirm()
            put(board, images(board, "0.9"), 9, "a")
            for _ in range(3):
                await boots(fleet, board, "0.9")
                await board.unplug()
            await boots(fleet, board, "0.8")
            await board.unplug()
            with slots_of(board, "a") as slots:
                assert slots.returned == {"sequence": 9, "reason": "not confirmed in 3 boots"}
            spoil(board, 100)
            await boots(fleet, board, factory)
            assert "its bytes are not those that came" in board.log.read_text(errors="replace")

    asyncio.run(story())


def test_an_image_that_falls_or_stands_still_when_it_is_imported_costs_a_boot_or_none(tmp_path, images, monkeypatch):
    monkeypatch.setenv("MOTCUA_LENIENT", "1")

    async def story():
        async with one_board(tmp_path) as (fleet, board):
            factory = versions(fleet)[0]
            await board.unplug()
            put(board, images(board, "falls", "raise ValueError('no good')"), 8)
            await boots(fleet, board, factory)
            await board.unplug()
            with slots_of(board) as slots:
                assert slots.returned == {"sequence": 8, "reason": "ValueError: no good"}
            put(board, images(board, "stands", STANDS_STILL), 9)
            with slots_of(board) as slots:  # the last of its boots
                slots._put(slots.record(), trial=dict(slots.record()["trial"], boots=2))
            await boots(fleet, board, factory)
            assert fleet.events("boot")[-1]["reason"] == "watchdog"
            await board.unplug()
            with slots_of(board) as slots:
                assert slots.returned == {"sequence": 9, "reason": "not confirmed in 3 boots"}

    asyncio.run(story())


def spoil(board, at):
    """A bit of what runs has changed."""
    with slots_of(board) as slots:
        byte = bytearray(1)
        slots.region.readblocks(0, byte, at)
        byte[0] ^= byte[0] & -byte[0]
        slots.region.writeblocks(0, byte, at)
