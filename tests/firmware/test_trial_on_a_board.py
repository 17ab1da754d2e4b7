"""A board that a configuration makes dark comes back by itself: the shipping firmware, a real broker."""

import asyncio

from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import config, now_ms


def hello(fleet):
    return fleet.said("hello")[-1]


async def dark(fleet, board):
    """The new configuration starts, and the fleet welcomes nobody: as if the network were gone with it."""
    boot = hello(fleet)["boot"]
    fleet.welcomes = False
    fleet.config = dict(config("reader", version=2), confirm_within_s=6)
    fleet.say("b-1", "config", fleet.config, retain=True)
    await fleet.until(lambda: hello(fleet)["config"] == 2 and hello(fleet)["roles"] == ["reader"], "the new roles")
    await fleet.until(lambda: hello(fleet)["config"] == 1, "the old configuration, by itself")
    assert hello(fleet)["reverted"] == {"version": 2, "reason": "not welcomed in time"}
    assert (hello(fleet)["roles"], hello(fleet)["reset"], hello(fleet)["boot"]) == (["rating"], "reverted", boot + 2)


async def story(fleet, board):
    """Dark, back, told again in vain, and another one that it lives with."""
    await settled(fleet, board)
    await dark(fleet, board)
    fleet.welcomes, fleet.config = True, None
    hellos = len(fleet.said("hello"))
    await board.unplug()
    await board.plug_in_again()
    await fleet.until(lambda: len(fleet.said("hello")) > hellos, "a hello after the power cut")
    assert hello(fleet)["reverted"]["version"] == 2, "it says so until another one came"
    await board.ready()
    await board.press("score_4", held_ms=45)
    await fleet.until(lambda: fleet.events("rating"), "a rating, although the broker keeps what it gave up")
    assert hello(fleet)["config"] == 1

    fleet.say("b-1", "config", dict(config("rating", version=3), hotline="1900"), retain=True)
    await fleet.until(lambda: hello(fleet)["config"] == 3 and "reverted" not in hello(fleet), "hello, with the third")
    fleet.say("b-1", "command", {"id": "shot-1", "verb": "snapshot", "not_after": now_ms() + 30_000})
    await fleet.until(lambda: fleet.said("reply"), "a snapshot")
    result = fleet.said("reply")[-1]["result"]
    assert result["config"] == 3 and "trial" not in result, "a welcome has confirmed it, without a new start"


def test_a_configuration_that_makes_a_device_dark_is_given_up_by_itself(tmp_path):
    async def whole():
        async with office(tmp_path, ("rating",)) as (fleet, board, _):
            await story(fleet, board)

    asyncio.run(whole())
