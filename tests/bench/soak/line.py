"""A device's connection to a real broker: MQTT 3.1.1 over a plain socket, as little of it as a device speaks."""

import asyncio
import struct
import time
from typing import Protocol

from protocols.presence import Alive
from tests.bench.wave_devices import CONNACK, CONNECT, PUBACK, PUBLISH, SUBACK, SUBSCRIBE, packet, packet_at, text

KEEPALIVE_S = 30
WILL_FLAGS = 0xEE
# User, password, will retained, at least once, clean.


class Speaker(Protocol):
    """Whose connection it is."""

    name: str
    password: str

    def came(self, line: "Line") -> None:
        """The broker took us."""

    def told(self, name: str, payload: bytes) -> None:
        """The fleet said something."""

    def fill(self) -> None:
        """There is room for more."""


class Line(asyncio.Protocol):
    """One connection. `over` is set when it is gone."""

    def __init__(self, device: Speaker) -> None:
        self.device = device
        self.held = bytearray()
        self.over = asyncio.Event()
        self.unacknowledged: set[int] = set()
        self.packets = 1
        self.is_greeted = False
        self.heard_s = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        name, gone = self.device.name, Alive(gone=True).to_bytes()
        head = text("MQTT") + bytes([4, WILL_FLAGS]) + struct.pack(">H", KEEPALIVE_S) + text(name)
        will = text(f"mc/1/{name}/up/alive") + struct.pack(">H", len(gone)) + gone
        transport.write(packet(CONNECT, head + will + text(name) + text(self.device.password)))

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()

    def data_received(self, data: bytes) -> None:
        held, at = self.held, 0
        self.heard_s = time.monotonic()
        held += data
        while (found := packet_at(held, at)) is not None:
            kind, begin, at = found
            self.take(kind, bytes(held[begin:at]))
        del held[:at]

    def take(self, kind: int, body: bytes) -> None:
        """A packet from the broker."""
        if kind == CONNACK:
            if body[1]:
                self.transport.abort()
                return
            self.transport.write(packet(SUBSCRIBE, b"\0\1" + text(f"mc/1/{self.device.name}/down/+") + b"\1"))
        elif kind == SUBACK:
            self.is_greeted = True
            self.device.came(self)
        elif kind == PUBACK:
            self.unacknowledged.discard(int.from_bytes(body[:2], "big"))
            self.device.fill()
        elif kind & 0xF0 == PUBLISH:
            begin = 2 + int.from_bytes(body[:2], "big")
            topic = body[2:begin].decode()
            if kind & 6:
                self.transport.write(packet(PUBACK, body[begin : begin + 2]))
                begin += 2
            self.device.told(topic.rsplit("/", 1)[1], body[begin:])

    def say(self, name: str, payload: bytes, retain: bool = False) -> int:
        """Publish, at least once; the packet's number."""
        self.packets = self.packets % 65_535 + 1
        head = text(f"mc/1/{self.device.name}/up/{name}") + struct.pack(">H", self.packets)
        self.unacknowledged.add(self.packets)
        self.transport.write(packet(PUBLISH | 2 | retain, head + payload))
        return self.packets
