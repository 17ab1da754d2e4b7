"""Rating buttons on a battery: they sleep, a key wakes them, and no press is lost. Shipping firmware, real broker."""

import asyncio

from tests.firmware.one_board import office, settled, until, watched
from tests.firmware.simulated_fleet import config

SLEEPY = dict(config("rating"), sleep_after_s=3)


def story(tmp_path, play, **options):
    async def whole():
        async with office(tmp_path, ("rating",), **{"config": SLEEPY, **options}) as (fleet, board, broker):
            await settled(fleet, board)
            await play(fleet, board, broker)

    asyncio.run(whole())


def last_alive(fleet):
    return fleet.said("alive")[-1]


async def wake(board, fleet, score):
    """Press a key of a board that sleeps; its boot is another one."""
    hellos = len(fleet.said("hello"))
    await board.press(f"score_{score}", held_ms=45)
    await fleet.until(lambda: len(fleet.said("hello")) > hellos, "a hello of the woken board")


def test_a_press_wakes_it_is_kept_and_it_sleeps_again(tmp_path):
    async def play(fleet, board, _broker):
        await board.asleep(60)
        await fleet.until(lambda: last_alive(fleet).get("state") == "sleeping", "word of the sleep")
        assert not last_alive(fleet).get("gone") and last_alive(fleet)["wakes"] > 0
        await wake(board, fleet, 4)
        assert fleet.said("hello")[-1]["reset"] == "sleep"
        await fleet.until(lambda: fleet.events("rating"), "the press that woke it")
        await board.asleep(60)
        await wake(board, fleet, 2)
        await fleet.until(lambda: len(fleet.events("rating")) == 2, "the second press")
        assert [(one["score"], one.get("held_ms"), one["up"]) for one in fleet.events("rating")] == [
            (4, None, 0),
            (2, None, 0),
        ]
        assert not fleet.events("fault")
        assert not [one for one in fleet.said("alive") if one.get("gone")]

    story(tmp_path, play)


def test_its_lamp_thanks_at_once_and_presses_while_it_is_awake_count_too(tmp_path):
    async def play(fleet, board, _broker):
        await board.asleep(60)
        async with watched(board) as seen:
            await board.press("score_5", held_ms=45)
            await until(seen, lambda one: one.pin == "lamp_5" and one.level, "the lamp of the key that woke it")
            await board.press("score_1", held_ms=45)  # it stays awake for three seconds
        await fleet.until(lambda: len(fleet.events("rating")) == 2, "both presses")
        assert [one["score"] for one in fleet.events("rating")] == [5, 1]
        assert [one.get("held_ms") is None for one in fleet.events("rating")] == [True, False]

    story(tmp_path, play)


def test_what_was_pressed_while_nobody_took_it_comes_when_somebody_does(tmp_path):
    async def play(fleet, board, broker):
        await board.asleep(60)
        broker.kill()
        async with watched(board) as seen:
            await board.press("score_3", held_ms=45)
            await until(seen, lambda one: one.pin == "lamp_3" and one.level, "the lamp of the key")
        broker.start()
        await fleet.until(lambda: fleet.events("rating"), "the press", 90)
        await board.asleep(90)

    story(tmp_path, play)


def test_a_board_with_another_role_stays_awake_and_says_so(tmp_path):
    async def play(fleet, board, _broker):
        await fleet.until(lambda: fleet.events("fault"), "a fault")
        (fault,) = fleet.events("fault")
        assert (fault["part"], fault["reason"]) == (
            "sleep",
            "expected only rating buttons on a device that sleeps, found rating reader",
        )
        await board.press("score_1", held_ms=45)
        await fleet.until(lambda: fleet.events("rating"), "a press")

    story(tmp_path, play, config=dict(SLEEPY, roles=["rating", "reader"]))


def test_a_key_that_is_stuck_does_not_keep_it_awake(tmp_path):
    async def play(fleet, board, _broker):
        await board.level("score_1", 0)
        await fleet.until(lambda: fleet.events("rating"), "the key that is leaned on")
        await board.asleep(60)
        hellos = len(fleet.said("hello"))
        await wake(board, fleet, 2)
        assert len(fleet.said("hello")) == hellos + 1
        await fleet.until(lambda: len(fleet.events("rating")) == 2, "the other key")
        assert [one["score"] for one in fleet.events("rating")] == [1, 2]

    story(tmp_path, play)


def test_sleep_that_is_switched_on_and_off_later(tmp_path):
    async def play(fleet, board, _broker):
        fleet.config = dict(SLEEPY, version=2)
        fleet.say("b-1", "config", fleet.config, retain=True)
        await board.asleep(60)
        fleet.config = dict(config("rating"), version=3)
        fleet.say("b-1", "config", fleet.config, retain=True)  # the broker keeps the last one only
        boots = len(fleet.events("boot"))
        await wake(board, fleet, 3)
        await fleet.until(lambda: len(fleet.events("boot")) >= boots + 2, "a boot with the new configuration")
        assert [one["reason"] for one in fleet.events("boot")][-2:] == ["sleep", "config"]
        await board.press("score_1", held_ms=45)
        await fleet.until(lambda: len(fleet.events("rating")) == 2, "a press of the board that stays awake")
        assert fleet.events("rating")[-1].get("held_ms") is not None and not fleet.events("fault")

    story(tmp_path, play, config=config("rating"))
