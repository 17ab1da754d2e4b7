"""What a device says of itself when it comes, each minute and when it leaves, and the welcome that it is told.

That is a few messages an hour, so this is lent together with the module of those messages (`PRESENCE`).
"""

import os

from firmware import VERSION
from protocols.presence import Alive, Health, Hello, Welcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def gone() -> bytes:
    """What the broker says of us when we vanish."""
    return Alive(gone=True).to_bytes()


def leaving(device) -> bytes:  # type: ignore[no-untyped-def]
    """A planned end: nobody shall take it for a loss."""
    state = "sleeping" if device.end_reason == "sleep" else "leaving"
    return Alive(state=state, wakes=device.wakes).to_bytes()


def come(device, nonce: str) -> None:  # type: ignore[no-untyped-def]
    """We are there. Hello has the same nonce each time on one connection: for the fleet it is one birth."""
    device.say("alive", Alive(), 1)
    say_hello(device, nonce)


def say_hello(device, nonce: str) -> None:  # type: ignore[no-untyped-def]
    """The birth of a connection."""
    hello = Hello(
        firmware=VERSION,
        board=device.board.name,
        roles=device.config.roles if device.config else [],
        epoch=device.identity.epoch,
        boot=device.identity.boot,
        reset=device.board.reset_reason,
        config=device.config.version if device.config else None,
        leases=device.leases.ids() if device.leases else [],
        rescue=device.rescue,
        nonce=nonce,
        up=device.clock.up(),
    )
    device.say("hello", hello, 1)


def welcome(data: "dict[str, Any]") -> Welcome:
    """The fleet's welcome in decoded JSON. Raises ProtocolError."""
    return Welcome.from_dict(data, "welcome")


def say_health(device, lag_ms: int) -> None:  # type: ignore[no-untyped-def]
    """How the device is."""
    stat = os.statvfs(device.board.root or "/")
    health = Health(
        up=device.clock.up(),
        heap_free=device.board.heap_free(),
        flash_free=stat[1] * stat[3],
        outbox=device.outbox.waiting(),
        paper=device.paper,
        clock_offset_ms=device.clock.last_error_ms,
        loop_lag_ms=lag_ms,
        refused=device.refused,
        bounces=list(device.bounces) if device.bounces else None,
    )
    device.say("health", health, 0)
