"""What a person touches and sees: each button is pressed three times, each lamp and the buzzer are asked for."""

import asyncio

from firmware.cable.selftest import ASK, FAIL, PASS, SKIPPED
from firmware.drivers.debounce import Debounce
from firmware.sparing import const
from firmware.waiting import happens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.selftest import SelfTest

_PRESSES = const(3)
_LIT_MS = const(300)
_DARK_MS = const(100)
KEYS = {
    "rating": ["score_1", "score_2", "score_3", "score_4", "score_5"],
    "keypad": ["key_next", "key_recall", "key_no_show", "key_finish"],
    "printer": ["service_1"],
}
# Of a printer's keys an office wires as many as it has services; the first is always there.
LAMPS = {
    "rating": ["lamp_1", "lamp_2", "lamp_3", "lamp_4", "lamp_5", "lamp_armed"],
    "keypad": ["lamp_serving"],
    "printer": ["lamp_ready", "lamp_fault"],
    "reader": ["lamp_ok", "lamp_unknown", "buzzer"],
}


async def buttons(test: "SelfTest") -> "tuple[str, str]":
    """Each key goes down and comes up three times; none is down before, or stays down."""
    names = named(KEYS, test.offer.roles)
    if not names:
        return SKIPPED, "this device has no buttons"
    inputs = test.board.inputs(names)
    stuck = inputs.down()
    if stuck:
        return FAIL, "down before anybody pressed: " + ", ".join(stuck)
    await test.line("buttons", ASK, "press each three times: " + ", ".join(names))
    if not test.hands:
        return ASK, "nobody pressed"
    debounce, count = Debounce(), {name: 0 for name in names}
    until = test.clock.up() + test.wait_ms
    while min(count.values()) < _PRESSES and test.clock.up() < until:
        for name, level, tick in inputs.take():
            debounce.edge(name, level, test.clock.up_of(tick))
        now = test.clock.up()
        for change in debounce.settled(now):
            if not change.pressed:
                count[change.name] += 1
                await test.line("buttons", ASK, "%s %d of %d" % (change.name, count[change.name], _PRESSES))
        due = debounce.due_ms(now)
        if min(count.values()) < _PRESSES:
            await happens(inputs.changed, max(1, min(until - now, due if due is not None else until - now)))
    return judged(debounce, count)


def judged(debounce: Debounce, count: "dict[str, int]") -> "tuple[str, str]":
    """What the presses say of the contacts. They rested within 1, 2, 5, 10, 20 ms, or later."""
    missing = ["%s %d" % (name, count[name]) for name in sorted(count) if count[name] < _PRESSES]
    found = "bounces " + " ".join([str(one) for one in debounce.bounces])
    if debounce.down:
        return FAIL, "stuck: %s; %s" % (", ".join(sorted(debounce.down)), found)
    if missing:
        return FAIL, "expected %d presses each, found %s; %s" % (_PRESSES, ", ".join(missing), found)
    if debounce.bounces[-1]:
        return FAIL, "a contact bounces for longer than 20 ms; " + found
    return PASS, found


async def lamps(test: "SelfTest") -> "tuple[str, str]":
    """Each is lit, one after another; whether it was is seen by a person."""
    names = named(LAMPS, test.offer.roles)
    if not names:
        return SKIPPED, "this device has no lamps"
    outputs = [test.board.output(name) for name in names]

    async def light() -> None:
        for output in outputs:
            output.value(1)
            await asyncio.sleep_ms(_LIT_MS)
            output.value(0)
            await asyncio.sleep_ms(_DARK_MS)

    await light()
    told = ", ".join(names)
    return await test.confirmed("lamps", "was each lit, one after another, or heard? " + told, told, light)


def named(table: "dict[str, list[str]]", roles: "list[str]") -> "list[str]":
    """The lines of these roles."""
    return [name for role in roles for name in table.get(role, [])]
