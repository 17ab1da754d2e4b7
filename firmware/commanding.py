"""Orders of people to this device. It is lent: an order is rare.

An order that comes again is not done again: it gets the answer that it had, or none while it is still being done.
What was answered is kept for the last few orders, in RAM; after a boot `restart` knows its own by the boot's number.
"""

import asyncio

from firmware.letting_go import let_go
from firmware.sparing import const, lent
from protocols.message import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.orders import Command

_ASKING = ("log", "clock", "snapshot")
# Nothing is done, so they are never too late: a clock that is wrong would call the order late that sets it right.
_UNDER_WAY_AT_MOST = const(3)
_KEPT = const(6)
_SECONDS_AT_MOST = const(60)
_BLINK_MS = const(300)
_CALM_MS = const(20_000)
# A slow printer needs ten seconds for a ticket, the fleet a few for its receipts; what is not sent then stays on flash.
_LOOK_MS = const(100)


def take(device, data: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """An order came, in decoded JSON. Raises ProtocolError where it is none."""
    order = read(data)
    known = [answer for identity, answer in device.answers if identity == order.id]
    if known:
        if known[0]:
            device.outgoing.append(("reply", known[0], 1))
            device.woken.set()
        return
    if order.verb in _ASKING:
        reporting = lent("reporting")
        reason = reporting.why_not(order.verb, order.arguments)
        if not reason:
            reporting.answer(device, order.id, order.verb, order.arguments)
            return
    else:
        reason = why_not(device, order)
    if not reason and len([1 for _, answer in device.answers if not answer]) >= _UNDER_WAY_AT_MOST:
        reason = "too_soon"
    keep(device, order.id, b"")
    if reason:
        answer(device, order.id, reason)
    elif order.verb == "identify":
        identify(device, order.arguments.get("seconds", 10))
        answer(device, order.id)
    elif order.verb == "restart":
        asyncio.create_task(restart(device, order.id))
    else:
        device.orders.append((order.id, order.verb, order.arguments))
        device.printer.poke()


def read(data: "dict[str, Any]") -> "Command":
    """What was ordered. Raises ProtocolError."""
    from protocols.orders import Command

    try:
        return Command.from_dict(data, "command")
    finally:
        del Command
        let_go("protocols.orders")


def why_not(device, order) -> str:  # type: ignore[no-untyped-def]
    """Why this order is refused at once; "" if it is not."""
    at, arguments = device.clock.at(), order.arguments
    if at is not None and order.not_after is not None and at > order.not_after:
        return "late"
    if order.verb == "identify":
        seconds = arguments.get("seconds", 1)
        return "" if type(seconds) is int and 1 <= seconds <= _SECONDS_AT_MOST else "bad_arguments"
    if order.verb == "restart":
        return "" if arguments.get("boot") in (None, device.identity.boot) else "late"
    if order.verb not in ("test_print", "take"):
        return "unknown_verb"
    if device.printer is None:
        return "no_printer"
    if order.verb == "take":
        if type(arguments.get("service")) is not str or type(arguments.get("priority", False)) is not bool:
            return "bad_arguments"
        if [1 for one in device.orders if one[1] == "take"]:
            return "too_soon"
    return ""


def answer(device, identity: str, reason: str = "", result: "dict[str, Any] | None" = None) -> None:  # type: ignore[no-untyped-def]
    """It was done, or for this reason it was not."""
    said: "dict[str, Any]" = {"id": identity, "ok": not reason}
    if reason:
        said["reason"] = reason
    if result:
        said["result"] = result
    keep(device, identity, to_json(said))
    device.say("reply", said, 1)


def keep(device, identity: str, said: bytes) -> None:  # type: ignore[no-untyped-def]
    """Keep what was answered, nothing yet if that is empty. The oldest answers go; who has none yet stays."""
    answers = [one for one in device.answers if one[0] != identity]
    done = [one for one in answers if one[1]]
    if len(answers) >= _KEPT:
        answers.remove(done[0])
    device.answers = answers + [(identity, said)]


def identify(device, seconds: int) -> None:  # type: ignore[no-untyped-def]
    """Say where it stands, for so long from now."""
    running = device.here_until > 0
    device.here_until = device.clock.up() + seconds * 1000
    device.awake_until = max(device.awake_until, device.here_until)
    if not running:
        asyncio.create_task(blink(device))


async def blink(device) -> None:  # type: ignore[no-untyped-def]
    """All lamps and displays turn over and back. What roles show meanwhile is there afterwards."""
    here = False
    while here or device.clock.up() < device.here_until:
        here = not here
        device.board.turn_over(here)
        for show in device.shows:
            show(here)
        await asyncio.sleep_ms(_BLINK_MS)
    device.here_until = 0


async def restart(device, identity: str) -> None:  # type: ignore[no-untyped-def]
    """Begin again once no ticket is being printed and all that waited is stored, or after a while; first say so."""
    until = device.clock.up() + _CALM_MS
    while device.clock.up() < until and (busy(device) or device.outbox.waiting()):
        await asyncio.sleep_ms(_LOOK_MS)
    answer(device, identity)
    while device.clock.up() < until + _CALM_MS and device.outgoing:
        await asyncio.sleep_ms(_LOOK_MS)
    device.end("command")


def busy(device) -> bool:  # type: ignore[no-untyped-def]
    """Whether a resident's paper is under way."""
    return len(device.orders) > 0 or (device.printer is not None and device.printer.busy)
