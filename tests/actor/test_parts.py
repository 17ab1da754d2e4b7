"""The parts that the actor plays: a thermal printer and a scanner, by the bytes of their manuals."""

from hil_tests.actor.orders import Orders
from hil_tests.actor.printer import HELD_BYTES, Printer
from hil_tests.actor.scanner import FACTORY, MODE, TAIL, Scanner, answer, sum_of

ASK_PAPER, ASK_STATE, ASK_CAUSE, ASK_ERROR = b"\x10\x04\x04", b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03"
ASK_DONE = b"\x1dr\x01"
PICTURE = b"\x1dv0\x00\x02\x00\x03\x00" + b"\x1dr\x01\x1dr\x01"  # six bytes of dots that look like orders
OTHERS = (
    b"\x1b@\x1c.",
    b"\x1dVB\x00",
    b"\x1dV\x01",
    b"\x1b*\x21\x02\x00" + ASK_DONE + ASK_DONE,
    b"\x1bD\x1d\x72\x01\x00",
    b"\x1dk\x04\x1dr\x01\x00",
    b"\x1dk\x49\x03" + ASK_DONE,
    b"\x1d(k\x03\x00" + ASK_DONE,
    b"\x1d8L\x03\x00\x00\x00" + ASK_DONE,
    b"\x1bW" + b"\x1dr\x01\x1dr\x01\x00\x00",
    b"\x1d^\x1dr\x01",
    b"\x1dx\x1d\x1bz\x01",
)


def test_orders_are_passed_over_in_their_whole_length_however_they_are_cut():
    stream = PICTURE + b"A042\n" + b"".join(OTHERS) + ASK_DONE + PICTURE + b"\x1dr\x02"
    for step in (1, 2, 3, 7, len(stream)):
        orders, asked = Orders(), []
        for at in range(0, len(stream), step):
            asked += orders.feed(stream[at : at + step])
        assert asked == [1, 2], step


def test_a_printer_answers_at_once_even_within_a_picture_and_says_done_in_its_turn():
    printer = Printer()
    assert printer.receive(PICTURE[:10] + ASK_PAPER + PICTURE[13:]) == b"\x12"
    assert printer.receive(b"A042\n" + ASK_DONE) == b"\x00"
    assert printer.receive(ASK_STATE[:2]) == b"" and printer.receive(ASK_STATE[2:]) == b"\x12"
    assert printer.came == len(PICTURE) + 5 + 3 + 3


def test_without_paper_nothing_is_printed_until_there_is_some():
    printer = Printer()
    assert printer.set("paper", "out") == b""
    assert printer.receive(ASK_PAPER) == b"\x7e" and printer.receive(ASK_STATE) == b"\x1a"
    assert printer.receive(b"A042\n" + ASK_DONE) == b""
    assert printer.set("paper", "low") == b"\x03"
    assert printer.receive(ASK_PAPER) == b"\x1e"


def test_what_keeps_it_from_printing_is_told_as_drivers_ask_for_it():
    from firmware.drivers import escpos, printer_status

    for what, value, trouble in (
        ("cover", "open", "cover open"),
        ("trouble", "cutter", "cutter stuck"),
        ("trouble", "hot", "head hot"),
        ("trouble", "broken", "broken"),
    ):
        printer = Printer()
        printer.set(what, value)
        state, cause, error = [printer.receive(one)[0] for one in (ASK_STATE, ASK_CAUSE, ASK_ERROR)]
        assert escpos.is_offline(state) and printer_status.trouble(cause, error) == trouble
        assert all([escpos.is_real_time(one) for one in (state, cause, error)])


def test_a_silent_printer_and_a_full_one():
    printer = Printer()
    printer.set("manner", "silent")
    assert printer.receive(ASK_PAPER + ASK_DONE) == b""
    printer.set("paper", "out")
    printer.receive(b"x" * (HELD_BYTES + 10))
    assert printer.lost == 10
    for what, value in (("paper", "blue"), ("colour", "blue")):
        try:
            printer.set(what, value)
        except ValueError as err:
            assert "expected" in str(err) and "found" in str(err)
        else:
            raise AssertionError(what)


def test_a_scanner_answers_the_bytes_of_its_manual():
    scanner = Scanner()
    assert scanner.receive(bytes.fromhex("7e000801000a3e4ccf")) == bytes.fromhex("02000001003331")
    assert scanner.receive(bytes.fromhex("7e000701000a01ee8a")) == bytes.fromhex("020000013ee4ac")
    assert scanner.receive(bytes.fromhex("7e000901000000dec8")) == bytes.fromhex("02000001003331")
    assert scanner.receive(b"\x7e\x00\x07\x01\x00\x00\x02\xab\xcd") == answer(bytes([FACTORY[MODE], 0]))


def test_the_firmwares_commands_set_it_up_and_a_cut_takes_what_it_did_not_keep():
    from firmware.drivers.gm65 import command

    scanner = Scanner()
    set_up = command(8, MODE, 0x97) + command(9, 0, 0) + command(8, TAIL, 0x40)
    said = b"".join([scanner.receive(set_up[at : at + 4]) for at in range(0, len(set_up), 4)])
    assert said == 3 * answer(b"\0") and scanner.registers[MODE] == 0x97
    assert scanner.read(b"H15") == b"H15\t"
    scanner.set("power", "lost")
    assert scanner.registers[MODE] == 0x97 and scanner.read(b"H15") == b"H15\r"


def test_a_scanner_that_waits_for_commands_is_blind_and_a_dumb_one_reads_only():
    scanner = Scanner()
    scanner.registers[MODE] = 1
    assert scanner.read(b"H15") == b""
    dumb = Scanner()
    dumb.set("manner", "dumb")
    assert dumb.receive(b"\xff\x7e\x00" + b"\x07\x01\x00\x00\x01\xab\xcd") == b"" and dumb.read(b"H15") == b"H15\r"
    spoilt = bytes.fromhex("7e000701000a01ee8b")
    assert Scanner().receive(spoilt) == b"" and sum_of(b"") == b"\0\0"
