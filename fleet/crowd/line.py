"""A device's connection: MQTT 5 or 3.1.1, as little of it as a device speaks."""

import asyncio
import struct
import time
from typing import Protocol

from fleet import mqtt_packets
from fleet.mqtt_packets import Answered, BadPacket, Stream
from protocols.presence import Alive
from protocols.topics import down, up

KEEPALIVE_S = 30
SILENT_S, DEAD_S = 7.0, 15.0
# After 7 s in which nothing came a device asks whether the path lives: of idle devices that is most of what is said.
UNACKNOWLEDGED_AT_MOST = 10
WILL_FLAGS = 0xEE
# User, password, will retained, at least once, clean.
PACKET_AT_MOST_BYTES = 16 * 1024
GONE = Alive(gone=True).to_bytes()


class Speaker(Protocol):
    """Whose connection it is."""

    name: str

    def connected(self, line: "Line") -> None:
        """There is a path to the broker."""

    def came(self) -> None:
        """The broker took us."""

    def told(self, name: str, payload: bytes) -> None:
        """The fleet said something."""

    def fill(self) -> None:
        """There is room for more."""

    def lost(self, line: "Line", reason: str) -> None:
        """The connection is over."""


class Topics(Stream):
    """A stream whose topics nobody remembers: one device has few of them, and a hundred thousand have many."""

    def topic(self, name: bytes) -> str:
        return name.decode(errors="replace")


class Line(asyncio.Protocol):
    """One connection."""

    __slots__ = (
        "asked",
        "device",
        "five",
        "heard_s",
        "is_greeted",
        "packets",
        "reason",
        "stream",
        "transport",
        "unheard",
    )
    transport: asyncio.Transport

    def __init__(self, device: Speaker, five: bool, password: str) -> None:
        self.device = device
        self.five = five
        self.stream = Topics(five, 0, PACKET_AT_MOST_BYTES)
        self.unheard: set[int] = set()
        self.packets = 1
        self.is_greeted = False
        self.asked = False
        self.reason = password
        self.heard_s = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who we are."""
        self.transport = transport  # type: ignore[assignment]
        password, self.reason = self.reason, "it closed the connection"
        self.device.connected(self)
        self.transport.write(connect(self.five, self.device.name, password))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self.device.lost(self, str(exc) if exc else self.reason)

    def data_received(self, data: bytes) -> None:
        """Hear it all, and answer at once."""
        self.heard_s = time.monotonic()
        self.asked = False
        try:
            came, answers = self.stream.read(data, self.heard_s)
        except BadPacket as problem:
            self.end(str(problem))
            return
        for answer in answers:
            self.answered(answer)
        owed = [one.mid for one in came if one.qos]
        if owed:
            self.transport.write(mqtt_packets.pubacks(owed))
        for one in came:
            self.device.told(one.topic.rpartition("/")[2], one.payload)
        self.device.fill()

    def answered(self, answer: Answered) -> None:
        """The broker says something that is no message."""
        if answer.kind == mqtt_packets.PUBACK:
            self.unheard.discard(answer.mid)
        elif answer.kind == mqtt_packets.CONNACK:
            if answer.code:
                self.end(f"refused with reason {answer.code}")
                return
            self.is_greeted = True
            self.transport.write(mqtt_packets.subscribe(self.five, 1, [(down(self.device.name, "+"), 1)]))
            self.device.came()
        elif answer.kind == mqtt_packets.DISCONNECT:
            self.end(f"ended with reason {answer.code}")

    def end(self, reason: str) -> None:
        """Leave it without a word, as when the network goes."""
        self.reason = reason
        self.transport.abort()

    def say(self, name: str, payload: bytes, qos: int = 1, retain: bool = False) -> int:
        """Publish; the packet's number."""
        number = 0
        if qos:
            number = self.packets = self.packets % 65_535 + 1
            self.unheard.add(number)
        self.transport.write(mqtt_packets.publish(self.five, up(self.device.name, name), payload, qos, retain, number))
        return number

    def look(self, now_s: float) -> None:
        """Ask whether the path lives; leave it when it does not."""
        silent_s = now_s - self.heard_s
        if silent_s > DEAD_S:
            self.end("the path is dead")
        elif silent_s > SILENT_S and not self.asked:
            self.asked = True
            self.transport.write(mqtt_packets.PING)


def connect(five: bool, name: str, password: str) -> bytes:
    """The first packet, as the firmware says it."""
    none = b"\0" if five else b""
    return mqtt_packets.packet(
        mqtt_packets.CONNECT,
        mqtt_packets.text("MQTT"),
        struct.pack(">BBH", 4 + five, WILL_FLAGS, KEEPALIVE_S),
        none,
        mqtt_packets.text(name),
        none,
        mqtt_packets.text(up(name, "alive")),
        struct.pack(">H", len(GONE)),
        GONE,
        mqtt_packets.text(name),
        mqtt_packets.text(password),
    )
