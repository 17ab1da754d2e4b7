"""What a host may ask of the parts that the actor plays, and of the device's power."""

import binascii

from hil_tests.actor.asked import LONGEST_MS, number, one_of
from hil_tests.actor.lines import PIECE_BYTES
from hil_tests.actor.pins import EYES, RELAYS, SERIAL
from hil_tests.actor.talk import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hil_tests.actor.app import Actor

_BAUD = (1200, 921_600)
_MOST_BYTES = 1 << 20
_CODE_BYTES = 1024
_SAMPLES = 20
_PERIOD_MS = (5, 10_000)


async def serial(actor: "Actor", words: "list[str]") -> "list[str]":
    """The speed of a line."""
    actor.hardware.serial(one_of(words, 0, SERIAL)).tune(number(words, 1, "baud", *_BAUD))
    return []


async def came(actor: "Actor", words: "list[str]") -> "list[str]":
    """How many bytes have come on a line in all."""
    return [str(actor.hardware.came(one_of(words, 0, SERIAL)))]


async def say(actor: "Actor", words: "list[str]") -> "list[str]":
    """Send these bytes on a line, whatever they are."""
    actor.say(one_of(words, 0, SERIAL), data_of(words, 1))
    return []


async def printer(actor: "Actor", words: "list[str]") -> "list[str]":
    """How the printer is: paper, cover, trouble, manner; without words, what it is and how many bytes came."""
    if not words:
        state = ["%s=%s" % one for one in sorted(actor.printer.state.items())]
        return state + ["came=%d" % actor.printer.came, "lost=%d" % actor.printer.lost]
    try:
        actor.say("printer", actor.printer.set(words[0], "".join(words[1:2])))
    except ValueError as err:
        raise Refused("printer: %s" % err) from None
    return []


async def scanner(actor: "Actor", words: "list[str]") -> "list[str]":
    """How the scanner behaves; without words, its registers that are not 0."""
    if not words:
        return ["%02x=%02x" % one for one in sorted(actor.scanner.registers.items()) if one[1]]
    try:
        actor.scanner.set(words[0], "".join(words[1:2]))
    except ValueError as err:
        raise Refused("scanner: %s" % err) from None
    return []


async def scan(actor: "Actor", words: "list[str]") -> "list[str]":
    """Hold a code before the scanner; how many bytes it sent. `scan more …` is the beginning of a long one."""
    if words[:1] == ["more"]:
        actor.code = (actor.code + data_of(words, 1))[-_CODE_BYTES:]
        return []
    code, actor.code = actor.code + data_of(words, 0), b""
    sent = actor.scanner.read(code)
    actor.say("scanner", sent)
    return [str(len(sent))]


async def relay(actor: "Actor", words: "list[str]") -> "list[str]":
    """How the relay is wired."""
    found = " ".join(words)
    if found not in RELAYS and found != "none":
        raise Refused("relay: expected none, %s, found %s" % (", ".join(sorted(RELAYS)), found or "nothing"))
    actor.cut.disarm()
    actor.has_relay = found in RELAYS
    actor.hardware.wire_relay(RELAYS.get(found))
    return []


async def power(actor: "Actor", words: "list[str]") -> "list[str]":
    """Switch it."""
    wanted = one_of(words, 0, ("on", "off"))
    needs_relay(actor)
    actor.cut.disarm()
    actor.switch(wanted == "on")
    return [str(actor.hardware.ticks())]


async def cut(actor: "Actor", words: "list[str]") -> "list[str]":
    """`cut <for ms> <after ms> now | eye <name> <level> | bytes <line> <count>`, or `cut none`."""
    needs_relay(actor)
    actor.cut.disarm()
    if words == ["none"]:
        return []
    for_ms = number(words, 0, "milliseconds without power", 1, LONGEST_MS)
    after_ms = number(words, 1, "milliseconds after it", 0, LONGEST_MS)
    by = one_of(words, 2, ("now", "eye", "bytes"))
    if by == "eye":
        actor.cut.arm_by_eye(one_of(words, 3, EYES), number(words, 4, "level", 0, 1), after_ms, for_ms)
    elif by == "bytes":
        actor.cut.arm_by_bytes(one_of(words, 3, SERIAL), number(words, 4, "bytes", 1, _MOST_BYTES), after_ms, for_ms)
    else:
        actor.cut.arm_now(after_ms, for_ms)
    return [str(actor.hardware.ticks())]


async def meter(actor: "Actor", words: "list[str]") -> "list[str]":
    """`meter start <ms>`, `stop`, `read` (count, average, least, most in µA, mV), `samples` (the last, in µA)."""
    wanted = one_of(words, 0, ("start", "stop", "read", "samples"))
    try:
        if wanted == "start":
            period_ms = number(words, 1, "milliseconds", *_PERIOD_MS)
            actor.meter.set_up()
            actor.meter.start()
            actor.measure(period_ms)
        elif wanted == "stop":
            actor.measure(None)
        elif wanted == "read":
            return actor.meter.told()
        else:
            return [str(one) for one in actor.meter.ring[-_SAMPLES:]]
    except OSError:
        raise Refused("meter: expected an INA219 at 0x40 of the I2C bus, found none") from None
    return []


def needs_relay(actor: "Actor") -> None:
    """Raise Refused where the host has not said how the relay is wired."""
    if not actor.has_relay:
        raise Refused("power: expected `relay nc|no high|low` before, found no relay")


def data_of(words: "list[str]", place: int) -> bytes:
    """The bytes that this word says in hex. Raises Refused."""
    found = words[place] if len(words) > place else ""
    try:
        data = binascii.unhexlify(found)
    except ValueError:
        raise Refused("expected bytes in hex, found %s" % (found[:20] or "none")) from None
    if not 0 < len(data) <= PIECE_BYTES:
        raise Refused("expected 1 to %d bytes, found %d" % (PIECE_BYTES, len(data)))
    return data


ASKED_PARTS = {
    "serial": serial,
    "came": came,
    "say": say,
    "printer": printer,
    "scanner": scanner,
    "scan": scan,
    "relay": relay,
    "power": power,
    "cut": cut,
    "meter": meter,
}
