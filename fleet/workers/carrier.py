"""What a worker asks of its connection to the broker, whoever speaks MQTT there: paho (`Broker`), or `Line`."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from protocols.message import Message


class Arrived(Protocol):
    """A message that came, as paho names its parts; `timestamp` is when, on the monotonic clock, in seconds."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes | bytearray: ...
    @property
    def qos(self) -> int: ...
    @property
    def mid(self) -> int: ...
    @property
    def retain(self) -> bool: ...
    @property
    def timestamp(self) -> float: ...


class Carrier(Protocol):
    """A connection that comes back by itself. `trouble` says what is wrong while it is not up."""

    is_up: bool
    trouble: str

    def start(self) -> None:
        """Begin to connect; returns at once."""

    def stop(self) -> None:
        """Leave the broker; what still arrives is not taken."""

    @property
    def waiting(self) -> int:
        """How many messages have come and are not taken yet."""

    def take(self, most: int, wait_s: float) -> Sequence[Arrived]:
        """The messages that have arrived, at most so many; waits for the first one."""

    def acknowledge(self, messages: Sequence[Any]) -> None:
        """The broker may forget these."""

    def tell(self, device: str, name: str, message: Message, qos: int, retain: bool = False) -> object:
        """Publish a message to a device."""

    def tell_each(self, name: str, told: Iterable[tuple[str, Message]]) -> None:
        """Publish a message of this kind to each of these devices, with QoS 0."""
