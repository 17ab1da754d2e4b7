"""What becomes of a board whose firmware fails: spoilt firmware on the VM, and a real broker."""

import asyncio

import pytest

from firmware.watch import PartLost, Watch
from tests.firmware.one_board import ALL_ROLES, office, settled, until, watched
from tests.firmware.simulated_fleet import config, lease

ENDS = """
import firmware.watch
from firmware.wiring.rating import RatingWiring
firmware.watch.FEED_MS = 200
async def ends(self): pass
RatingWiring.run = ends
"""
WAITS_FOR_EVER = """
import asyncio, firmware.watch
from firmware.wiring.rating import RatingWiring
firmware.watch.FEED_MS, firmware.watch.ROUND_MS = 50, 400
async def waits(self): await asyncio.Event().wait()
RatingWiring.run = waits
"""
LOOKS_OFTEN = """
import firmware.watch
firmware.watch.FEED_MS, firmware.watch.ROUND_MS = 50, 2_500
"""
HANGS = """
from firmware.wiring.rating import RatingWiring
def hangs(self, score, held_ms, up):
    while True: pass
import os
if not os.getenv("MOTCUA_RESET", "").startswith("watchdog"):
    RatingWiring._report = hangs
"""
OUT_OF_MEMORY = """
import firmware.device as device
encode, times = device.encode_event, [0]
def full(event):
    if event.KIND == "rating":
        times[0] += 1
        if times[0] % 2:
            raise MemoryError
    return encode(event)
device.encode_event = full
"""
NO_ROOM_FOR_A_STATE = """
from firmware.device import Device
take, times = Device.take_state, [0]
def full(device, payload):
    times[0] += 1
    if times[0] == 1:
        raise MemoryError("memory allocation failed")
    take(device, payload)
Device.take_state = full
"""
NO_OUTBOX = """
import firmware.device, firmware.rescue
class Spoilt:
    def __init__(self, *_): raise ValueError("spoilt flash")
firmware.device.Outbox = Spoilt
firmware.rescue.PATIENCE_MS = 3000
"""


class Part:
    def __init__(self):
        self.turns = self.poked = 0

    def poke(self):
        self.poked += 1


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_part_that_does_not_come_round_when_woken_is_lost(rounds):
    watch, part = Watch(None), Part()
    watch._parts.append([part, None, rounds, -1, 0])
    for _ in range(5):
        part.turns += 1
        watch.look()
    assert not part.poked
    for woken in range(rounds):
        watch.look()
        assert part.poked == woken + 1
    with pytest.raises(PartLost, match="Part does not come round"):
        watch.look()


def test_a_part_that_comes_round_when_woken_is_never_lost():
    watch, part = Watch(None), Part()
    part.poke = lambda: setattr(part, "turns", part.turns + 1)
    watch._parts.append([part, None, 1, -1, 0])
    for _ in range(9):
        watch.look()
    assert part.turns > 3


def test_a_part_that_ends_is_a_fault_and_after_three_the_board_runs_without_roles(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",), sabotage=ENDS) as (fleet, board, _):
            await fleet.until(
                lambda: fleet.said("hello") and fleet.said("hello")[-1].get("rescue"), "a hello of rescue"
            )
            hello = fleet.said("hello")[-1]
            assert hello["rescue"].startswith("PartLost: RatingWiring ended < firmware.watch:")
            assert hello["reset"] == "fault" and hello["roles"] == ["rating"]
            await fleet.until(lambda: len(fleet.events("boot")) >= 5, "the boots")
            assert [one["reason"] for one in fleet.events("boot")] == ["power", "config", "fault", "fault", "fault"]
            assert len(fleet.events("fault")) == 3
            async with watched(board) as seen:
                for level in (1, 0, 1):
                    await until(
                        seen, lambda one, level=level: one.pin == "lamp_fault" and one.level == level, "a blink"
                    )
                fleet.config = config("reader", version=2)
                fleet.say("b-1", "config", fleet.config, retain=True)
                await fleet.until(lambda: fleet.said("hello")[-1]["roles"] == ["reader"], "another life")
            assert fleet.said("hello")[-1].get("rescue") is None
            await board.feed("scanner", b"H15.50.05.13-261008-0975\r")
            await fleet.until(lambda: fleet.events("scan"), "a scan")

    asyncio.run(story())


def test_a_part_that_waits_for_ever_is_told(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",), sabotage=WAITS_FOR_EVER) as (fleet, _, __):
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            assert fleet.events("fault")[0]["reason"].startswith("PartLost: RatingWiring does not come round")

    asyncio.run(story())


def test_parts_that_nobody_touches_come_round_when_woken(tmp_path):
    async def story():
        async with office(tmp_path, ALL_ROLES, sabotage=LOOKS_OFTEN, state={"leases": [lease()]}) as (fleet, board, _):
            await settled(fleet, board)
            async with watched(board):
                await fleet.until(lambda: len(fleet.said("health")) >= 6, "six rounds")
            assert len(fleet.events("boot")) == 2 and not fleet.events("fault")
            assert board.heap_used is not None

    asyncio.run(story())


def test_firmware_that_holds_everything_up_is_reset_by_the_watchdog(tmp_path, monkeypatch):
    monkeypatch.setenv("MOTCUA_LENIENT", "0.3")

    async def story():
        async with office(tmp_path, ("rating",), sabotage=HANGS) as (fleet, board, _):
            await settled(fleet, board)
            await board.press("score_5", held_ms=45)
            await fleet.until(lambda: fleet.events("boot")[-1]["reason"] == "watchdog", "a boot by the watchdog")
            await asyncio.wait_for(board.ready(), 30)
            await board.press("score_4", held_ms=45)
            await fleet.until(lambda: fleet.events("rating"), "a rating")
            assert [one["score"] for one in fleet.events("rating")] == [4]

    asyncio.run(story())


def test_a_full_heap_loses_no_press_and_ends_nothing(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",), sabotage=OUT_OF_MEMORY) as (fleet, board, _):
            await settled(fleet, board)
            for score in (1, 2, 3):
                await board.press(f"score_{score}", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 3, "three ratings")
            assert [one["score"] for one in fleet.events("rating")] == [1, 2, 3]
            assert len(fleet.events("boot")) == 2 and not fleet.events("fault")

    asyncio.run(story())


def test_a_message_that_finds_no_room_is_left_aside_and_told(tmp_path):
    async def story():
        async with office(tmp_path, ("rating", "printer"), sabotage=NO_ROOM_FOR_A_STATE) as (fleet, board, _):
            await settled(fleet, board)
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            assert (fleet.events("fault")[0]["part"], fleet.events("fault")[0]["reason"]) == ("memory", "down/state")
            async with watched(board):
                fleet.say_state("b-1", leases=[lease()])
                while not fleet.events("printed"):  # until the numbers have come
                    await board.press("service_1", held_ms=45)
                    await asyncio.sleep(0.2)
            assert {one["reason"] for one in fleet.events("boot")} == {"power", "config"}

    asyncio.run(story())


def test_a_board_whose_outbox_can_not_be_opened_is_reachable_and_tries_again(tmp_path):
    async def story():
        async with office(tmp_path, ("rating",), sabotage=NO_OUTBOX) as (fleet, _, __):
            await fleet.until(lambda: fleet.said("hello"), "a hello")
            assert fleet.said("hello")[0]["rescue"].startswith("ValueError: spoilt flash")
            boots = fleet.said("hello")[0]["boot"]
            await fleet.until(lambda: fleet.said("hello")[-1]["boot"] >= boots + 2, "rescue after another try")
            assert fleet.said("hello")[-1]["rescue"] and not fleet.events()

    asyncio.run(story())


def test_presses_around_the_wrap_of_the_counter(tmp_path, monkeypatch):
    monkeypatch.setenv("MOTCUA_TICKS", str((1 << 30) - 9_000))

    async def story():
        async with office(tmp_path, ("rating", "printer"), state={"leases": [lease()]}) as (
            fleet,
            board,
            _,
        ):
            await settled(fleet, board)
            async with watched(board):
                while not fleet.events("rating") or fleet.events("rating")[-1]["up"] < 11_000:
                    await board.press("score_4", held_ms=60)
                    await asyncio.sleep(0.4)
                await board.press("service_1")
                await fleet.until(lambda: fleet.events("printed"), "a ticket after the wrap")
            ups = [one["up"] for one in fleet.events() if one["kind"] != "boot"]
            assert ups == sorted(ups)
            assert all(40 <= one["held_ms"] <= 1_000 for one in fleet.events("rating"))
            assert not fleet.events("fault")

    asyncio.run(story())
