"""The barcode reader on a board: firmware on the VM, a simulated scanner on its line, and a real broker."""

import asyncio
import random
from contextlib import asynccontextmanager, suppress

import pytest

from fleet.laptop.scanner import FACTORY, MODE, OUTPUT, SAME_CODE, SETUP_CODES, TAIL, SimulatedScanner
from tests.firmware.one_board import office, settled, until, watched
from tests.firmware.simulated_fleet import config, now_ms

CODE, OTHER = b"H15.50.05.13-261008-0975", b"000.17.22.H56-210531-0001"
SOON = """
import firmware.wiring.reader
firmware.wiring.reader.AGAIN_MS = 300
"""


@asynccontextmanager
async def reading(tmp_path, faults=(), sabotage="", **reader):
    """A board that reads, with a scanner on its line from its first moment."""
    settings = dict(config("reader"), reader=reader)
    async with office(tmp_path, ("reader",), config=settings, sabotage=sabotage) as (fleet, board, _):
        scanner = SimulatedScanner(board, faults)
        hanging = asyncio.create_task(scanner.run())
        try:
            async with watched(board) as seen:
                await settled(fleet, board)
                yield fleet, board, scanner, seen
        finally:
            hanging.cancel()
            with suppress(asyncio.CancelledError):
                await hanging


async def scanned(fleet, n):
    await fleet.until(lambda: len(fleet.events("scan")) >= n, f"{n} scans")
    return [(one["what"], one.get("code")) for one in fleet.events("scan")]


def beeps(seen):
    """How often the buzzer began."""
    return len([one for one in seen if one.pin == "buzzer" and one.level])


async def heard(board, seen, lamp, what, at_least=0):
    """How often the buzzer began by the time that this lamp was lit, so much was heard, and all is dark and still."""
    await until(seen, lambda one: one.pin == lamp and one.level, f"{lamp} for {what}")
    while beeps(seen) < at_least or any(board.levels.get(line) for line in ("lamp_ok", "lamp_unknown", "buzzer")):
        await asyncio.sleep(0.02)
    return beeps(seen)


def test_a_scanner_is_set_up_once_and_read(tmp_path):
    async def story():
        async with reading(tmp_path) as (fleet, board, scanner, _):
            while not scanner.saves:
                await asyncio.sleep(0.02)
            assert scanner.registers == {MODE: 0x96, SETUP_CODES: 0x02, OUTPUT: 0xA0, SAME_CODE: 0x83, TAIL: 0x01}
            assert scanner.registers != FACTORY and scanner.flash == scanner.registers
            assert not scanner.show_setup_code(MODE, 0x00)
            await scanner.scan(CODE)
            assert await scanned(fleet, 1) == [("dossier", CODE.decode())]

            writes, reads = scanner.writes, scanner.reads
            await board.unplug()
            scanner.lose_power()
            await board.plug_in_again()
            await board.ready()
            while scanner.reads < reads + 5:
                await asyncio.sleep(0.02)
            await scanner.scan(OTHER)
            await scanned(fleet, 2)
            assert (scanner.writes, scanner.saves) == (writes, 1), "what it knows is not written again"
            assert not fleet.events("fault")

    asyncio.run(story())


@pytest.mark.parametrize(
    "fault, reason",
    [
        ("dumb", "does not answer"),
        ("wrong_sum", "does not answer"),
        ("refuses", "refuses to change register 0003"),
        ("forgets", "forgets its settings"),
        ("no_flash", "does not keep its settings in its flash"),
    ],
)
def test_what_a_scanner_does_not_do_is_told_and_it_is_read_all_the_same(tmp_path, fault, reason):
    async def story():
        async with reading(tmp_path, [fault], scanner="gm65") as (fleet, _, scanner, __):
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            (told,) = fleet.events("fault")
            assert (told["part"], told["reason"]) == ("scanner", reason)
            await scanner.scan(CODE)
            assert await scanned(fleet, 1) == [("dossier", CODE.decode())]

    asyncio.run(story())


def test_one_that_was_silent_is_asked_again(tmp_path):
    async def story():
        async with reading(tmp_path, ["dumb"], SOON, scanner="gm65") as (fleet, board, scanner, _):
            await fleet.until(lambda: fleet.events("fault"), "a fault")
            scanner.faults.clear()
            while not scanner.saves:
                await board.feed("scanner", b"\0")  # a sign of life wakes the reader, as its watch does each minute
                await asyncio.sleep(0.05)
            assert scanner.registers[SETUP_CODES] == 0x02 and len(fleet.events("fault")) == 1

    asyncio.run(story())


def test_a_scanner_that_takes_no_commands_is_found_out_and_nothing_is_told(tmp_path):
    async def story():
        async with reading(tmp_path, ["dumb"]) as (fleet, _, scanner, __):
            await scanner.scan(CODE)
            assert await scanned(fleet, 1) == [("dossier", CODE.decode())]
            assert not fleet.events("fault") and scanner.registers == FACTORY

    asyncio.run(story())


def test_a_plain_scanner_is_not_even_asked(tmp_path):
    async def story():
        async with reading(tmp_path, scanner="plain") as (fleet, _, scanner, seen):
            await scanner.scan(CODE)
            await scanned(fleet, 1)
            assert not [one for one in seen if one.uart == "scanner"]
            assert scanner.registers == FACTORY

    asyncio.run(story())


def test_another_configuration_sets_it_up_anew(tmp_path):
    async def story():
        async with reading(tmp_path) as (fleet, _, scanner, __):
            while not scanner.saves:
                await asyncio.sleep(0.02)
            fleet.config = dict(config("reader", version=2), reader={"mode": "sensing", "repeat_s": 9})
            fleet.say("b-1", "config", fleet.config)
            while scanner.saves < 2:
                await scanner.scan(b"MCB:%d" % random.randrange(10**6))
                await asyncio.sleep(0.1)
            assert (scanner.registers[MODE], scanner.registers[SAME_CODE]) == (0x97, 0x89)

    asyncio.run(story())


def test_a_code_that_looks_like_an_answer_deceives_nobody_for_long(tmp_path):
    async def story():
        async with reading(tmp_path, ["imitates"]) as (fleet, _, scanner, __):
            while not scanner.saves:
                await asyncio.sleep(0.02)
            assert scanner.registers[SETUP_CODES] & 3 == 2
            await scanner.scan(b"\x02\x00\x00\x01\x00\x33\x31")
            await scanner.scan(CODE)
            assert await scanned(fleet, 2) == [("unknown", None), ("dossier", CODE.decode())]

    asyncio.run(story())


def test_accepted_unknown_and_wrong_sound_different(tmp_path):
    async def story():
        async with reading(tmp_path, scanner="plain") as (_, board, scanner, seen):
            for code, lamp, times in (
                (CODE, "lamp_ok", 1),
                (b"8934567890123", "lamp_unknown", 2),
                (b"MC1:broken", "lamp_unknown", 1),
                (b"MCB:clerk", "lamp_ok", 1),
            ):
                seen.clear()
                await scanner.scan(code)
                assert await heard(board, seen, lamp, code) == times, code

    asyncio.run(story())


def test_the_fleets_word_on_a_scan_is_heard_unless_it_agrees(tmp_path):
    async def story():
        async with reading(tmp_path, scanner="plain") as (fleet, board, scanner, seen):
            await scanner.scan(CODE)
            assert await heard(board, seen, "lamp_ok", CODE) == 1
            for tone, because, times, lamp in (
                ("accepted", None, 0, "lamp_ok"),
                ("due_soon", None, 3, "lamp_unknown"),
                ("due_soon", "overdue", 2, "lamp_unknown"),
                ("due_soon", "supplemented", 6, "lamp_ok"),
                ("unknown", None, 2, "lamp_unknown"),
                ("wrong", None, 1, "lamp_unknown"),
            ):
                seen.clear()
                fleet.say_state("b-1", tone={"tone": tone, "because": because, "expires": now_ms() + 60_000})
                assert await heard(board, seen, lamp, tone, times) == times, (tone, because)
            seen.clear()
            fleet.say_state("b-1", tone={"tone": "wrong", "expires": now_ms() - 60_000})
            fleet.say_state("b-1", tone={"tone": "accepted", "expires": now_ms() + 60_000})
            assert await heard(board, seen, "lamp_ok", "the later tone") == 0, "a tone that comes too late is none"

    asyncio.run(story())


def test_two_codes_at_once_are_two_and_the_same_twice_is_one(tmp_path):
    async def story():
        async with reading(tmp_path, scanner="plain") as (fleet, board, _, __):
            await board.feed("scanner", CODE + b"\r" + OTHER + b"\r" + CODE + b"\r" + OTHER + b"\r")
            await board.feed("scanner", b"MCB:last\r")
            assert await scanned(fleet, 3) == [("dossier", CODE.decode()), ("dossier", OTHER.decode()), ("badge", None)]

    asyncio.run(story())


def test_halves_of_a_code_are_no_code(tmp_path):
    async def story():
        async with reading(tmp_path, scanner="plain") as (fleet, board, _, __):
            await board.feed("scanner", CODE[:12])
            await fleet.until(lambda: fleet.events("scan"), "the first half, ended by silence")
            await board.feed("scanner", CODE[12:] + b"\r")
            assert await scanned(fleet, 2) == [("unknown", None)] * 2
            assert [one["length"] for one in fleet.events("scan")] == [12, len(CODE) - 12]

    asyncio.run(story())


def test_a_line_that_sends_noise_fills_no_outbox_and_stops_nothing(tmp_path):
    dice = random.Random(65)

    async def story():
        async with reading(tmp_path, scanner="plain") as (fleet, board, scanner, _):
            for _ in range(60):
                await board.feed("scanner", dice.randbytes(dice.randrange(1, 300)) + b"\r")
            await scanner.scan(CODE)
            await fleet.until(lambda: [one for one in fleet.events("scan") if one["what"] == "dossier"], "a code")
            assert len(fleet.events("scan")) <= 21
            assert [one["reason"] for one in fleet.events("fault")] == ["sends what is no code, again and again"]
            assert len(fleet.events("boot")) == 2

    asyncio.run(story())
