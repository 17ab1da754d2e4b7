"""The call display on a board with the shipping firmware, with a module that speaks and without."""

import asyncio
from contextlib import asynccontextmanager, suppress

from fleet.laptop.call_display import Leds, VoiceModule
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import config, now_ms

HOLDS_MS = 600_000
CLIPS = [1, 2, 21, 10, 10, 3]


@asynccontextmanager
async def hall(directory, display=None, prepared=lambda voice: None):
    """A board with a call display, its LEDs and its module, which listen before it starts to speak with them."""
    shape = dict(config("display"), display=display or {})
    async with office(directory, ("display",), config=shape) as (fleet, board, _):
        voice, leds = VoiceModule(board), Leds(board)
        prepared(voice)
        tasks = [asyncio.create_task(one.run()) for one in (voice, leds)]
        try:
            await settled(fleet, board)
            yield fleet, board, voice, leds
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


def call(number, counter="3", late_ms=0):
    event = f"kp-1/3/7/{number}"
    return {"id": event, "label": f"A00{number}", "counter": counter, "expires": now_ms() + HOLDS_MS - late_ms}


async def soon(condition, what):
    for _ in range(6_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"expected {what}")


def sentence(number, counter, folder=1):
    return [(folder, clip) for clip in (1, 2, 21, 10, 10, 10 + number, 3, 100 + counter)]


def test_calls_queue_up_and_are_spoken_one_after_another_in_two_languages(tmp_path):
    async def story():
        shape = {"languages": [1, 4], "volume": 17}
        async with hall(tmp_path, shape, lambda voice: setattr(voice, "twice", True)) as (fleet, _, voice, leds):
            await soon(lambda: voice.volume == 17, "the volume")
            fleet.say_state("b-1", calls=[call(1, "3"), call(2, "1")])
            fleet.say_state("b-1", calls=[call(2, "1"), call(3, "2")])
            wanted = []
            for number, counter in ((1, 3), (2, 1), (3, 2)):
                wanted += sentence(number, counter) + sentence(number, counter, 4)
            await soon(lambda: len(voice.spoken) >= len(wanted), f"{len(wanted)} clips")
            assert voice.spoken == wanted
            assert leds.dots()[0] == ".###...###...###..#####.....###."
            assert not fleet.events("fault")

    asyncio.run(story())


def test_another_volume_is_taken_at_once(tmp_path):
    async def story():
        async with hall(tmp_path) as (fleet, _, voice, __):
            await soon(lambda: voice.volume == 20, "the usual volume")
            fleet.config = dict(config("display", version=2), display={"volume": 5})
            fleet.say("b-1", "config", fleet.config)
            await soon(lambda: voice.volume == 5, "another volume")
            assert [one["reason"] for one in fleet.events("boot")][-1] == "config"

    asyncio.run(story())


def test_a_late_call_is_shown_and_not_spoken(tmp_path):
    async def story():
        async with hall(tmp_path, {"show": "segments"}) as (fleet, _, voice, leds):
            await soon(lambda: voice.volume is not None, "the module found")
            fleet.say_state("b-1", calls=[call(1, late_ms=HOLDS_MS + 60_000)])
            await soon(lambda: leds.bars()[0] == 0x77, "an A on the left")
            fleet.say_state("b-1", calls=[call(2)])
            await soon(lambda: len(voice.spoken) == 8, "the call in time")
            assert voice.spoken == sentence(2, 3)

    asyncio.run(story())


def test_a_module_that_does_not_answer_is_told_and_calls_are_shown(tmp_path):
    async def story():
        async with hall(tmp_path, {"show": "text"}, lambda voice: setattr(voice, "silent", True)) as parts:
            fleet, board, voice, _ = parts
            lines = []

            async def read():
                async for change in board.listen():
                    if change.uart == "panel":
                        lines.append(change.data)

            reading = asyncio.create_task(read())
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            fault = fleet.events("fault")[0]
            assert (fault["part"], fault["reason"]) == ("voice", "does not answer: calls are shown, and not spoken")
            fleet.say_state("b-1", calls=[call(1, "3"), call(2, "1")])
            await soon(lambda: lines, "lines of text")
            assert lines[-1] == b"\x0cA002 1\r\nA001 3\r\n"
            reading.cancel()
            assert not voice.spoken and len(fleet.events("fault")) == 1

    asyncio.run(story())


def test_a_module_that_is_busy_is_asked_again_and_a_clip_that_is_not_there_is_left_out(tmp_path):
    async def story():
        def prepared(voice):
            voice.busy = 2
            voice.missing = {(1, 21)}

        async with hall(tmp_path, prepared=prepared) as (fleet, _, voice, __):
            await soon(lambda: voice.volume is not None, "the module found")
            fleet.say_state("b-1", calls=[call(1)])
            await soon(lambda: len(voice.spoken) == 7, "seven clips")
            assert voice.spoken == [one for one in sentence(1, 3) if one != (1, 21)]
            assert not fleet.events("fault")

    asyncio.run(story())


def test_a_module_that_falls_silent_is_told_and_the_next_calls_are_shown(tmp_path):
    async def story():
        async with hall(tmp_path) as (fleet, _, voice, leds):
            await soon(lambda: voice.volume is not None, "the module found")
            voice.silent = True
            fleet.say_state("b-1", calls=[call(1), {"label": "no call"}])
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            leds.registers.clear()
            fleet.say_state("b-1", calls=[call(2, "2")])
            await soon(lambda: any("#" in row for row in leds.dots()), "the next call on the LEDs")
            assert not voice.spoken

    asyncio.run(story())
