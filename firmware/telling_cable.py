"""What a device says at its cable of its way to the fleet: frames of Improv, 12 bytes each. It is lent."""

import sys

from firmware.sparing import const

_STATE = const(1)
_ERROR = const(2)
PROVISIONING, PROVISIONED = 3, 4
_NO_CONNECTION = const(3)


def state(state: int) -> None:
    """It is on its way, or welcome."""
    tell(_STATE, state)


def failed() -> None:
    """A try to get there came to nothing."""
    tell(_ERROR, _NO_CONNECTION)


def tell(kind: int, what: int) -> None:
    """A frame on a line of its own. Nobody waits for somebody who reads it: a chip drops what nobody takes."""
    frame = b"IMPROV\x01" + bytes([kind, 1, what])
    sys.stdout.buffer.write(b"\n" + frame + bytes([sum(frame) & 0xFF, 10]))
