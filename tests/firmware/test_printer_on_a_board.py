"""A printer of any model on a board with the shipping firmware: what comes out of it, and what is told of it."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from fleet.laptop.paper import Paper
from fleet.laptop.printer import SimulatedPrinter
from tests.firmware.one_board import office, settled
from tests.firmware.simulated_fleet import config, lease

RASTER = {"width": 384, "text": "raster", "qr": "raster"}
ONLINE, OFFLINE, COVER = b"\x12", b"\x1a", b"\x16"


class Printer:
    """Keeps every byte, and answers as it is told to: {n of DLE EOT: its answer}."""

    def __init__(self, board, width):
        self.board = board
        self.raw = b""
        self.paper = Paper(width)
        self.says = {1: ONLINE, 2: ONLINE, 3: ONLINE, 4: ONLINE}

    async def serve(self):
        async for change in self.board.listen():
            if change.uart == "printer":
                if change.data[:2] == b"\x10\x04":
                    await self.board.feed("printer", self.says[change.data[2]])
                    continue
                self.raw += change.data
                self.paper.feed(change.data)
                answers, self.paper.answers = bytes(self.paper.answers), bytearray()
                if answers:
                    await self.board.feed("printer", answers)

    def slips(self):
        return self.paper.roll.slips


@asynccontextmanager
async def board_with(directory, printer=None, width=576):
    shape = dict(config("printer"), printer=printer or {})
    async with office(directory, ("printer",), config=shape, state={"leases": [lease()]}) as (fleet, board, _):
        await settled(fleet, board)
        one = Printer(board, width)
        task = asyncio.create_task(one.serve())
        try:
            yield fleet, board, one
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def story(play, directory, **options):
    async def whole():
        async with board_with(directory, **options) as parts:
            await play(*parts)

    asyncio.run(whole())


async def press(board):
    """A finger is not faster than this, and a key that moves again sooner has bounced."""
    await board.press("service_1", held_ms=45)
    await asyncio.sleep(0.1)


async def printed(fleet, count):
    await fleet.until(lambda: len(fleet.events("printed")) == count, f"{count} printed papers")


@pytest.mark.parametrize("model", [RASTER, {"text": "ascii", "width": 384}, {}], ids=["dots", "ascii", "tcvn3"])
def test_tickets_of_each_model(tmp_path, model):
    async def play(fleet, board, printer):
        for count in (1, 2):
            await press(board)
            await printed(fleet, count)
        assert [slip.complaints for slip in printer.slips()] == [(), ()]
        assert len(printer.raw) < 24_000
        assert not [one for one in fleet.events("fault")], fleet.events("fault")

    story(play, tmp_path, printer=model, width=model.get("width", 576))


def test_the_last_ticket_comes_again_and_says_so(tmp_path):
    async def play(fleet, board, printer):
        await press(board)
        await printed(fleet, 1)
        await board.press("reprint", held_ms=45)
        await printed(fleet, 2)
        first, second = [slip.text for slip in printer.slips()]
        assert "A001" in first and "A001" in second
        assert "IN LẠI" not in first and "IN LẠI" in second
        assert [bool(one.get("copy")) for one in fleet.events("printed")] == [False, True]
        assert len(fleet.events("ticket")) == 1

    story(play, tmp_path)


def test_without_a_last_ticket_nothing_comes_again(tmp_path):
    async def play(fleet, board, printer):
        await board.press("reprint", held_ms=45)
        await fleet.until(lambda: fleet.events("fault"), "a fault")
        assert fleet.events("fault")[0]["reason"] == "no ticket to print again since power came"
        assert not printer.slips()

    story(play, tmp_path)


def test_a_key_held_for_long_prints_the_page_of_all_ways(tmp_path):
    async def play(fleet, board, printer):
        await board.press("reprint", held_ms=3_100)
        await press(board)
        await printed(fleet, 1)
        page, ticket = printer.slips()
        assert "MOTCUA" in page.text and "\n8:\n" in page.text and "A001" in ticket.text

    story(play, tmp_path)


def test_an_open_cover_takes_no_number_and_is_told(tmp_path):
    async def play(fleet, board, printer):
        await press(board)
        await printed(fleet, 1)
        printer.says.update({1: OFFLINE, 2: COVER})
        await press(board)
        await fleet.until(lambda: fleet.events("fault"), "a fault")
        assert (fleet.events("fault")[0]["part"], fleet.events("fault")[0]["reason"]) == ("printer", "cover open")
        printer.says.update({1: ONLINE, 2: ONLINE})
        await press(board)
        await printed(fleet, 2)
        assert [one["number"] for one in fleet.events("ticket")] == [1, 2]

    story(play, tmp_path)


def test_a_printer_that_says_nothing_and_is_known_to_is_not_waited_for(tmp_path):
    async def play(fleet, board, printer):
        for number in (1, 2):
            await press(board)
            await fleet.until(lambda number=number: len(fleet.events("ticket")) == number, f"ticket {number}")
        while len(printer.slips()) < 2:
            await asyncio.sleep(0.02)
        assert not fleet.events("printed") and not fleet.events("print_failed")
        assert b"\x1dr" not in printer.raw

    story(play, tmp_path, printer={"status": False})


def test_the_laptops_printer_prints_dots_as_well(tmp_path):
    async def whole():
        shape = dict(config("printer"), printer=RASTER)
        async with office(tmp_path, ("printer",), config=shape, state={"leases": [lease()]}) as (fleet, board, _):
            await settled(fleet, board)
            one = SimulatedPrinter(board, 384)
            task = asyncio.create_task(one.run())
            await asyncio.sleep(0)
            await press(board)
            slip = (await asyncio.wait_for(one.next_slip(0), 30)).slip
            task.cancel()
            assert slip.complaints == () and slip.picture.width == 384 and slip.picture.height > 400

    asyncio.run(whole())


LOOKS_OFTEN = "from firmware.wiring import printer as one\none.LOOK_MS = 300"


def test_a_printer_that_says_nothing_is_told_once_and_the_other_roles_run(tmp_path):
    async def play():
        roles = ("printer", "rating")
        options = {"state": {"leases": [lease()]}, "sabotage": LOOKS_OFTEN}
        async with office(tmp_path, roles, **options) as (fleet, board, _):
            await settled(fleet, board)
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            assert (fleet.events("fault")[0]["part"], fleet.events("fault")[0]["reason"]) == (
                "printer",
                "does not answer",
            )
            for score in (1, 2, 3, 4, 5):
                await board.press(f"score_{score}", held_ms=45)
            await fleet.until(lambda: len(fleet.events("rating")) == 5, "five ratings")
            assert len(fleet.events("fault")) == 1

    asyncio.run(play())
