"""What a device says of itself when it comes, each minute and when it leaves, and the welcome that it is told.

That is a few messages an hour, so this is lent together with the welcome's module (`PRESENCE`). What is said are plain
values, without what says only its default: the classes of `protocols.presence` are not on a device, and a test holds
the two together.
"""

import os

from firmware import VERSION
from firmware.sparing import KEYS, lent
from protocols.message import to_json
from protocols.welcome import Welcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def gone() -> bytes:
    """What the broker says of us when we vanish."""
    return to_json({"gone": True})


def leaving(device) -> bytes:  # type: ignore[no-untyped-def]
    """A planned end: nobody shall take it for a loss."""
    state = "sleeping" if device.end_reason == "sleep" else "leaving"
    return to_json(known({"state": state, "wakes": device.wakes}))


def come(device, nonce: str) -> None:  # type: ignore[no-untyped-def]
    """We are there. Hello has the same nonce each time on one connection: for the fleet it is one birth."""
    device.say("alive", {}, 1)
    say_hello(device, nonce)


def say_hello(device, nonce: str) -> None:  # type: ignore[no-untyped-def]
    """The birth of a connection."""
    config = device.config
    hello = {
        "firmware": VERSION,
        "board": device.board.name,
        "roles": config.roles if config else [],
        "epoch": device.identity.epoch,
        "boot": device.identity.boot,
        "reset": device.board.reset_reason,
        "config": config.version if config else None,
        "leases": device.leases.ids() if device.leases else None,
        "rescue": device.rescue,
        "nonce": nonce,
        "reverted": device.reverted,
        "up": device.clock.up(),
        "hw": device.board.hw(),
        "network": device.network.version,
        "network_back": device.network.back,
        "application": lent("running").said(device.board),
    }
    if device.identity.slot is not None:
        lent("keeping_keys", *KEYS).sign(device, hello)
    device.say("hello", known(hello), 1)


def welcome(data: "dict[str, Any]") -> Welcome:
    """The fleet's welcome in decoded JSON. Raises ProtocolError."""
    return Welcome.from_dict(data, "welcome")


def say_health(device, lag_ms: int) -> None:  # type: ignore[no-untyped-def]
    """How the device is."""
    stat = os.statvfs(device.board.root or "/")
    health = {
        "up": device.clock.up(),
        "heap_free": device.board.heap_free(),
        "flash_free": stat[1] * stat[3],
        "outbox": device.outbox.waiting(),
        "paper": device.paper,
        "clock_offset_ms": device.clock.last_error_ms,
        "loop_lag_ms": lag_ms,
        "refused": device.refused,
        "bounces": list(device.bounces) if device.bounces else None,
        "update": device.update and device.update.progress(),
    }
    device.say("health", known(health), 0)


def known(message: "dict[str, Any]") -> "dict[str, Any]":
    """Without what this device does not know."""
    return {name: value for name, value in message.items() if value is not None}
