"""What a host may ask of hands and eyes. Each takes the actor and its arguments, and gives the words of the answer."""

import asyncio

from hil_tests.actor.lines import VERSION, digits
from hil_tests.actor.pins import EYES, HANDS
from hil_tests.actor.talk import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hil_tests.actor.app import Actor

LONGEST_MS = 600_000
_SILENCE_AT_LEAST_MS = 200


async def hello(actor: "Actor", words: "list[str]") -> "list[str]":
    """Who answers: protocol, board, chip, how long a silent host keeps a key pressed, how much was noticed."""
    return [
        str(VERSION),
        actor.hardware.name,
        actor.hardware.hw(),
        str(actor.hands.silence_ms),
        str(actor.talk.noticed),
    ]


async def ping(actor: "Actor", words: "list[str]") -> "list[str]":
    """The host lives; the actor's milliseconds."""
    return [str(actor.hardware.ticks())]


async def silence(actor: "Actor", words: "list[str]") -> "list[str]":
    """After so many milliseconds of silence everything is let go."""
    actor.hands.silence_ms = number(words, 0, "milliseconds", _SILENCE_AT_LEAST_MS, LONGEST_MS)
    return []


async def hold(actor: "Actor", words: "list[str]") -> "list[str]":
    """Pull a wire to ground."""
    return [str(actor.hands.hold(one_of(words, 0, HANDS)))]


async def release(actor: "Actor", words: "list[str]") -> "list[str]":
    """Let a wire go, or all of them."""
    if words == ["all"]:
        actor.hands.release_all()
        return []
    return [str(actor.hands.release(one_of(words, 0, HANDS)))]


async def press(actor: "Actor", words: "list[str]") -> "list[str]":
    """Pull a wire for so long; more milliseconds are those of a contact that bounces: open, closed, open …"""
    wire = one_of(words, 0, HANDS)
    times = [number(words, place, "milliseconds", 1, LONGEST_MS) for place in range(1, max(2, len(words)))]
    down = actor.hands.hold(wire)
    for place in range(len(times)):
        await asyncio.sleep_ms(times[place])
        up = actor.hands.release(wire) if place % 2 == 0 else actor.hands.hold(wire)
    if len(times) % 2 == 0:
        up = actor.hands.release(wire)
    return [str(down), str(up)]


async def look(actor: "Actor", words: "list[str]") -> "list[str]":
    """All eyes, or one: level, changes, when the last was."""
    return [actor.eyes.one(one_of(words, 0, EYES))] if words else actor.eyes.all()


async def bright(actor: "Actor", words: "list[str]") -> "list[str]":
    """How bright a lamp is, in thousandths of 3.3 V."""
    found = actor.hardware.bright(one_of(words, 0, EYES))
    if found is None:
        raise Refused("eye: expected one that can see how bright, found %s" % words[0])
    return [str(found)]


async def again(actor: "Actor", words: "list[str]") -> "list[str]":
    """Say once more what was noticed under that number."""
    actor.talk.again(number(words, 0, "notice", 1, 1 << 29))
    return []


def one_of(words: "list[str]", place: int, names) -> str:  # type: ignore[no-untyped-def]
    """The word at this place, one of these names. Raises Refused."""
    found = words[place] if len(words) > place else "none"
    if found not in names:
        raise Refused("expected one of %s, found %s" % (" ".join(sorted(names)), found))
    return found


def number(words: "list[str]", place: int, what: str, least: int, most: int) -> int:
    """The number at this place. Raises Refused."""
    found = words[place] if len(words) > place else "none"
    if not digits(found) or not least <= int(found) <= most:
        raise Refused("%s: expected %d to %d, found %s" % (what, least, most, found))
    return int(found)


ASKED = {
    "hello": hello,
    "ping": ping,
    "silence": silence,
    "hold": hold,
    "release": release,
    "press": press,
    "look": look,
    "bright": bright,
    "again": again,
}
