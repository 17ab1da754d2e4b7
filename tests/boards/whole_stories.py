"""The whole firmware on each real board, on the VM over stand-ins of its chip: run by test_real_boards.py."""

import asyncio
import json
import os

import machine

from firmware import app
from firmware.device import Device
from firmware.drivers import keys
from firmware.drivers.keys import STUCK_MS

CHIP = os.getenv("MOTCUA_CHIP")
NAME = os.getenv("MOTCUA_NAME")
ROOT = os.getenv("MOTCUA_ROOT")
LIVES_MS = 400


def device(*roles):
    """A board with these roles on its flash."""
    if CHIP == "rp2":
        from firmware.hardware.rp2 import Board
    else:
        from firmware.hardware.esp32 import Board
    machine.PINS.clear()
    machine.UARTS.clear()
    one = Board(NAME)
    one.root = ROOT
    for name in os.listdir(ROOT):
        if name.endswith(".json"):
            os.remove(ROOT + "/" + name)
    write("identity", {"device": "b-1", "password": "pw", "epoch": 3})
    write("boot", 1)
    wifi = {"ssid": "office", "wifi_password": "secret-of-the-office"}
    write("network", dict(wifi, host="127.0.0.1", port=9, protocol=5))
    write("config", {"version": 1, "office": "Office", "roles": list(roles), "scale": 5})
    return one


def write(name, value):
    with open(ROOT + "/" + name + ".json", "w") as f:
        f.write(json.dumps(value))


def lived(one, story):
    """Run the application and the story beside it; why the application ended, None if it did not."""

    async def whole():
        running = asyncio.create_task(app.run(one))
        await asyncio.sleep_ms(LIVES_MS)
        assert not running.done(), "the application ended"
        await story()
        assert not running.done(), "the application ended"
        running.cancel()

    asyncio.new_event_loop()
    asyncio.run(whole())


def faults_of(one, story=None):
    """(part, reason) of the faults that the application told while it lived."""
    told = []
    keep = Device.fault

    def note(self, part, reason):
        told.append((part, reason))
        keep(self, part, reason)

    async def nothing():
        pass

    Device.fault = note
    try:
        lived(one, story or nothing)
    finally:
        Device.fault = keep
    return told


def pin_of(one, line):
    return machine.PINS[one._wires.place(line)]


def test_rating_a_press_lights_its_lamp():
    one = device("rating")

    async def story():
        pin_of(one, "score_4").drive(0)
        await asyncio.sleep_ms(60)
        pin_of(one, "score_4").drive(1)
        await asyncio.sleep_ms(300)
        assert pin_of(one, "lamp_4").value() == 1

    lived(one, story)
    assert machine.World.fed > 0 and machine.World.timeout == 8000


def test_a_key_that_is_down_before_the_board_starts_is_told_as_stuck_and_is_no_press():
    one = device("rating")
    keys.STUCK_MS = LIVES_MS // 4
    machine.Pin(one._wires.place("score_2"), machine.Pin.IN).drive(0)

    async def story():
        pin_of(one, "score_2").drive(1)
        await asyncio.sleep_ms(200)
        assert pin_of(one, "lamp_2").value() == 0

    try:
        ((part, reason),) = faults_of(one, story)
    finally:
        keys.STUCK_MS = STUCK_MS
    assert part == "key score_2" and "stuck" in reason, (part, reason)


def test_printer_asks_its_paper():
    one = device("printer")

    async def story():
        wire = machine.UARTS[one._wires.place("printer")[0]]
        assert b"\x10\x04" in wire.sent, wire.sent

    lived(one, story)


def test_reader_sees_a_dossier():
    one = device("reader")

    async def story():
        machine.UARTS[one._wires.place("scanner")[0]].coming = b"H15.50.05.13-261008-0975\r"
        for _ in range(40):
            await asyncio.sleep_ms(50)
            if pin_of(one, "lamp_ok").value():
                return
        raise AssertionError("the lamp stayed dark")

    lived(one, story)


def test_keypad_shows_that_nobody_is_served():
    one = device("keypad")

    async def story():
        wire = machine.UARTS[one._wires.place("display")[0]]
        assert wire.sent.endswith(b"\r"), wire.sent

    lived(one, story)


def test_two_roles_that_want_one_line_the_first_runs_and_the_second_is_told():
    one = device("keypad", "printer")

    async def story():
        wire = machine.UARTS[one._wires.place("display")[0]]
        assert wire.sent.endswith(b"\r"), wire.sent
        assert b"\x10\x04" not in wire.sent, "the printer was asked on the display's line"

    ((part, reason),) = faults_of(one, story)
    assert part == "printer", part
    assert "role printer is left out: " in reason and " both want " in reason and "/pins.json" in reason, reason


def test_a_pin_that_the_chip_does_not_know_leaves_the_role_out_and_no_more():
    one = device("rating")
    write("pins", {"lamp_2": 99})
    ((part, reason),) = faults_of(one)
    assert (part, reason) == ("rating", "role rating is left out: invalid pin"), (part, reason)


def test_a_place_that_is_none_leaves_the_role_out_and_no_more():
    one = device("rating")
    write("pins", {"lamp_2": "GP7"})
    ((part, reason),) = faults_of(one)
    assert part == "rating" and "expected for lamp_2 a pin" in reason, reason


def test_display_shows_lines_and_asks_its_module():
    one = device("display")

    async def story():
        _, clock, select = one._wires.place("matrix")
        assert machine.PINS[select].value() == 1 and machine.PINS[clock].value() == 0
        wire = machine.UARTS[one._wires.place("voice")[0]]
        assert wire.sent.startswith(b"\x7e\xff\x06\x42"), wire.sent

    lived(one, story)
