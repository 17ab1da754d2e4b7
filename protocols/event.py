"""What all events share.

An event's `up` is milliseconds since the boot, `at` is UTC milliseconds or None while the device has no clock. Numbers
belong to a service and a day; a text is never a resident's name, number or address.

The events lie in modules by who tells them, since each class takes 300 to 500 bytes of a device's RAM; `events.py`
gathers all of them for the fleet.
"""

from protocols.message import NUMBER, Message, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAYBE_NUMBER = (NUMBER, None)
MAYBE_HOLDER = (Text(16), None)


class Event(Message):
    """Something that happened; each knows when."""

    up: int
    at: "int | None" = None


def encode_event(event: Event) -> "dict[str, Any]":
    """Plain values of the event with its `kind`; the opposite of `events.decode_event`."""
    data = event.to_dict()
    data["kind"] = event.KIND
    return data
