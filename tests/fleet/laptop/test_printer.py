import asyncio

import pytest

from fleet.laptop.printer import BUFFER_BYTES, SLIPS_KEPT, SimulatedPrinter
from fleet.laptop.printer_status import StatusRequests
from tests.fleet.laptop.boards_in_memory import BoardInMemory

SLIP = b"\x1c.A001\n\x1dV\x42\x00"


def printer():
    board = BoardInMemory("may-in-1", ("printer",))
    return SimulatedPrinter(board), board


def answers(board):
    return b"".join(data for _, data in board.fed)


@pytest.mark.parametrize(
    ("paper", "status"), [("ok", b"\x12\x12\x12\x12"), ("low", b"\x12\x12\x12\x1e"), ("out", b"\x1a\x32\x12\x7e")]
)
def test_it_says_how_its_paper_is(paper, status):
    async def ask():
        one, board = printer()
        await one.set_paper(paper)
        await one.receive(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")
        return answers(board)

    assert asyncio.run(ask()) == status


def test_a_request_inside_a_picture_and_in_two_pieces_is_answered():
    async def ask():
        one, board = printer()
        await one.receive(b"\x1dv0\x00\x01\x00\xff\x00" + b"\x10")
        await one.receive(b"\x04\x01")
        return answers(board)

    assert asyncio.run(ask()) == b"\x12"


def test_requests_are_found_at_any_cut():
    stream = b"ab\x10\x04\x01\x10\x10\x04\x04c\x10"
    for cut in range(len(stream) + 1):
        requests = StatusRequests()
        assert requests.feed(stream[:cut]) + requests.feed(stream[cut:]) == [1, 4], cut


def test_without_paper_nothing_comes_out_until_there_is_paper():
    async def story():
        one, board = printer()
        await one.set_paper("out")
        await one.receive(SLIP + b"\x1dr\x01")
        before = one.count, answers(board)
        await one.set_paper("ok")
        return before, one.count, answers(board), one.slips[0].slip.text

    assert asyncio.run(story()) == ((0, b""), 1, b"\x00", "A001")


def test_what_waits_for_paper_is_bounded():
    async def story():
        one, _ = printer()
        await one.set_paper("out")
        for _ in range(200):
            await one.receive(b"x" * 99 + b"\n")
        await one.set_paper("ok")
        await one.receive(b"\x1dV\x42\x00")
        return one.slips[0].slip.text.count("x")

    assert asyncio.run(story()) <= BUFFER_BYTES


def test_the_automatic_status_is_told_when_it_changes():
    async def story():
        one, board = printer()
        await one.receive(b"\x1da\xff")
        await one.set_paper("low")
        await one.receive(b"\x1da\x00")
        await one.set_paper("out")
        return answers(board)

    assert asyncio.run(story()) == b"\x10\x00\x00\x00" + b"\x10\x00\x03\x00"


def test_only_the_last_slips_are_kept():
    async def story():
        one, _ = printer()
        await one.receive(SLIP * (SLIPS_KEPT + 5))
        return one.count, [kept.number for kept in one.slips], one.slip(1), one.slip(25).text

    assert asyncio.run(story()) == (25, list(range(6, 26)), None, "A001")


def test_who_waits_for_a_slip_gets_the_next_one():
    async def story():
        one, board = printer()
        running = asyncio.create_task(one.run())
        waiting = asyncio.create_task(one.next_slip(0))
        await asyncio.sleep(0)
        board.write("printer", SLIP[:4])
        board.write("printer", SLIP[4:])
        slip = await asyncio.wait_for(waiting, 60)
        running.cancel()
        return slip.number, slip.slip.text

    assert asyncio.run(story()) == (1, "A001")


def test_a_board_without_power_hears_no_answer_and_nothing_breaks():
    async def story():
        one, board = printer()
        await board.unplug()
        await one.receive(b"\x10\x04\x01" + SLIP)
        return one.count

    assert asyncio.run(story()) == 1


def test_a_state_that_paper_has_not_is_refused():
    with pytest.raises(ValueError, match="expected one of ok, low, out"):
        asyncio.run(printer()[0].set_paper("wet"))
