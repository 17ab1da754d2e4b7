"""What every real board must do, told on the VM over fakes of its chip: run by test_real_boards.py."""

import asyncio
import json
import os
import struct
import sys
import time

import machine
import network as radio

from firmware.enrolling import Network
from firmware.hardware import board as hardware
from firmware.hardware.board import LOOK_MS, note
from firmware.hardware.wires import WireError
from firmware.wifi import wifi_of

CHIP = os.getenv("MOTCUA_CHIP")
NAME = os.getenv("MOTCUA_NAME")
LAYOUT = os.getenv("MOTCUA_LAYOUT")
HOME = {"ssid": "office", "wifi_password": "secret-of-the-office"}
RATING = ["score_1", "score_2", "score_3", "score_4", "score_5"]


def board():
    if CHIP == "rp2":
        from firmware.hardware.rp2 import Board
    else:
        from firmware.hardware.esp32 import Board
    return Board(NAME)


def told(story):
    """Run a story of a board that was started."""

    async def whole():
        one = board()
        await one.start()
        await story(one)

    asyncio.new_event_loop()
    asyncio.run(whole())


def home(wifi):
    return Network("mqtt.example", 8883, 5, wifi=wifi_of(wifi, "tp-1"))


def raised(expected, what):
    try:
        what()
    except expected as err:
        return str(err)
    raise AssertionError("expected " + expected.__name__)


def pin_of(one, line):
    return machine.PINS[one._wires.place(line)]


# Pins


def test_a_shift_register_takes_bits_highest_first_and_shows_them_at_the_end():
    async def story(one):
        seen = []
        shifter = one.shifter("matrix")
        data, clock, select = [machine.PINS[pin] for pin in one._wires.place("matrix")]
        before = clock.value

        def value(x=None):
            if x == 1:
                seen.append((data.level, select.level))
            return before(x)

        clock.value = value
        shifter.write(b"\xa5\x01")
        assert [bit for bit, _ in seen] == [1, 0, 1, 0, 0, 1, 0, 1] + [0] * 7 + [1], seen
        assert not any([level for _, level in seen]) and select.level == 1

    told(story)


def test_roles_without_pins_for_all_of_them_clash():
    one = board()
    assert one.clash(["rating"]) is None
    all_four = one.clash(["printer", "rating", "reader", "keypad"])
    assert all_four is None or "both want" in all_four


def test_a_press_comes_in_order_with_its_ticks():
    async def story(one):
        inputs = one.inputs(RATING)
        before = one.ticks()
        pin_of(one, "score_2").drive(0)
        await asyncio.wait_for(inputs.changed.wait(), 30)
        pin_of(one, "score_2").drive(1)
        await asyncio.sleep_ms(80)
        edges = inputs.take()
        assert [edge[:2] for edge in edges] == [("score_2", 0), ("score_2", 1)], edges
        assert 0 <= one.ticks_diff(edges[0][2], before) < 60_000
        assert not inputs.changed.is_set() and inputs.take() == []

    told(story)


def test_an_edge_that_no_interrupt_saw_leaves_no_key_stuck():
    async def story(one):
        inputs = one.inputs(RATING)
        pin_of(one, "score_1").drive(0)
        pin_of(one, "score_1").drive(1, seen=False)
        await asyncio.sleep_ms(100)
        assert [edge[:2] for edge in inputs.take()] == [("score_1", 0), ("score_1", 1)]

    told(story)


def test_more_edges_than_the_ring_holds_end_with_the_level_that_is():
    async def story(one):
        inputs = one.inputs(RATING)
        for level in (0, 1) * 100 + (0,):
            pin_of(one, "score_3").drive(level)
        inputs.take()
        await asyncio.sleep_ms(100)
        edges = inputs.take()
        assert edges == [] or edges[-1][:2] == ("score_3", 0)
        assert inputs._levels[2] == 0

    told(story)


def test_inputs_are_pulled_up_and_rest_when_they_begin():
    async def story(one):
        inputs = one.inputs(RATING)
        for name in RATING:
            pin = pin_of(one, name)
            alone = NAME == "esp32" and pin.id >= 34
            assert pin.mode == machine.Pin.IN and (pin.pull == machine.Pin.PULL_UP or alone)
        assert inputs.take() == []

    told(story)


def test_outputs_begin_dark_and_drive_their_pins():
    async def story(one):
        lamp = one.output("lamp_1")
        assert pin_of(one, "lamp_1").level == 0
        lamp.value(1)
        assert pin_of(one, "lamp_1").level == 1 and one.output("lamp_1") is lamp
        lamp.value(0)
        assert pin_of(one, "lamp_1").level == 0

    told(story)


def test_a_line_that_nobody_knows_is_a_sentence():
    async def story(one):
        assert "no place for the line smoke" in raised(WireError, lambda: one.output("smoke"))

    told(story)


# Serial lines


def test_a_scan_comes_whole_in_pieces():
    async def story(one):
        line = one.uart("scanner")
        wire = machine.UARTS[one._wires.place("scanner")[0]]
        assert wire.rxbuf >= 1024 and wire.baudrate == 9600
        heard = b""
        for piece in (b"H15.50.05", b".13-261008", b"-0975\r"):
            wire.coming += piece
            await asyncio.wait_for(line.changed.wait(), 30)
            heard += line.take()
        assert heard == b"H15.50.05.13-261008-0975\r"

    told(story)


def test_a_ticket_goes_out_in_small_pieces_and_whole():
    async def story(one):
        line = one.uart("printer")
        wire = machine.UARTS[one._wires.place("printer")[0]]
        ticket = bytes(range(256)) + b"end"
        line.write(ticket)
        line.write(b"!")
        for _ in range(200):
            if len(wire.sent) == len(ticket) + 1:
                break
            await asyncio.sleep_ms(20)
        assert wire.sent == ticket + b"!" and max(wire.pieces) <= 64, wire.pieces

    told(story)


def test_a_full_wire_loses_nothing():
    async def story(one):
        line = one.uart("printer")
        wire = machine.UARTS[one._wires.place("printer")[0]]
        wire.room = 10
        line.write(b"a ticket of more than ten bytes")
        await asyncio.sleep_ms(300)
        assert wire.sent == b"a ticket o"
        wire.room = None
        await asyncio.sleep_ms(300)
        assert wire.sent == b"a ticket of more than ten bytes"

    told(story)


def test_noise_that_nobody_takes_stays_bounded():
    async def story(one):
        line = one.uart("scanner")
        wire = machine.UARTS[one._wires.place("scanner")[0]]
        wire.coming = b"x" * 5000 + b"last\r"
        await asyncio.sleep_ms(300)
        heard = line.take()
        assert len(heard) == 2048 and heard.endswith(b"last\r")

    told(story)


# Life


def test_power_forgets_the_failures():
    machine.World.cause = machine.PWRON_RESET
    keep(note(5, ""))
    one = board()
    assert (one.reset_reason, one.failures) == ("power", 0)


def test_a_reset_keeps_reason_and_failures_and_the_reason_only_once():
    one = board()
    one.keep_failures(2)
    try:
        one.reset("fault")
    except machine.Reset:
        pass
    was_reset()
    again = board()
    assert (again.reset_reason, again.failures) == ("fault", 2)
    bitten()
    assert (board().reset_reason, board().failures) == ("watchdog", 2)


def test_what_others_left_in_the_notebook_is_no_note():
    was_reset()
    keep(b"\xa5" * 16)
    one = board()
    assert (one.reset_reason, one.failures) == ("reset", 0)


def test_a_long_reason_and_many_failures_fit():
    assert len(note(1000, "a reason of very many letters")) == 16
    assert struct.unpack("<2sBB12s", note(1000, "x"))[1] == 255


def test_only_a_board_that_learns_which_key_woke_it_sleeps():
    assert board().can_sleep == (NAME == "esp32_c3")


def test_keys_wake_a_board_that_sleeps_and_it_knows_which():
    async def story(one):
        if not one.can_sleep:
            return
        import esp32

        one.inputs(RATING)
        pin_of(one, "score_4").drive(0)  # somebody leans on it
        one.wake_by(RATING, 60_000)
        try:
            one.sleep()
        except machine.Reset:
            pass
        assert machine.World.slept_ms == 60_000
        assert sorted(esp32.WAKERS) == sorted([pin_of(one, name).id for name in RATING if name != "score_4"])
        machine.World.cause = machine.DEEPSLEEP_RESET
        machine.World.registers[0x60008110] = 1 << pin_of(one, "score_2").id | 0x5555_5540
        again = board()
        assert (again.reset_reason, again.woken_by(RATING)) == ("sleep", "score_2")
        machine.World.registers[0x60008110] = 0x5555_5540
        assert board().woken_by(RATING) is None  # it was the time
        machine.World.registers[0x60008110] = 1
        was_reset()
        assert board().woken_by(RATING) is None
        pin_of(one, "score_4").drive(1)

    told(story)


def test_the_watchdog_waits_no_longer_than_the_chip_can():
    async def story(one):
        one.feed_watchdog()  # before it is there
        one.watchdog(8_000)
        assert machine.World.timeout == 8_000
        one.watchdog(600_000)
        assert machine.World.timeout <= (8_388 if CHIP == "rp2" else 60_000)
        fed = machine.World.fed
        one.feed_watchdog()
        assert machine.World.fed == fed + 1

    told(story)


def test_a_person_at_the_cable_is_not_bitten():
    async def story(one):
        one.watchdog(8_000)
        one.stop_watchdog()
        if CHIP == "rp2":
            base = {"pico_w": 0x40058000, "pico_2_w": 0x400D8000}[NAME]
            assert machine.World.registers[base + 0x3000] == 1 << 30
        else:
            assert machine.World.timeout == 86_400_000

    told(story)


def test_a_board_without_a_clock_begins_on_the_day_of_its_firmware():
    made_on = hardware.MADE_ON
    try:
        hardware.MADE_ON = (2090, 1, 2, 0, 0, 0, 0, 0)
        board()
        assert machine.World.date == (2090, 1, 2, 0, 0, 0, 0, 0)
        machine.World.date = None
        hardware.MADE_ON = (2001, 1, 2, 0, 0, 0, 0, 0)
        board()
        assert machine.World.date is None
    finally:
        hardware.MADE_ON = made_on


def test_ready_tells_the_heap():
    async def story(one):
        one.ready()
        assert one.heap_free() > 0 and 0 <= one.random(7) < 7

    told(story)


# Wi-Fi


def test_the_radio_is_asked_four_times_a_second_and_not_more():
    async def story(one):
        radio.World.looks, radio.World.tried = 0, []
        began = time.ticks_ms()
        network = home(HOME)
        await one.join_network(network)
        took = time.ticks_diff(time.ticks_ms(), began)
        assert radio.World.tried == ["office"] and radio.World.hostname == "tp-1"
        assert radio.World.looks <= took // LOOK_MS + 2
        await one.join_network(network)
        assert radio.World.tried == ["office"]  # it is still there
        assert radio.World.pm == radio.WLAN.PM_NONE

    told(story)


def test_a_wrong_password_is_a_sentence_at_once_and_is_not_shown():
    async def story(one):
        began = time.ticks_ms()
        try:
            await one.join_network(home(dict(HOME, wifi_password="not the secret")))
        except OSError as err:
            assert "office: wrong password" in str(err) and "not the secret" not in str(err)
            assert time.ticks_diff(time.ticks_ms(), began) < 10_000
            return
        raise AssertionError("joined")

    told(story)


def test_a_network_without_wifi_is_a_sentence():
    async def story(one):
        try:
            await one.join_network(Network("mqtt.example", 1883, 5))
        except OSError as err:
            assert "no Wi-Fi" in str(err)
            return
        raise AssertionError("joined")

    told(story)


# Regions


def test_a_stock_image_has_no_regions():
    stock_image()
    assert board().region("events") is None and board().region("kept") is None


def test_our_image_has_both_regions_and_they_do_not_touch():
    flash = our_image()
    one = board()
    blocks = set()
    for name, size in (("events", 256), ("kept", 32)):
        region = one.region(name)
        assert (region.ioctl(4, 0), region.ioctl(5, 0)) == (size // 4, 4096)
        flash.erased.clear()
        for block in range(size // 4):
            region.ioctl(6, block)
        assert not blocks & set(flash.erased) and len(set(flash.erased)) == size // 4
        blocks |= set(flash.erased)
    assert one.region("romance") is None


def test_a_region_programs_a_part_of_a_page_and_leaves_the_rest():
    our_image()
    region = board().region("kept")
    region.ioctl(6, 1)
    region.writeblocks(1, b"a" * region.unit, 0)
    region.writeblocks(1, b"b" * region.unit, region.unit * 9)
    region.writeblocks(1, b"c" * 300, 4096 - 320)
    data = bytearray(4096)
    region.readblocks(1, data, 0)
    assert data[: region.unit] == b"a" * region.unit and data[region.unit * 9 :][:32] == b"b" * 32
    assert data[4096 - 320 : 4096 - 20] == b"c" * 300 and data[-20:] == b"\xff" * 20
    assert data[region.unit : region.unit * 9] == b"\xff" * (region.unit * 8)


def test_before_an_erase_the_serial_lines_are_at_rest():
    if CHIP != "rp2":
        return
    our_image()

    async def story(one):
        one.uart("scanner")
        wire = machine.UARTS[one._wires.place("scanner")[0]]
        region = one.region("events")
        began = time.ticks_ms()
        region.ioctl(6, 0)
        assert time.ticks_diff(time.ticks_ms(), began) < 15
        wire.coming = b"H15"
        began = time.ticks_ms()
        region.ioctl(6, 0)
        assert time.ticks_diff(time.ticks_ms(), began) >= 20

    told(story)


def our_image():
    """The image of `firmware/boards/`; returns the chip's flash."""
    if CHIP == "rp2":
        import rp2

        sys.path.append(LAYOUT)
        return rp2.CHIP_FLASH
    import esp32

    start = 0
    for name, size in json.loads(LAYOUT).items():
        esp32.PARTITIONS[name] = esp32.CHIP_FLASH.part(start, size)
        start += size
    return esp32.CHIP_FLASH


def stock_image():
    """The image that everybody can download."""
    if CHIP == "rp2":
        sys.modules.pop("flash_layout", None)
        while LAYOUT in sys.path:
            sys.path.remove(LAYOUT)
    else:
        import esp32

        esp32.PARTITIONS.clear()


def keep(data):
    """Put this where the chip keeps things over a reset."""
    machine.World.memory = data
    words = struct.unpack("<4I", data)
    for base in (0x40058000, 0x400D8000):
        for one in range(4):
            machine.World.registers[base + 0x0C + 4 * one] = words[one]


def was_reset():
    machine.World.cause = machine.WDT_RESET if CHIP == "rp2" else machine.HARD_RESET
    for base in (0x40058000, 0x400D8000):
        machine.World.registers[base + 8] = 2


def bitten():
    machine.World.cause = machine.WDT_RESET
    for base in (0x40058000, 0x400D8000):
        machine.World.registers[base + 8] = 1
