"""What a device says at its cable: who it is, and how far on its way to the fleet, in frames of Improv. It is lent."""

import sys

from firmware import VERSION
from firmware.sparing import const

_STATE = const(1)
_ERROR = const(2)
_RESULT = const(4)
_DEVICE = const(3)
_NO_CONNECTION = const(b"\3")
# Names that nothing else uses would stay for ever, though this module goes: so they are few.


def state(state: int, device=None) -> None:  # type: ignore[no-untyped-def]
    """It is on its way, and as whom: in the words of the standard's answer, since it hears no question. Or welcome."""
    tell(_STATE, bytes([state]))
    if device is not None:
        said = b""
        for name in ("motcua", VERSION, device.board.name, device.identity.device):
            raw = name.encode()
            said += bytes([len(raw)]) + raw
        tell(_RESULT, bytes([_DEVICE, len(said)]) + said)


def failed() -> None:
    """A try to get there came to nothing."""
    tell(_ERROR, _NO_CONNECTION)


def tell(kind: int, what: bytes) -> None:
    """A frame on a line of its own. Nobody waits for somebody who reads it: a chip drops what nobody takes."""
    frame = b"IMPROV\x01" + bytes([kind, len(what)]) + what
    sys.stdout.buffer.write(b"\n" + frame + bytes([sum(frame) & 0xFF, 10]))
