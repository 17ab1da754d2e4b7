"""MQTT 3.1.1 and 5 as a client speaks it that takes very many messages: bytes in, values out, no socket and no clock.

paho spends 31 to 38 µs on a message before anybody has looked at it. Here the packets of a piece of the stream are cut
in one loop, and a topic that came before is not read again.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90
PINGREQ, PINGRESP, DISCONNECT = 0xC0, 0xD0, 0xE0
PING, LEAVE = bytes((PINGREQ, 0)), bytes((DISCONNECT, 0))
CLEAN, WITH_USER, WITH_PASSWORD = 0x02, 0x80, 0x40
RECEIVE_MAXIMUM, MAXIMUM_PACKET = 0x21, 0x27
TOPICS_KEPT = 100_000
# Each device has a few topics; beyond this somebody makes them up.

PROPERTY_SIZES = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), 1),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), 2),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), 4),
}
# MQTT 5 §2.2.2.2; those that are not here are texts, pairs of texts (0x26) or a number of its own length (0x0B).


class BadPacket(Exception):
    """What came is not MQTT, or not for a client. The connection is of no more use."""


class Came(NamedTuple):
    """A message that arrived, named as paho names it. `timestamp` is the monotonic clock's, in seconds.

    `connection` says by which connection: an acknowledgement on another one would speak of another message.
    """

    topic: str
    payload: bytes
    qos: int
    mid: int
    retain: bool
    timestamp: float
    connection: int


class Answered(NamedTuple):
    """What the broker says besides messages: the type of its packet, whose, and a code (from 128 on a refusal)."""

    kind: int
    mid: int
    code: int
    receive_maximum: int = 65_535


class Stream:
    """What comes on one connection, however it was cut. `five`: MQTT 5."""

    def __init__(self, five: bool, connection: int, packet_at_most: int) -> None:
        self.five = five
        self.connection = connection
        self.packet_at_most = packet_at_most
        self.rest = b""
        self.topics: dict[bytes, str] = {}

    def read(self, data: bytes, now_s: float) -> tuple[list[Came], list[Answered]]:
        """The messages and answers in these bytes and those before. Raises BadPacket."""
        if self.rest:
            data = self.rest + data
        came: list[Came] = []
        answers: list[Answered] = []
        five, topics, connection, at, end = self.five, self.topics, self.connection, 0, len(data)
        try:
            while at + 2 <= end:
                first, size, body = data[at], data[at + 1], at + 2
                if size > 127:
                    size, body = length(data, at + 1, end)
                    if body < 0:
                        break
                    if size > self.packet_at_most:
                        raise BadPacket(f"expected packets of at most {self.packet_at_most} bytes, found one of {size}")
                after = body + size
                if after > end:
                    break
                if first >> 4 == 3:
                    here = body + 2
                    body = here + (data[body] << 8 | data[body + 1])
                    name = data[here:body]
                    topic = topics.get(name) or self.topic(name)
                    qos, mid = first >> 1 & 3, 0
                    if qos:
                        mid = data[body] << 8 | data[body + 1]
                        body += 2
                    if five:
                        skipped = data[body]
                        if skipped > 127:
                            skipped, body = length(data, body, after)
                            body += skipped
                        else:
                            body += 1 + skipped
                    if body > after:
                        raise BadPacket("expected a message within its packet, found one that ends beyond it")
                    came.append(Came(topic, data[body:after], qos, mid, bool(first & 1), now_s, connection))
                else:
                    answers.append(answered(first & 0xF0, data[body:after], five))
                at = after
        except IndexError:
            raise BadPacket("expected a whole packet, found one that says it is shorter than it is") from None
        self.rest = data[at:]
        if len(self.rest) > self.packet_at_most + 5:
            raise BadPacket(f"expected packets of at most {self.packet_at_most} bytes, found a longer one")
        return came, answers

    def topic(self, name: bytes) -> str:
        """A topic that is new here."""
        if len(self.topics) >= TOPICS_KEPT:
            self.topics.clear()
        topic = self.topics[name] = name.decode(errors="replace")
        return topic


def length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of one to four bytes, and where it ends; -1 if it has not come whole."""
    value = 0
    for place in range(4):
        if at + place >= end:
            return 0, -1
        byte = data[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise BadPacket("expected a length of at most four bytes, found five")


def answered(kind: int, body: bytes, five: bool) -> Answered:
    """What the broker says that is no message."""
    if kind == CONNACK:
        found = numbers(body, 2) if five and len(body) > 2 else {}
        return Answered(kind, 0, body[1], found.get(RECEIVE_MAXIMUM, 65_535))
    if kind == PUBACK:
        return Answered(kind, body[0] << 8 | body[1], body[2] if len(body) > 2 else 0)
    if kind == SUBACK:
        size, at = length(body, 2, len(body)) if five else (0, 2)
        return Answered(kind, body[0] << 8 | body[1], max(body[at + size :], default=128))
    if kind == PINGRESP:
        return Answered(kind, 0, 0)
    if kind == DISCONNECT and five:
        return Answered(kind, 0, body[0] if body else 0)
    raise BadPacket(f"expected a packet for a client, found type 0x{kind:02x}")


def numbers(body: bytes, at: int) -> dict[int, int]:
    """The numbers among the properties of MQTT 5 there."""
    size, at = length(body, at, len(body))
    end, found = at + size, {}
    while at < end:
        name, at = body[at], at + 1
        wide = PROPERTY_SIZES.get(name)
        if wide is not None:
            found[name] = int.from_bytes(body[at : at + wide], "big")
            at += wide
        elif name == 0x0B:
            found[name], at = length(body, at, end)
        else:
            for _ in range(2 if name == 0x26 else 1):
                at += 2 + (body[at] << 8 | body[at + 1])
    return found


def connect(five: bool, user: str, password: str, keepalive_s: int, receive_maximum: int, packet_at_most: int) -> bytes:
    """The first packet: a clean session, under a name that the broker gives."""
    flags = CLEAN | (WITH_USER if user else 0) | (WITH_PASSWORD if password else 0)
    properties = struct.pack(">BHBI", RECEIVE_MAXIMUM, receive_maximum, MAXIMUM_PACKET, packet_at_most)
    return packet(
        CONNECT,
        text("MQTT"),
        struct.pack(">BBH", 4 + five, flags, keepalive_s),
        bytes((len(properties),)) + properties if five else b"",
        text(""),
        text(user) if user else b"",
        text(password) if password else b"",
    )


def subscribe(five: bool, mid: int, topics: Iterable[tuple[str, int]]) -> bytes:
    """Ask for these topic filters, each at most with its QoS."""
    each = (text(topic) + bytes((qos,)) for topic, qos in topics)
    return packet(SUBSCRIBE, struct.pack(">H", mid), b"\0" if five else b"", *each)


def publish(five: bool, topic: str, payload: bytes, qos: int, retain: bool, mid: int) -> bytes:
    """A message of ours; `mid` is left out where QoS is 0."""
    number = struct.pack(">H", mid) if qos else b""
    return packet(PUBLISH | qos << 1 | retain, text(topic), number, b"\0" if five else b"", payload)


def pubacks(mids: Iterable[int]) -> bytes:
    """We have these."""
    return b"".join([b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids])


def packet(first: int, *parts: bytes) -> bytes:
    """A packet with these parts."""
    body = b"".join(parts)
    size, head = len(body), bytearray((first,))
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    head.append(size)
    return bytes(head) + body


def text(value: str) -> bytes:
    """A text with its length before it."""
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw
