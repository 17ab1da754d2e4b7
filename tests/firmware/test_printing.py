"""A number is printed once or not at all, and the fleet hears which: real firmware, cuts in the middle of a ticket."""

import asyncio
from contextlib import asynccontextmanager, suppress

from tests.firmware.one_board import ASK_DONE, ASK_PAPER, office, printed_on, settled, until
from tests.firmware.simulated_fleet import lease

PAPER_OK, PAPER_OUT = b"\x12", b"\x72"


class Printer:
    """What the board is connected to. `status` answers at once; `done` when a ticket is printed: b"" holds it back."""

    def __init__(self, board):
        self.board = board
        self.seen = []
        self.status = PAPER_OK
        self.done = b"\0"

    async def serve(self):
        async for change in self.board.listen():
            self.seen.append(change)
            if change.uart == "printer" and change.data == ASK_PAPER and self.status:
                await self.board.feed("printer", self.status)
            elif change.uart == "printer" and change.data.endswith(ASK_DONE) and self.done:
                await self.board.feed("printer", self.done)

    def tickets(self):
        return printed_on(self.seen)


def is_ticket(change):
    return change.uart == "printer" and change.data.endswith(ASK_DONE) and change.data != ASK_DONE


@asynccontextmanager
async def printer_of(board):
    printer = Printer(board)
    task = asyncio.create_task(printer.serve())
    try:
        yield printer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def story_of(directory, play):
    async def story():
        async with office(directory, ("printer",), state={"leases": [lease()]}) as (fleet, board, _):
            await settled(fleet, board)
            async with printer_of(board) as printer:
                await play(fleet, board, printer)

    asyncio.run(story())


def test_a_power_cut_in_the_middle_of_a_ticket_prints_nothing_twice(tmp_path):
    async def play(fleet, board, printer):
        printer.done = b""
        await board.press("service_1", held_ms=45)
        await until(printer.seen, is_ticket, "a ticket")
        await board.unplug()
        printer.done = b"\0"
        await board.plug_in_again()
        await fleet.until(lambda: fleet.events("print_failed"), "word of the first ticket")
        await board.press("service_1", held_ms=45)
        await fleet.until(lambda: fleet.events("printed"), "the second ticket")
        assert [one["number"] for one in fleet.events("ticket")] == [1, 2]
        (failed,) = fleet.events("print_failed")
        assert (failed["number"], failed["reason"]) == (1, "uncertain")
        assert [one["number"] for one in fleet.events("printed")] == [2]
        assert [b"A001" in one for one in printer.tickets()] == [True, False] and b"A002" in printer.tickets()[1]
        await board.unplug()
        await board.plug_in_again()
        boots = len(fleet.events("boot"))
        await fleet.until(lambda: len(fleet.events("boot")) > boots, "one more boot")
        assert len(fleet.events("print_failed")) == 1, "what is settled is not told again"

    story_of(tmp_path, play)


def test_a_printer_that_goes_on_while_the_board_starts_anew_has_printed(tmp_path):
    async def play(fleet, board, printer):
        printer.done = b""
        await board.press("service_1", held_ms=45)
        await until(printer.seen, is_ticket, "a ticket")
        printer.done = b"\0\0"  # to that ticket and to the question
        await board._send({"uart": "printer", "bytes": "no hex"})
        await fleet.until(lambda: fleet.events("printed"), "word of the ticket")
        assert fleet.events("boot")[-1]["reason"] == "fault"
        assert not fleet.events("print_failed") and len(printer.tickets()) == 1

    story_of(tmp_path, play)


def test_a_press_that_finds_no_paper_takes_no_number(tmp_path):
    async def play(fleet, board, printer):
        await board.press("service_1", held_ms=45)
        await fleet.until(lambda: len(fleet.events("printed")) == 1, "a ticket")
        printer.status, printer.done = PAPER_OUT, b""  # the roll is taken out, and nobody has looked yet
        await board.press("service_1", held_ms=45)
        await fleet.until(lambda: fleet.events("fault"), "a fault")
        await until(printer.seen, lambda one: one.pin == "lamp_fault" and one.level, "the fault lamp")
        printer.status, printer.done = PAPER_OK, b"\0"
        await asyncio.sleep(0.1)  # a key that moves again sooner has bounced
        await board.press("service_1", held_ms=45)
        await fleet.until(lambda: len(fleet.events("printed")) == 2, "the next ticket")
        assert [one["number"] for one in fleet.events("ticket")] == [1, 2]
        assert [one["part"] for one in fleet.events("fault") if one["part"] != "config"] == ["paper"]

    story_of(tmp_path, play)


def test_a_roll_that_ends_within_a_ticket_is_told(tmp_path):
    async def play(fleet, board, printer):
        printer.done = b""
        await board.press("service_1", held_ms=45)
        await until(printer.seen, is_ticket, "a ticket")
        printer.status = PAPER_OUT
        await fleet.until(lambda: fleet.events("print_failed"), "word of the ticket")
        assert fleet.events("print_failed")[0]["reason"] == "no paper"
        assert [one["state"] for one in fleet.events("paper")][-1] == "out"

    story_of(tmp_path, play)


def test_a_fleet_that_was_restored_is_told_what_the_printer_holds(tmp_path):
    async def play(fleet, board, printer):
        fleet.say_state("b-1", leases=[lease(), lease("b", "B", name="srv-1/1/1/43")])
        for n in (1, 2):
            await board.press("service_1", held_ms=45)
            await fleet.until(lambda n=n: len(fleet.events("printed")) == n, f"ticket {n}")
        fleet.report, fleet.state = True, {}
        await board.unplug()
        await board.plug_in_again()
        await fleet.until(lambda: len(fleet.said("held")) == 2, "two leases")
        first, second = fleet.said("held")
        assert (first["generation"], first["of"], second["of"]) == (2, 2, 2)
        assert (first["lease"]["id"], first["next"]) == ("srv-1/1/1/42", 3)
        assert second["lease"]["service"] == "b" and second["lease"]["secret"] == "00" * 16
        await board.press("service_1", held_ms=45)
        await fleet.until(lambda: len(fleet.events("printed")) == 3, "a ticket meanwhile")
        fleet.say_state("b-1", leases=[])
        fleet.say_state("b-1", leases=[lease()])
        while len(fleet.events("printed")) < 4:  # a press between the two states finds no numbers
            await board.press("service_1", held_ms=45)
            await asyncio.sleep(0.2)
        numbers = [one["number"] for one in fleet.events("ticket")]
        assert numbers == list(range(1, len(numbers) + 1)), "a lease that went and came again goes on where it was"

    story_of(tmp_path, play)
