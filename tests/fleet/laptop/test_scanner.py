"""The simulated scanner does what the manual of such scanners says."""

import asyncio

import pytest

from fleet.laptop.scanner import FACTORY, MODE, SAME_CODE, SETUP_CODES, TAIL, SimulatedScanner, sum_of
from tests.fleet.laptop.boards_in_memory import BoardInMemory

READ_000A = bytes.fromhex("7e000701000a01ee8a")
WRITE_000A = bytes.fromhex("7e000801000a3e4ccf")
SAVE = bytes.fromhex("7e000901000000dec8")
IS_3E = bytes.fromhex("020000013ee4ac")
DONE = bytes.fromhex("02000001003331")


def scanner(*faults):
    return SimulatedScanner(BoardInMemory("q-1", ("reader",)), faults)


def answers(one, *pieces):
    """What it answers to these bytes."""

    async def story():
        for piece in pieces:
            await one.receive(piece)

    one.board.fed.clear()
    asyncio.run(story())
    return b"".join(data for _, data in one.board.fed)


def scan(one, code):
    one.board.fed.clear()
    asyncio.run(one.scan(code))
    return b"".join(data for _, data in one.board.fed)


def test_it_reads_and_writes_as_the_manual_shows():
    one = scanner()
    assert answers(one, WRITE_000A) == DONE and one.registers[0x000A] == 0x3E
    assert answers(one, READ_000A) == IS_3E
    assert sum_of(IS_3E[2:-2]) == IS_3E[-2:]


def test_commands_come_in_pieces_and_together():
    one = scanner()
    whole = WRITE_000A + READ_000A
    assert answers(one, *[whole[at : at + 1] for at in range(len(whole))]) == DONE + IS_3E
    assert answers(one, whole + b"noise" + whole) == (DONE + IS_3E) * 2


def test_a_wrong_sum_has_no_answer_and_a_left_out_one_has():
    one = scanner()
    assert answers(one, READ_000A[:-2] + b"\x11\x22") == b""
    assert answers(one, WRITE_000A[:-2] + b"\xab\xcd") == DONE


def test_several_registers_are_read_and_written_at_once():
    one = scanner()
    write = bytes.fromhex("080200050102")
    assert answers(one, b"\x7e\x00" + write + sum_of(write)) == DONE
    read = bytes.fromhex("0701000502")
    assert answers(one, b"\x7e\x00" + read + sum_of(read))[4:6] == b"\x01\x02"


def test_what_was_not_saved_goes_with_the_power():
    one = scanner()
    answers(one, WRITE_000A)
    one.lose_power()
    assert one.registers == FACTORY
    answers(one, WRITE_000A, SAVE)
    one.lose_power()
    assert one.registers[0x000A] == 0x3E and one.saves == 1


def test_a_code_ends_as_its_register_says():
    one = scanner()
    for value, tail in ((0x01, b"\r"), (0x21, b"\r\n"), (0x41, b"\t"), (0x61, b"")):
        one.registers[TAIL] = value
        assert scan(one, b"H15") == b"H15" + tail
    one.registers[MODE] = 0xD1
    assert scan(one, b"H15") == b"", "it waits for a command"


def test_codes_of_the_manual_change_it_until_it_is_locked():
    one = scanner()
    assert one.show_setup_code(SAME_CODE, 0x8A) and one.registers[SAME_CODE] == 0x8A
    one.registers[SETUP_CODES] = 0x02
    assert not one.show_setup_code(SAME_CODE, 0) and one.registers[SAME_CODE] == 0x8A


def test_its_faults():
    assert answers(scanner("dumb"), READ_000A + WRITE_000A + SAVE) == b""
    assert answers(scanner("wrong_sum"), WRITE_000A) == bytes.fromhex("02000001003231")
    assert answers(scanner("refuses"), WRITE_000A) == b""
    one = scanner("forgets")
    assert answers(one, WRITE_000A) == DONE and 0x000A not in one.registers
    assert answers(scanner("no_flash"), SAVE) == b""
    imitating = scanner("imitates")
    assert answers(imitating, WRITE_000A).endswith(b"\r" + DONE) and answers(imitating, WRITE_000A) == DONE
    with pytest.raises(ValueError, match="dumb"):
        scanner("tired")


def test_a_board_without_power_hears_no_answer():
    one = scanner()
    one.board.power = False
    assert answers(one, READ_000A) == b""
