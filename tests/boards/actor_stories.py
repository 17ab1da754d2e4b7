"""What the actor does on a Pico, told on the VM over a fake of the chip: run by test_actor_on_a_pico.py."""

import asyncio

import machine

from hil_tests.actor.app import Actor
from hil_tests.actor.hardware.pico import Hardware
from hil_tests.actor.pins import EYES, HANDS, RELAY, SERIAL

PRINTER_TX = SERIAL["printer"][1]


def told(story):
    """Run a story of an actor whose cable nobody holds."""

    async def whole():
        machine.World.words.clear()
        machine.World.ticks.clear()
        actor = Actor(Hardware())
        said = []
        actor.talk._write = said.append

        async def no_host(do):
            pass

        actor.talk.run = no_host
        await actor.run()
        await story(actor, said)

    asyncio.new_event_loop()
    asyncio.run(whole())


def ticks(count):
    for _ in range(count):
        for tick in machine.World.ticks:
            tick(None)


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep_ms(10)
    raise AssertionError("it never came to that")


def test_hands_are_open_drains_that_are_let_go_at_the_start_and_at_the_end():
    async def story(actor, said):
        pins = [machine.PINS[pin] for pin in HANDS.values()]
        assert all([pin.mode == machine.Pin.OPEN_DRAIN and pin.level == 1 for pin in pins])
        await actor.do(["hold", "hand3"])
        assert machine.PINS[HANDS["hand3"]].level == 0
        actor.hardware.rest()
        assert all([pin.level == 1 for pin in pins]) and machine.World.ticks == []

    told(story)


def test_a_contact_that_bounces_ends_open():
    async def story(actor, said):
        pin, seen = machine.PINS[HANDS["hand2"]], []
        drive = pin.value

        def value(x=None):
            seen.append(x)
            return drive(x)

        pin.value = value
        await actor.do(["press", "hand2", "2", "1", "3"])
        await actor.do(["press", "hand2", "2", "1"])
        assert seen == [0, 1, 0, 1, 0, 1, 0, 1] and pin.level == 1

    told(story)


def test_the_timer_lets_a_key_go_when_the_host_is_silent():
    async def story(actor, said):
        actor.hands.silence_ms = 20
        await actor.do(["hold", "hand1"])
        await asyncio.sleep_ms(30)
        ticks(1)
        assert machine.PINS[HANDS["hand1"]].level == 1
        await until(lambda: any([b" silent*" in line for line in said]))

    machine.World.old_image = True
    try:
        told(story)
    finally:
        machine.World.old_image = False
    told(story)


def test_a_lamp_that_changes_is_told_with_its_moment():
    async def story(actor, said):
        lamp = machine.PINS[EYES["eye6"]]
        assert lamp.pull == machine.Pin.PULL_DOWN
        lamp.drive(1)
        await until(lambda: any([b" eye eye6 1 1*" in line for line in said]))
        assert await actor.do(["bright", "eye6"]) == ["1000"]
        assert lamp.mode == machine.Pin.IN and (await actor.do(["bright", "eye6"])) == ["1000"]

    told(story)


def test_a_printer_answers_and_a_cut_lets_our_lines_float():
    async def story(actor, said):
        line = machine.UARTS[0]
        line.coming += b"\x10\x04\x04"
        await until(lambda: line.sent == b"\x12")
        assert machine.PINS[RELAY].mode == machine.Pin.IN
        await actor.do(["relay", "nc", "high"])
        await actor.do(["cut", "50", "0", "bytes", "printer", "2"])
        line.coming += b"x"
        ticks(1)
        assert machine.PINS[RELAY].level == 0
        line.coming += b"x"
        ticks(1)
        assert machine.PINS[RELAY].level == 1
        await until(lambda: machine.PINS[PRINTER_TX].mode == machine.Pin.IN)
        await asyncio.sleep_ms(60)
        ticks(1)
        assert machine.PINS[RELAY].level == 0
        await until(lambda: [1 for line in said if b" back*" in line])

    told(story)


def test_a_line_changes_its_speed_and_a_meter_is_read_where_there_is_one():
    async def story(actor, said):
        await actor.do(["serial", "scanner", "115200"])
        assert (machine.UARTS[1].baudrate, machine.UARTS[0].baudrate) == (115200, 9600)
        try:
            await actor.do(["meter", "start", "10"])
        except Exception as err:
            assert "found none" in str(err)
        machine.World.words.update({0: 0, 1: 450, 2: 1250 << 3})
        await actor.do(["meter", "start", "10"])
        await until(lambda: actor.meter.count > 2)
        assert (await actor.do(["meter", "read"]))[1:] == ["45000", "45000", "45000", "5000"]

    told(story)
