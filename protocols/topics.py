"""Names of the MQTT topics: `mc/1/<device>/up/<name>` and `mc/1/<device>/down/<name>`.

What each carries, with its quality of service, is in `contract.py`, which a device need not load.
"""

from protocols.identity import DEVICE_ID, is_device_id
from protocols.message import ProtocolError

ROOT = "mc/1/"
EVERY_DEVICE = "+"


def up(device: str, name: str) -> str:
    """The topic on which this device says something."""
    return f"{ROOT}{device}/up/{name}"


def down(device: str, name: str) -> str:
    """The topic on which this device is told something."""
    return f"{ROOT}{device}/down/{name}"


def parse(topic: str) -> "tuple[str, str, str]":
    """`(device, "up" or "down", name)` of a topic; a ProtocolError if it is none of ours."""
    parts = topic.split("/")
    if len(parts) != 5 or parts[0] != "mc" or parts[1] != "1" or parts[3] not in ("up", "down"):
        raise ProtocolError("topic", ROOT + "<device>/up|down/<name>", topic)
    if not is_device_id(parts[2]):
        raise ProtocolError("topic", "a device id of " + DEVICE_ID, parts[2])
    return parts[2], parts[3], parts[4]
