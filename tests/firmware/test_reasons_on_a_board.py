"""The question after a low rating, on a board with the shipping firmware: two presses, two events, one rating."""

import asyncio
import time
from contextlib import asynccontextmanager

from tests.firmware.one_board import lit, office, settled, until, watched
from tests.firmware.simulated_fleet import config, now_ms

REASONS = ["long_wait", "attitude", "paperwork"]


@asynccontextmanager
async def buttons(directory, **rating):
    told = dict(config("rating"), rating={"reasons": REASONS, **rating})
    async with office(directory, ("rating",), config=told) as (fleet, board, _):
        await settled(fleet, board)
        yield fleet, board


def happened(fleet):
    return [(one["kind"], one.get("score") or one.get("reason")) for one in fleet.events() if one["kind"] != "boot"]


async def dark(board, for_s):
    """Wait until no lamp of a score has been on for so long."""
    async with asyncio.timeout(60):
        since = time.monotonic()
        while time.monotonic() - since < for_s:
            await asyncio.sleep(0.02)
            if any(board.levels.get(f"lamp_{score}") for score in range(1, 6)):
                since = time.monotonic()


async def asked(board, seen, score=1):
    """A press, its thanks, and then the lamps that ask."""
    del seen[:]
    await board.press(f"score_{score}", held_ms=45)
    await until(seen, lambda one: one.pin == f"lamp_{score}" and one.level, "the thanks")
    await until(seen, lambda one: one.pin == "lamp_3" and one.level, "the lamps that ask")


def test_a_second_press_is_the_reason_of_the_first(tmp_path):
    async def story():
        async with buttons(tmp_path, wait_s=30) as (fleet, board), watched(board) as seen:
            fleet.say_state("b-1", armed={"finish": "kp-1/3/7/124", "expires": now_ms() + 60_000})
            await lit(board, "lamp_armed")
            await asked(board, seen, score=2)
            assert not [one for one in seen if one.pin in ("lamp_4", "lamp_5") and one.level]
            await board.press("score_3", held_ms=45)
            await fleet.until(lambda: fleet.events("rating_reason"), "the reason")
            (rating,), (reason,) = fleet.events("rating"), fleet.events("rating_reason")
            assert (reason["reason"], reason["armed"]) == ("paperwork", "kp-1/3/7/124")
            assert reason["rating"].startswith("b-1/") and reason["rating"].endswith(f"/{rating['seq']}")
            await asyncio.sleep(0.1)
            await board.press("score_5", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 2, "a rating again")
            assert happened(fleet) == [("rating", 2), ("rating_reason", "paperwork"), ("rating", 5)]

    asyncio.run(story())


def test_nobody_answers_and_the_next_one_is_not_asked_for_the_last(tmp_path):
    async def story():
        async with buttons(tmp_path, wait_s=3) as (fleet, board), watched(board) as seen:
            await asked(board, seen)
            await until(seen, lambda one: one.pin == "lamp_1" and one.level, "a lamp that blinks")
            await dark(board, for_s=3)  # longer than a lamp that blinks
            fleet.config = dict(config("rating"), version=2, rating={"reasons": REASONS, "wait_s": 30})
            fleet.say("b-1", "config", fleet.config)
            await asyncio.sleep(0.5)
            await asked(board, seen)
            fleet.say_state("b-1", armed={"finish": "kp-1/3/7/125", "expires": now_ms() + 60_000})
            await lit(board, "lamp_armed")
            await board.press("score_2", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 3, "the rating of whoever came next")
            assert happened(fleet) == [("rating", 1), ("rating", 1), ("rating", 2)]
            assert fleet.events("rating")[-1]["armed"] == "kp-1/3/7/125"

    asyncio.run(story())


def test_a_hasty_press_is_no_reason_and_a_good_rating_is_not_asked(tmp_path):
    async def story():
        async with buttons(tmp_path, wait_s=30) as (fleet, board), watched(board) as seen:
            for _ in range(3):
                await board.press("score_1", held_ms=45)
                await asyncio.sleep(0.1)
            await fleet.until(lambda: len(fleet.events("rating")) == 3, "three presses of one button")
            await until(seen, lambda one: one.pin == "lamp_2" and one.level, "the lamps that ask")
            await board.press("score_4", held_ms=45)  # no reason lies on it
            await fleet.until(lambda: len(fleet.events("rating")) == 4, "a press of a button without a reason")
            await asyncio.sleep(2)
            await board.press("score_1", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 5, "a press after a good rating")
            assert happened(fleet) == [("rating", 1)] * 3 + [("rating", 4), ("rating", 1)]
            assert not fleet.events("fault")

    asyncio.run(story())


def test_two_fingers_at_once_are_two_reasons_and_no_rating(tmp_path):
    async def story():
        async with buttons(tmp_path, wait_s=30) as (fleet, board), watched(board) as seen:
            await asked(board, seen)
            await board.level("score_1", 0)
            await board.level("score_2", 0)
            await lit(board, "lamp_armed")
            await asyncio.sleep(0.1)
            await board.level("score_1", 1)
            await board.level("score_2", 1)
            await fleet.until(lambda: len(fleet.events("rating_reason")) == 2, "both")
            assert happened(fleet) == [("rating", 1), ("rating_reason", "long_wait"), ("rating_reason", "attitude")]

    asyncio.run(story())


def test_a_board_on_a_battery_sleeps_once_it_was_answered_and_not_before(tmp_path):
    async def story():
        told = dict(config("rating"), sleep_after_s=3, rating={"reasons": REASONS, "wait_s": 30})
        async with office(tmp_path, ("rating",), config=told) as (fleet, board, _), watched(board) as seen:
            await settled(fleet, board)
            await asked(board, seen)
            await asyncio.sleep(3.5)  # longer than it stays awake for nothing
            boots = len(fleet.events("boot"))
            await board.press("score_2", held_ms=45)
            await fleet.until(lambda: fleet.events("rating_reason"), "the reason")
            assert (fleet.events("rating_reason")[0]["reason"], len(fleet.events("boot"))) == ("attitude", boots)
            await board.asleep(20)

    asyncio.run(story())
