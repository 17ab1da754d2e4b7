"""Names of things on the wire: device ids, and the identity of an event.

An event is `(device, epoch, boot, seq)`: `epoch` is issued by the fleet at enrolment and at each recovery after lost
storage, `boot` is a counter kept on flash, `seq` counts within the boot. No clock and no random number is needed to
be unique. In messages it stands as one text, `kp-1/3/7/123`.
"""

from protocols.message import BIGGEST, ProtocolError, only

DEVICE_ID = "1 to 32 characters of a-z, 0-9 and -"
IDENTITY = "device/epoch/boot/seq"

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def is_device_id(text: str) -> bool:
    """Whether this may be a device's id: 1 to 32 characters of `a-z0-9-`."""
    return len(text) <= 32 and only(text, LETTERS)


def event_id(device: str, epoch: int, boot: int, seq: int) -> str:
    """The identity of an event as one text."""
    return f"{device}/{epoch}/{boot}/{seq}"


def parse_event_id(text: str) -> "tuple[str, int, int, int]":
    """`(device, epoch, boot, seq)` of an identity; a ProtocolError if it is none."""
    parts = text.split("/")
    if len(parts) != 4 or not is_device_id(parts[0]):
        raise ProtocolError("identity", IDENTITY, text)
    numbers = []
    for part in parts[1:]:
        # isdigit() of CPython also takes digits of other scripts.
        if len(part) > 16 or not only(part, "0123456789") or int(part) > BIGGEST:
            raise ProtocolError("identity", IDENTITY, text)
        numbers.append(int(part))
    return parts[0], numbers[0], numbers[1], numbers[2]
