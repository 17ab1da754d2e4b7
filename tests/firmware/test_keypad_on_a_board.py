"""The counter keypad on a board with the shipping firmware: keys that are held."""

import asyncio

from tests.firmware.one_board import office, settled, until, watched
from tests.firmware.simulated_fleet import now_ms

LONG_MS = 1_100
BETWEEN_S = 0.1
# A key that moves again at once has bounced.
SLOW_S = 5.0
# The board's clock is behind the fleet's by what a message was under way; and so long a machine may stand still.


async def calls(fleet, board, number):
    """The key next, and the fleet's answer."""
    wishes = len(fleet.said("want"))
    await board.press("key_next", held_ms=45)
    await fleet.until(lambda: len(fleet.said("want")) > wishes, "a wish")
    show = {"service": "a", "number": number, "label": f"A{number:03d}", "expires": now_ms() + 60_000}
    fleet.say_state("b-1", show=dict(show, want=fleet.said("want")[-1]["id"]))
    await fleet.until(lambda: len(fleet.events("call")) == number, "a call")


async def shows(seen, text):
    await until(seen, lambda one: one.uart == "display" and one.data == text.encode() + b"\r", f"{text!r} displayed")


def test_park_transfer_and_pause_with_held_keys_over_a_power_cut(tmp_path):
    async def story():
        async with office(tmp_path, ("keypad",)) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board) as seen:
                await calls(fleet, board, 1)
                await board.level("key_no_show", 0)  # held: the display says so before it is let go
                await shows(seen, "P  1")
                await until(seen, lambda one: one.pin == "lamp_serving" and one.level, "a blink")
                await board.level("key_no_show", 1)
                await calls(fleet, board, 2)
                await board.press("key_finish", held_ms=LONG_MS)
                await fleet.until(lambda: fleet.events("transfer"), "a resident sent on")
                await board.press("key_next", held_ms=LONG_MS)
                await shows(seen, "NGHI")
                wishes = len(fleet.said("want"))
            await board.unplug()
            await board.plug_in_again()
            async with watched(board) as seen:
                await board.ready()
                await board.press("key_no_show", held_ms=45)
                await shows(seen, "NGHI")
                await board.press("key_recall", held_ms=45)
                await shows(seen, "A001")
                await board.press("key_finish", held_ms=45)
                await fleet.until(lambda: fleet.events("finish"), "a finished visit")
            assert len(fleet.said("want")) == wishes
            done = [(one["kind"], one.get("number")) for one in fleet.events() if one["kind"] != "boot"]
            assert done == [
                ("call", 1),
                ("park", 1),
                ("call", 2),
                ("transfer", 2),
                ("pause", None),
                ("resume", 1),
                ("finish", 1),
            ]
            assert not fleet.events("fault")

    asyncio.run(story())


def reserve(said, *numbers, holds_ms=600_000):
    """A reserve as the fleet tells it."""
    lent = [{"service": "a", "number": number, "label": f"A{number:03d}"} for number in numbers]
    return {"id": said, "numbers": lent, "expires": now_ms() + holds_ms}


def confirmed(fleet):
    return [said["id"] for said in fleet.said("reserve")]


def test_a_keypad_that_is_cut_off_calls_from_its_reserve_and_tells_when_it_is_back(tmp_path):
    async def story():
        async with office(tmp_path, ("keypad",)) as (fleet, board, broker):
            await settled(fleet, board)
            async with watched(board) as seen:
                fleet.receipts = False
                await calls(fleet, board, 1)
                fleet.say_state("b-1", reserve=reserve(7, 4, 6, 9))
                await asyncio.sleep(BETWEEN_S)
                assert confirmed(fleet) == [], "the fleet has not said that the call is stored"
                fleet.receipts = True
                await board.press("key_finish", held_ms=45)
                await fleet.until(lambda: confirmed(fleet) == [7], "the reserve confirmed")
                broker.kill()
                for text in ("A004", "A006", "A009"):
                    await asyncio.sleep(BETWEEN_S)
                    await board.press("key_next", held_ms=45)
                    await shows(seen, text)
                    await board.press("key_finish", held_ms=45)
                await asyncio.sleep(BETWEEN_S)
                await board.press("key_next", held_ms=45)
                await shows(seen, "--")
                fleet.state = {"reserve": reserve(8)}
                broker.start()
                await fleet.until(lambda: confirmed(fleet)[-1] == 8, "the empty reserve confirmed")
                called = [(one["number"], one.get("reserve", False)) for one in fleet.events("call")]
                assert called == [(1, False), (4, True), (6, True), (9, True)], "all are stored before it confirms"
                fleet.say_state("b-1", reserve=reserve(9, 12))
                await fleet.until(lambda: confirmed(fleet)[-1] == 9, "the next reserve confirmed")
                await asyncio.sleep(BETWEEN_S)
                await board.press("key_next", held_ms=45)
                await fleet.until(lambda: fleet.said("want")[-1].get("reserve") == 9, "a wish that says what it holds")
                await shows(seen, "A012")  # the fleet is silent: after five seconds the reserve is called from
                await fleet.until(
                    lambda: len(fleet.events("call")) == 5 and confirmed(fleet)[-2:] == [9, 9], "its word"
                )
            assert not fleet.events("fault")

    asyncio.run(story())


def test_a_reserve_that_has_expired_or_was_held_before_a_start_is_called_from_no_more(tmp_path):
    async def story():
        async with office(tmp_path, ("keypad",)) as (fleet, board, broker):
            await settled(fleet, board)
            async with watched(board) as seen:
                lent = reserve(7, 4, 6, holds_ms=6_000)
                fleet.say_state("b-1", reserve=lent)
                await fleet.until(lambda: confirmed(fleet) == [7], "the reserve confirmed")
                broker.kill()
                await asyncio.sleep(BETWEEN_S)
                await board.press("key_next", held_ms=45)
                await shows(seen, "A004")
                await board.press("key_finish", held_ms=45)
                await asyncio.sleep(max(BETWEEN_S, (lent["expires"] - now_ms()) / 1_000 + SLOW_S))
                await board.press("key_next", held_ms=45)
                await shows(seen, "--")
            fleet.state = {"reserve": reserve(8, 6)}
            broker.start()
            await fleet.until(lambda: confirmed(fleet)[-1] == 8, "another reserve confirmed")
            broker.kill()
            await board.unplug()
            await board.plug_in_again()
            async with watched(board) as seen:
                await board.ready()
                await asyncio.sleep(BETWEEN_S)
                await board.press("key_next", held_ms=45)
                await shows(seen, "--")
            assert [one["number"] for one in fleet.events("call")] == [4]

    asyncio.run(story())


def test_next_at_a_paused_counter_means_to_work_and_call(tmp_path):
    async def story():
        async with office(tmp_path, ("keypad",)) as (fleet, board, _):
            await settled(fleet, board)
            await board.press("key_next", held_ms=LONG_MS)
            await fleet.until(lambda: fleet.events("pause"), "a pause")
            await asyncio.sleep(BETWEEN_S)
            await calls(fleet, board, 1)
            assert [one["kind"] for one in fleet.events() if one["kind"] != "boot"] == ["pause", "resume", "call"]

    asyncio.run(story())


def test_the_display_says_who_is_signed_in_until_the_day_is_over_and_that_somebody_must(tmp_path):
    async def story():
        async with office(tmp_path, ("keypad",)) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board) as seen:
                await board.press("key_next", held_ms=45)
                await fleet.until(lambda: fleet.said("want"), "a wish")
                first = {"label": "THE", "want": fleet.said("want")[-1]["id"], "expires": now_ms() + 60_000}
                fleet.say_state("b-1", show=first)
                await shows(seen, "THE")
                fleet.say_state("b-1", show={"label": "CB-07", "expires": now_ms() + 60_000})
                await shows(seen, "CB-07")
                del seen[:]
                await calls(fleet, board, 1)
                await board.press("key_finish", held_ms=45)
                await shows(seen, "CB-07")
                del seen[:]
                fleet.say_state("b-1", show={"label": "CB-08", "expires": now_ms() + 4_000})
                await shows(seen, "CB-08")
                await shows(seen, "    ")
            assert [one["kind"] for one in fleet.events() if one["kind"] != "boot"] == ["call", "finish"]

    asyncio.run(story())
