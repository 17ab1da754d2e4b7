"""The messages of a boot of all devices, made before anything is measured: ratings, each with a number of its own."""

from collections.abc import Sequence

from fleet.mqtt_packets import publish
from protocols.batches import BatchHeader, encode_batch
from protocols.event import encode_event
from protocols.events import RatingGiven
from protocols.topics import up
from tests.fleet.office import PLAN

DEVICES = [device.id for device in PLAN.devices]
EPOCH = 1
RATING = encode_event(RatingGiven(score=5, scale=5, up=0))


def batch(boot: int, first: int, events: int, oldest: int = 0) -> bytes:
    """A batch of so many events from this number on."""
    told = [{**RATING, "up": seq, "seq": seq} for seq in range(first, first + events)]
    return encode_batch(BatchHeader(epoch=EPOCH, boot=boot, oldest=oldest), told)


def shared_out(boot: int, messages: int, per_message: int, devices: Sequence[str] = DEVICES) -> list[tuple[str, bytes]]:
    """(topic, payload) of so many messages, the devices in turn."""
    topics = [up(device, "events") for device in devices]
    return [
        (topics[n % len(topics)], batch(boot, n // len(topics) * per_message, per_message)) for n in range(messages)
    ]


def packets(boot: int, messages: int, per_message: int, window: int, devices: Sequence[str]) -> list[bytes]:
    """The same as packets of MQTT 5, of which so many are under way at most."""
    whole = enumerate(shared_out(boot, messages, per_message, devices))
    return [publish(True, topic, payload, 1, False, n % window + 1) for n, (topic, payload) in whole]


def last_of(boot_messages: int, per_message: int, devices: Sequence[str] = DEVICES) -> dict[str, int]:
    """The last number of each device, if so many messages are shared out; -1 of whom none is."""
    each = {device: len(range(n, boot_messages, len(devices))) for n, device in enumerate(devices)}
    return {device: its * per_message - 1 for device, its in each.items()}
