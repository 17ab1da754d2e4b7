"""Rating buttons on a board with the shipping firmware: contacts as they are, and keys as they break."""

import asyncio
import random
import time
from contextlib import asynccontextmanager

import pytest

from firmware.roles.rating_buttons import LONGEST_HELD_MS
from tests.firmware.one_board import lit, office, settled, until, watched
from tests.firmware.simulated_fleet import config

PRESSES, WITHIN_MS = 100, 2_000
STUCK_SOON = "from firmware.drivers import keys\nkeys.STUCK_MS = 700"
DEAD_SOON = "from firmware import stuck_keys\nstuck_keys.DEAD_AFTER = 40"
HEALTH_SOON = "from firmware import watch\nwatch.ROUND_MS = 2_000"


@asynccontextmanager
async def buttons(directory, scale=5, sabotage=""):
    told = dict(config("rating"), scale=scale)
    async with office(directory, ("rating",), config=told, sabotage=sabotage) as (fleet, board, _):
        await settled(fleet, board)
        yield fleet, board


def train(chance, at, level):
    """A contact that goes to this level and bounces for up to ten milliseconds: [(level, when)]."""
    moments = sorted(chance.sample(range(1, 10), 2 * chance.randint(0, 3)))
    return [((level + place) % 2, at + after) for place, after in enumerate([0, *moments])]


@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(10**6)], ids=["same", "anew"])
def test_a_hundred_presses_in_two_seconds_on_bouncing_contacts(tmp_path, seed):
    print("seed", seed)
    chance = random.Random(seed)

    async def story():
        async with buttons(tmp_path, sabotage=HEALTH_SOON) as (fleet, board):
            began = time.monotonic_ns() // 1_000_000
            presses = [
                (began + number * WITHIN_MS // PRESSES, number % 5 + 1, chance.randint(31, 45))
                for number in range(PRESSES)
            ]
            trains = [(at, score, 0) for at, score, _ in presses]
            trains += [(at + held_ms, score, 1) for at, score, held_ms in presses]
            for at, score, level in sorted(trains):
                edges = train(chance, at, level)
                await asyncio.sleep((edges[-1][1] + 1) / 1000 - time.monotonic())
                await board.bounce(f"score_{score}", edges)
            await fleet.until(lambda: len(fleet.events("rating")) >= PRESSES, "every press")
            found = sorted((event["up"] - event["held_ms"], event["score"]) for event in fleet.events("rating"))
            assert [score for _, score in found] == [score for _, score, _ in presses]
            assert sorted(event["held_ms"] for event in fleet.events("rating")) == sorted(one[2] for one in presses)
            seen = "a health with every contact"
            await fleet.until(lambda: sum((fleet.said("health") or [{}])[-1].get("bounces", ())) == 2 * PRESSES, seen)
            bounces = fleet.said("health")[-1]["bounces"]
            assert sum(bounces[1:4]) > 0 and bounces[4:] == [0, 0], bounces
            assert not fleet.events("fault")

    asyncio.run(story())


def test_the_finger_is_felt_before_it_goes(tmp_path):
    async def story():
        async with buttons(tmp_path) as (fleet, board):
            async with watched(board) as seen:
                await board.level("score_4", 0)
                await lit(board, "lamp_armed")
                assert not board.levels.get("lamp_4") and not fleet.events("rating")
                await board.level("score_4", 1)
                await until(seen, lambda one: one.pin == "lamp_4" and one.level, "the lamp of the score")
                await until(seen, lambda one: one.pin == "lamp_armed" and not one.level, "the other lamp out")
            await fleet.until(lambda: fleet.events("rating"), "the rating")

    asyncio.run(story())


def test_a_stuck_key_is_told_once_and_its_release_too_and_the_others_count(tmp_path):
    async def story():
        async with buttons(tmp_path, sabotage=STUCK_SOON) as (fleet, board):
            await board.level("score_2", 0)
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            await fleet.until(lambda: fleet.events("rating"), "the press that it began with")
            assert (fleet.events("fault")[0]["part"], fleet.events("rating")[0]["held_ms"]) == (
                "key score_2",
                LONGEST_HELD_MS,
            )
            for score in (1, 3, 4, 5):
                await board.press(f"score_{score}", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 5, "the other keys")
            await board.level("score_2", 1)
            await fleet.until(lambda: fleet.events("selftest"), "that it came up")
            (free,) = fleet.events("selftest")
            assert (free["part"], free["result"], len(fleet.events("fault"))) == ("key score_2", "pass", 1)
            await board.press("score_2", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 6, "the key counts again")
            assert [event["score"] for event in fleet.events("rating")] == [2, 1, 3, 4, 5, 2]

    asyncio.run(story())


def test_a_key_that_nobody_ever_presses_is_told_over_boots(tmp_path):
    async def story():
        async with buttons(tmp_path, scale=3, sabotage=DEAD_SOON) as (fleet, board):
            for rounds in (1, 2):
                for number in range(20):
                    await board.press(f"score_{1 + 2 * (number % 2)}", held_ms=45)
                    await asyncio.sleep(0.025)
                await fleet.until(lambda rounds=rounds: len(fleet.events("rating")) == 20 * rounds, "twenty presses")
                if rounds == 1:
                    assert not fleet.events("fault")
                    await board.unplug()
                    await board.plug_in_again()
                    await board.ready()
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            (fault,) = fleet.events("fault")
            assert fault["part"] == "key score_2" and "not one of the last 40 presses" in fault["reason"]

    asyncio.run(story())


@pytest.mark.parametrize("scale", [3, 4])
def test_there_are_as_many_keys_as_levels(tmp_path, scale):
    async def story():
        async with buttons(tmp_path, scale) as (fleet, board):
            await board.press("score_5", held_ms=45)
            for score in range(scale, 0, -1):
                await board.press(f"score_{score}", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == scale, f"{scale} ratings")
            assert [(one["score"], one["scale"]) for one in fleet.events("rating")] == [
                (score, scale) for score in range(scale, 0, -1)
            ]
            fleet.config = dict(config("rating"), version=2, scale=5)
            fleet.say("b-1", "config", fleet.config)
            await fleet.until(lambda: len(fleet.events("boot")) == 3, "a start with five levels")
            await board.ready()
            await board.press("score_5", held_ms=45)
            await fleet.until(lambda: fleet.events("rating")[-1]["score"] == 5, "the fifth level")

    asyncio.run(story())
