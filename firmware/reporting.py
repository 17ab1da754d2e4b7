"""Answers orders that only ask how the device is. It is lent: people ask when something is wrong.

Nothing is done, so nothing is kept: an order that comes again is answered again, as it is by then. Plain values: the
classes of `protocols.reports` are not on a device, and a test holds the two together.
"""

from firmware.sparing import const, lent
from protocols.message import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_RESULT_BYTES = const(940)
_WORDS_LETTERS = const(80)
_BACK_MS = const(2_000)
# The way of a message: a clock that is ahead by less may be right, and the message late.


def why_not(verb: str, arguments: "dict[str, Any]") -> str:
    """Why it can not be answered; "" if it can."""
    number = arguments.get("now" if verb == "clock" else "from", None if verb == "clock" else 0)
    return "" if verb == "snapshot" or (type(number) is int and number >= 0) else "bad_arguments"


def answer(device, identity: str, verb: str, arguments: "dict[str, Any]") -> None:  # type: ignore[no-untyped-def]
    """Say it."""
    if verb == "log":
        result = lent("logbook").page(device.lines[1], device.lines[0], arguments.get("from", 0))
        result["up"] = device.clock.up()
    elif verb == "clock":
        result = {"offset_ms": set_clock(device.clock, arguments["now"])}
    else:
        result = snapshot(device)
        fit(result)
    device.say("reply", {"id": identity, "ok": True, "result": result}, 1)


def set_clock(clock, now: int) -> "int | None":  # type: ignore[no-untyped-def]
    """Hear the fleet's time and follow it at once, backwards too; how much it is later than our clock was."""
    at = clock.at()
    clock.hear(now)
    if at is not None and now - at < -_BACK_MS:
        clock.set(now)
    return None if at is None else now - at


def snapshot(device) -> "dict[str, Any]":  # type: ignore[no-untyped-def]
    """What it is now, without what it does not know."""
    config = device.config
    said = {
        "up": device.clock.up(),
        "heap_free": device.board.heap_free(),
        "outbox": device.outbox.waiting(),
        "oldest": oldest(device.outbox),
        "config": config.version if config else None,
        "leases": device.leases.ids() if device.leases else None,
        "slots": slots(device.board),
        "network": network(device.network),
        "wires": device.board.names(),
        "refused": device.refused,
        "trial": None if device.trial is None else max(0, device.trial - device.clock.up()) // 1000,
        "parts": parts(device, config.roles if config else []),
        "update": device.update and device.update.progress(),
    }
    return {name: value for name, value in said.items() if value is not None}


def oldest(outbox) -> "list[int] | None":  # type: ignore[no-untyped-def]
    """Boot and seq of the event that has waited longest."""
    if not outbox.waiting():
        return None
    place = outbox.first((outbox.tails[0].copy(), outbox.tails[1].copy()), None)
    return None if place is None else [place.boot, place.seq]


def slots(board) -> "list[str]":  # type: ignore[no-untyped-def]
    """Where it holds a key, as it lies on flash: the names alone."""
    known = lent("kept").found(board).get("identity")
    return sorted(known.get("keys") or []) if type(known) is dict else []


def network(found) -> "dict[str, str | int]":  # type: ignore[no-untyped-def]
    """Where the broker stands, and no password."""
    said = {"host": found.host[:_WORDS_LETTERS], "port": found.port, "protocol": found.protocol}
    if found.tls is not None:
        said["tls"] = found.tls.kind
    if found.wifi is not None:
        said["ssid"] = found.wifi.ssid
    return said


def parts(device, roles: "list[str]") -> "dict[str, str]":  # type: ignore[no-untyped-def]
    """How each role is: it runs, its paper if it has any, or why it was left out."""
    said = {}
    for role in roles:
        word = "runs"
        if device.rescue is not None:
            word = "rescue"
        elif role == "printer" and device.printer is None:
            word = "left out"
        elif role == "printer":
            word = "prints" if device.printer.busy else "paper " + (device.paper or "unknown")
        else:
            try:
                device.board.check(role)
            except ValueError as err:
                word = str(err)[:_WORDS_LETTERS]
        said[role] = word
    return said


def fit(result: "dict[str, Any]") -> None:
    """Make it short enough: of its lists the longest loses its end."""
    while len(to_json(result)) > _RESULT_BYTES:
        if result["wires"]:
            result["wires"].pop()
        elif result.get("leases"):
            result["leases"].pop()
        elif result.pop("refused", None) is None:
            result["parts"] = {}
