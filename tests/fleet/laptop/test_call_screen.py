"""The call display of the simulated lobby: real drivers write, people see and hear."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from firmware.drivers.dfplayer import frame
from firmware.drivers.max7219 import Chain
from fleet.laptop.call_display import CLIPS_KEPT, PLAY, VOLUME
from fleet.laptop.call_screen import SENTENCES_KEPT, CallScreen
from fleet.laptop.segments import BARS
from tests.fleet.laptop.boards_in_memory import BoardInMemory

SAID = [1, 2, 21, 10, 11, 12, 3, 103]


@asynccontextmanager
async def lobby():
    board = BoardInMemory("bang-1", ("display",))
    screen = CallScreen(board, clip_s=0)
    life = asyncio.create_task(screen.run())
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        yield board, screen
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


class Line:
    """A chip's line as the driver has it."""

    def __init__(self, board):
        self.write = lambda data: board.write("matrix", bytes(data))


async def until(screen, condition):
    async with asyncio.timeout(20):
        while not condition():
            screen.changed.clear()
            await screen.changed.wait()


def story(play):
    async def told():
        async with lobby() as parts:
            await play(*parts)

    asyncio.run(told())


@pytest.mark.parametrize("modules", [2, 4, 8])
def test_a_chain_of_modules_is_a_matrix_as_wide_as_it_is(modules):
    async def play(board, screen):
        assert screen.view()["show"] == "none"
        Chain(Line(board), modules, 15, digits=False).show("A012", "3")
        await until(screen, lambda: 8 in screen.leds.registers)
        view = screen.view()
        assert (view["show"], view["glow"], {len(row) for row in view["rows"]}) == ("matrix", 1, {8 * modules})
        assert view["rows"][6].startswith("#...#..###.")
        assert screen.view()["volume"] is None and not view["speaks"]

    story(play)


def test_a_single_chip_has_eight_digits():
    async def play(board, screen):
        Chain(Line(board), 4, 3, digits=True).show("A012", "3")
        await until(screen, lambda: 1 in screen.leds.registers)
        view = screen.view()
        assert (view["show"], view["glow"]) == ("segments", 0.68)
        assert view["bars"] == [BARS[one] for one in "A012   3"]

    story(play)


def test_a_display_of_text_shows_its_last_page_and_what_is_written_last_is_seen():
    async def play(board, screen):
        board.write("panel", "\x0cA001 1\r\n\x0cĐ002 2\r\nA0".encode())
        board.write("panel", b"01 1\r\n")
        await until(screen, lambda: screen.lines == ["Đ002 2", "A001 1"])
        assert screen.view()["show"] == "text"
        board.write("panel", b"\x0c" + b"x" * 1000 + b"\r\n" * 1000)
        Chain(Line(board), 4, 4, digits=False).show("----", "")
        await until(screen, lambda: 8 in screen.leds.registers)
        assert screen.view()["show"] == "matrix" and sum(map(len, screen.lines)) <= 200

    story(play)


def test_what_is_said_is_told_sentence_by_sentence_in_every_language():
    async def play(board, screen):
        board.write("voice", frame(VOLUME, 11))
        for folder in (1, 4):
            for clip in SAID:
                board.write("voice", frame(PLAY, folder << 8 | clip))
        await until(screen, lambda: len(screen.voice.spoken) == 2 * len(SAID) and screen.voice.playing is None)
        view = screen.view()
        words = {"vi": "Mời số A không một hai, đến quầy số ba", "en": "Number A zero one two, counter three"}
        assert view["said"] == [
            {"folder": 1, "language": "vi", "words": words},
            {"folder": 4, "language": None, "words": words},
        ]
        assert (view["volume"], view["speaks"]) == (11, False)
        answered = len(board.fed) + CLIPS_KEPT
        for _ in range(CLIPS_KEPT):
            board.write("voice", frame(PLAY, 1 << 8 | 1))
        await until(screen, lambda: len(board.fed) >= answered)
        assert len(screen.view()["said"]) == SENTENCES_KEPT and len(screen.voice.spoken) <= CLIPS_KEPT

    story(play)


def test_without_power_it_is_dark_and_mute_and_lives_on():
    async def play(board, screen):
        Chain(Line(board), 4, 4, digits=False).show("A012", "3")
        board.write("voice", frame(VOLUME, 11))
        await until(screen, lambda: screen.voice.volume == 11)
        await board.unplug()
        board.write("voice", frame(PLAY, 1 << 8 | 1))  # its last words; nobody hears that the clip is over
        await until(screen, lambda: screen.voice.spoken and screen.voice.playing is None)
        screen.lose_power()
        view = screen.view()
        assert (view["show"], view["volume"], view["speaks"]) == ("none", None, False)
        await board.plug_in_again()
        board.write("voice", frame(VOLUME, 20))
        await until(screen, lambda: screen.voice.volume == 20)

    story(play)
