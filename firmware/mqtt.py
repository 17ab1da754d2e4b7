"""MQTT 3.1.1 and 5 as a client speaks it: bytes in, bytes and values out. It opens no socket and asks no clock.

Each packet is one buffer, to be written with one `write`: pieces wait for the peer's delayed acknowledgement, 40 ms
each (23 messages a second instead of thousands). Sessions are clean: what is live is sent again after each
hello, and events are kept by the outbox, not by the broker.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MQTT_3_1_1 = 4
MQTT_5 = 5
PACKET_BYTES_AT_MOST = 16 * 1024

CONNECT, CONNACK, PUBLISH, PUBACK = 0x10, 0x20, 0x30, 0x40
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x82, 0x90, 0xC0, 0xD0, 0xE0

SERVER_KEEP_ALIVE, RECEIVE_MAXIMUM = 0x13, 0x21
# Widths of the properties of MQTT 5 that have one; the others begin with their length (PAIR: two of these).
WIDTHS = {1: 1, 2: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1}
WIDTHS.update({0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1})
LENGTHS = (0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F)
SUBSCRIPTION_ID, PAIR = 0x0B, 0x26


class MqttError(Exception):
    """The broker sent what is not MQTT, or more than this device takes."""


class Connected:
    """CONNACK. `code` 0 is a welcome; anything else is the broker's reason to refuse."""

    def __init__(self, code: int, keepalive_s: "int | None", receive_maximum: int) -> None:
        self.code = code
        self.keepalive_s = keepalive_s
        self.receive_maximum = receive_maximum


class Acknowledged:
    """The broker has a packet of ours (PUBACK or SUBACK). From 128 on the codes are refusals."""

    def __init__(self, packet_id: int, codes: bytes) -> None:
        self.packet_id = packet_id
        self.codes = codes


class Published:
    """A message for us; the payload is the packet's own memory. One with a `packet_id` wants a `Mqtt.puback`."""

    def __init__(self, topic: str, payload: memoryview, retained: bool, packet_id: "int | None") -> None:
        self.topic = topic
        self.payload = payload
        self.retained = retained
        self.packet_id = packet_id


class Alive:
    """The broker answered a ping."""


class Ended:
    """The broker ends the connection, with the reason code of MQTT 5."""

    def __init__(self, code: int) -> None:
        self.code = code


class Mqtt:
    """One connection. `unacknowledged` holds the ids of our packets that the broker has not acknowledged.

    `room` is where `publish` makes its packets, if they fit: a batch of events is a KB in one piece, which a heap that
    is nearly full does not have.
    """

    def __init__(self, protocol: int, room: "bytearray | None" = None) -> None:
        self.protocol = protocol
        self._room = room
        self.unacknowledged: "set[int]" = set()
        self._last_id = 0
        self._packets = Packets()

    # What we say

    def connect(self, client: str, user: str, password: str, keepalive_s: int, will: "tuple[str, bytes]") -> bytearray:
        """The first packet. The will is retained, and published by the broker if we vanish."""
        five = self.protocol == MQTT_5
        flags = 0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02  # user, password, will retained, will QoS 1, will, clean
        head = text("MQTT") + bytes([self.protocol, flags]) + struct.pack(">H", keepalive_s)
        ours = b"\x05\x27" + struct.pack(">I", PACKET_BYTES_AT_MOST) if five else b""
        topic, message = will
        will_bytes = (b"\0" if five else b"") + text(topic) + sized(message)
        return packet(CONNECT, [head, ours, text(client), will_bytes, text(user), text(password)])

    def publish(
        self, topic: str, payload: "bytes | memoryview", qos: int, retain: bool = False
    ) -> "bytearray | memoryview":
        """A message of ours, to be written before the next is made; with QoS 1 its id stays in `unacknowledged`."""
        parts = [text(topic)]
        if qos:
            parts.append(struct.pack(">H", self._new_id()))
        if self.protocol == MQTT_5:
            parts.append(b"\0")
        parts.append(payload)
        return packet(PUBLISH | qos << 1 | retain, parts, self._room)

    def subscribe(self, topic: str, qos: int) -> bytearray:
        """Ask for a topic."""
        properties = b"\0" if self.protocol == MQTT_5 else b""
        return packet(SUBSCRIBE, [struct.pack(">H", self._new_id()), properties, text(topic), bytes([qos])])

    def puback(self, packet_id: int) -> bytearray:
        """We have the message."""
        return packet(PUBACK, [struct.pack(">H", packet_id)])

    def ping(self) -> bytes:
        """Are you there?"""
        return b"\xc0\0"

    def disconnect(self) -> bytes:
        """We leave; the broker drops the will."""
        return b"\xe0\0"

    def _new_id(self) -> int:
        """1 to 65,535 and round again, past those that are still out."""
        while True:
            self._last_id = self._last_id % 65_535 + 1
            if self._last_id not in self.unacknowledged:
                self.unacknowledged.add(self._last_id)
                return self._last_id

    # What we hear

    def receive(self, data: bytes) -> "list[Any]":
        """What these bytes say, however the stream was cut. Raises MqttError; the connection is of no more use then."""
        heard = []
        for first, body in self._packets.feed(data):
            try:
                heard.append(self._heard(first, body))
            except (IndexError, ValueError):  # UnicodeError is a ValueError, on both Pythons
                raise MqttError("packet type 0x%02x: expected more than %d bytes" % (first, len(body))) from None
        return heard

    def _heard(self, first: int, body: bytes) -> "Any":
        kind = first & 0xF0
        if kind == PUBLISH:
            return self._published(first, body)
        if kind == PUBACK or kind == SUBACK:
            return self._acknowledged(kind, body)
        if kind == CONNACK:
            properties, _ = read_properties(body, 2) if self.protocol == MQTT_5 else ({}, 2)
            return Connected(body[1], properties.get(SERVER_KEEP_ALIVE), properties.get(RECEIVE_MAXIMUM, 65_535))
        if kind == PINGRESP:
            return Alive()
        if kind == DISCONNECT and self.protocol == MQTT_5:
            return Ended(body[0] if body else 0)
        raise MqttError("expected a packet for a client, found type 0x%02x" % first)

    def _published(self, first: int, body: bytes) -> Published:
        qos = first >> 1 & 3
        if qos > 1:
            raise MqttError("expected QoS 0 or 1, found %d" % qos)
        topic, at = read_text(body, 0)
        packet_id = None
        if qos:
            packet_id = read_u16(body, at)
            at += 2
        if self.protocol == MQTT_5:
            _, at = read_properties(body, at)
        return Published(topic, memoryview(body)[at:], bool(first & 1), packet_id)

    def _acknowledged(self, kind: int, body: bytes) -> Acknowledged:
        packet_id, at = read_u16(body, 0), 2
        if self.protocol == MQTT_5 and kind == SUBACK:
            _, at = read_properties(body, at)
        self.unacknowledged.discard(packet_id)
        return Acknowledged(packet_id, bytes(body[at:]) if kind == SUBACK else bytes(body[2:3]))


class Packets:
    """Cuts a stream into packets: (first byte, body)."""

    def __init__(self) -> None:
        self._head = b""
        self._body: "bytearray | None" = None
        self._filled = 0

    def feed(self, data: bytes) -> "list[tuple[int, bytearray]]":
        """The packets that these bytes complete."""
        done = []
        at = 0
        while at < len(data):
            if self._body is None:
                self._head += data[at : at + 1]
                at += 1
                if len(self._head) > 1 and self._head[-1] < 128:
                    self._body, self._filled = bytearray(self._size()), 0
                elif len(self._head) == 5:
                    raise MqttError("expected a length of at most four bytes, found five")
            else:
                piece = data[at : at + len(self._body) - self._filled]
                self._body[self._filled : self._filled + len(piece)] = piece
                self._filled += len(piece)
                at += len(piece)
            if self._body is not None and self._filled == len(self._body):
                done.append((self._head[0], self._body))
                self._head, self._body = b"", None
        return done

    def _size(self) -> int:
        size = 0
        for place, byte in enumerate(self._head[1:]):
            size |= (byte & 127) << 7 * place
        if size > PACKET_BYTES_AT_MOST:
            raise MqttError("expected at most %d bytes, found a packet of %d" % (PACKET_BYTES_AT_MOST, size))
        return size


def packet(first: int, parts: "list[Any]", room: "bytearray | None" = None) -> "bytearray | memoryview":
    """One whole packet; in the room that is given, if it fits there."""
    size = sum([len(part) for part in parts])
    head = [first]
    rest = size
    while rest or len(head) < 2:
        rest, byte = rest >> 7, rest & 127
        head.append(byte | 128 if rest else byte)
    size += len(head)
    out = memoryview(room)[:size] if room is not None and size <= len(room) else bytearray(size)
    at = 0
    for part in [bytes(head)] + parts:
        out[at : at + len(part)] = part
        at += len(part)
    return out


def sized(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return struct.pack(">H", len(data)) + data


def text(value: str) -> bytes:
    """A text with its length before it."""
    return sized(value.encode())


def read_u16(body: bytes, at: int) -> int:
    """Two bytes as a number."""
    return body[at] << 8 | body[at + 1]


def read_text(body: bytes, at: int) -> "tuple[str, int]":
    """The text there, and where the next thing begins."""
    end = at + 2 + read_u16(body, at)
    if end > len(body):
        raise IndexError
    return str(bytes(body[at + 2 : end]), "utf-8"), end


def read_varint(body: bytes, at: int) -> "tuple[int, int]":
    """A number of one to four bytes, and where the next thing begins."""
    value = 0
    for place in range(4):
        byte = body[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise IndexError


def read_properties(body: bytes, at: int) -> "tuple[dict[int, int], int]":
    """The numbers among the properties of MQTT 5, and where the next thing begins."""
    size, at = read_varint(body, at)
    end = at + size
    if end > len(body):
        raise IndexError
    found = {}
    while at < end:
        name = body[at]
        at += 1
        if name in WIDTHS:
            found[name] = int.from_bytes(body[at : at + WIDTHS[name]], "big")
            at += WIDTHS[name]
        elif name == SUBSCRIPTION_ID:
            found[name], at = read_varint(body, at)
        elif name in LENGTHS or name == PAIR:
            for _ in range(2 if name == PAIR else 1):
                at += 2 + read_u16(body, at)
        else:
            raise MqttError("expected a property of MQTT 5, found 0x%02x" % name)
    if at != end:
        raise IndexError
    return found, end
