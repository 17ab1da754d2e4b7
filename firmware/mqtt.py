"""MQTT 3.1.1 and 5 as a client speaks it: bytes in, bytes and values out. It opens no socket and asks no clock.

What is said gathers in one buffer, to be written with one `write`: pieces wait for the peer's delayed acknowledgement,
40 ms each (23 messages a second instead of thousands). Sessions are clean: what is live is sent again after each
hello, and events are kept by the outbox, not by the broker. A broker that kept a session all the same does no harm: an
acknowledgement of what is not out is left aside, and what it sends again has its version or its id in it.
"""

import struct

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MQTT_3_1_1 = 4
MQTT_5 = 5
_PACKET_BYTES_AT_MOST = const(16 * 1024)
_PACKET_BYTES_OF_ALL = const(268_435_460)
# What the four bytes of a length can say, with the head.

_CONNECT = const(0x10)
_CONNACK = const(0x20)
_PUBLISH = const(0x30)
_PUBACK = const(0x40)
_SUBSCRIBE = const(0x82)
_SUBACK = const(0x90)
_PINGREQ = const(0xC0)
_PINGRESP = const(0xD0)
_DISCONNECT = const(0xE0)

_SERVER_KEEP_ALIVE = const(0x13)
_RECEIVE_MAXIMUM = const(0x21)
_MAXIMUM_QOS = const(0x24)
_RETAIN_AVAILABLE = const(0x25)
_MAXIMUM_PACKET = const(0x27)
_PROPERTIES = const(
    b"\0\1\4\x0a\0\0\0\0\x0a\x0a\0\x0b\0\0\0\0\0\4\x0a\2\0\x0a\x0a\1\4\1\x0a\0\x0a\0\0\x0a\0\2\2\2\1\1\x14\4\1\1\1"
)
# How long each property of MQTT 5 is: 1, 2 or 4 bytes; 10: its length stands before it; 20: twice so; 11: a number of
# its own length; 0: there is none of this name. A dictionary would be half a KB of RAM.


class MqttError(Exception):
    """One side can not take what the other says: it is no MQTT, or more than there is room for."""


class Connected:
    """CONNACK. `code` 0 is a welcome; anything else is the broker's reason to refuse.

    `session`: the broker says that it kept an older session, although we asked for none.
    """

    def __init__(self, code: int, session: bool, keepalive_s: "int | None", receive_maximum: int) -> None:
        self.code = code
        self.session = session
        self.keepalive_s = keepalive_s
        self.receive_maximum = receive_maximum


class Acknowledged:
    """The broker's answer to a packet of ours: a SUBACK, or a PUBACK that says more than yes. From 128 on a refusal."""

    def __init__(self, packet_id: int, subscribed: bool, code: int) -> None:
        self.packet_id = packet_id
        self.subscribed = subscribed
        self.code = code


class Published:
    """A message for us; the payload is the packet's own memory. One with a `packet_id` wants a `Mqtt.puback`."""

    def __init__(self, topic: str, payload: memoryview, retained: bool, packet_id: "int | None") -> None:
        self.topic = topic
        self.payload = payload
        self.retained = retained
        self.packet_id = packet_id


class Ended:
    """The broker ends the connection, with the reason code of MQTT 5."""

    def __init__(self, code: int) -> None:
        self.code = code


class Mqtt:
    """One connection. `unacknowledged` holds the ids of our packets that the broker has not acknowledged.

    What we say is put into `room` (made once: a heap that is nearly full has no KB in one piece) until `said` takes it.
    Each of the methods returns None, and has said nothing, if what waits there must be written first.
    """

    def __init__(self, protocol: int, room: bytearray) -> None:
        self.unacknowledged: "set[int]" = set()
        self._five = 1 if protocol == MQTT_5 else 0
        self._room = memoryview(room)
        self._out = self._room
        self._filled = 0
        self._topic: "str | None" = None
        self._topic_bytes = b""
        self._last_id = 0
        self._head = b""  # of the packet that is coming in, then its body as far as it is there
        self._body: "bytearray | None" = None
        self._got = 0
        # What the broker takes, as CONNACK says
        self._qos_at_most = 1
        self._retains = True
        self._packet_bytes = _PACKET_BYTES_OF_ALL

    # What we say

    @property
    def waiting(self) -> bool:
        """Whether something was said that `said` did not take yet."""
        return self._filled > 0

    def said(self) -> memoryview:
        """All that was said since the last call, for one `write`; its memory is used again for what is said next."""
        said = self._out[: self._filled]
        self._out, self._filled = self._room, 0
        return said

    def connect(
        self, client: str, user: str, password: str, keepalive_s: int, will: "tuple[str, bytes]"
    ) -> "int | None":
        """The first packet. The will is retained, and published by the broker if we vanish."""
        five = self._five
        flags = 0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02  # user, password, will retained, will QoS 1, will, clean
        head = text("MQTT") + bytes([MQTT_3_1_1 + five, flags]) + struct.pack(">H", keepalive_s)
        ours = b"\x05\x27" + struct.pack(">I", _PACKET_BYTES_AT_MOST) if five else b""
        topic, message = will
        will_bytes = b"\0" * five + text(topic) + sized(message)
        return self._put(_CONNECT, head + ours + text(client) + will_bytes + text(user) + text(password))

    def publish(self, topic: str, payload: "bytes | list[bytes]", qos: int, retain: bool = False) -> "int | None":
        """A message of ours, whole or in pieces. Its id, which stays in `unacknowledged`; 0 with QoS 0.

        MqttError: too long.
        """
        if topic != self._topic:
            self._topic, self._topic_bytes = topic, text(topic)
        name = self._topic_bytes
        if qos > self._qos_at_most:
            qos = 0
        pieces = payload if type(payload) is list else [payload]
        size = sum([len(piece) for piece in pieces])
        at = self._begin(_PUBLISH | qos << 1 | (retain and self._retains), len(name) + 2 * qos + self._five + size)
        if at is None:
            return None
        out = self._out
        end = at + len(name)
        out[at:end] = name
        packet_id = 0
        if qos:
            packet_id = self._new_id()
            out[end] = packet_id >> 8
            out[end + 1] = packet_id & 255
            end += 2
        if self._five:
            out[end] = 0
            end += 1
        for piece in pieces:
            out[end : end + len(piece)] = piece
            end += len(piece)
        return packet_id

    def subscribe(self, topic: str, qos: int) -> "int | None":
        """Ask for a topic."""
        packet_id = self._new_id()
        rest = b"\0" * self._five + text(topic) + bytes([qos])
        if self._put(_SUBSCRIBE, struct.pack(">H", packet_id) + rest) is None:
            self.unacknowledged.discard(packet_id)
            return None
        return packet_id

    def puback(self, packet_id: int) -> "int | None":
        """We have the message."""
        return self._put(_PUBACK, struct.pack(">H", packet_id))

    def ping(self) -> "int | None":
        """Are you there?"""
        return self._put(_PINGREQ, b"")

    def disconnect(self) -> "int | None":
        """We leave; the broker drops the will."""
        return self._put(_DISCONNECT, b"")

    def _put(self, first: int, body: bytes) -> "int | None":
        at = self._begin(first, len(body))
        if at is not None:
            self._out[at : at + len(body)] = body
        return at

    def _begin(self, first: int, rest: int) -> "int | None":
        """Write the head of a packet; where its body goes, or None if there is no room before `said` is written."""
        at = self._filled
        size = rest + (2 if rest < 128 else 3 if rest < 16_384 else 4)
        if size > self._packet_bytes:
            raise MqttError("a packet of %d bytes, and the broker takes at most %d" % (size, self._packet_bytes))
        if at + size > len(self._out):
            if at:
                return None
            self._out = memoryview(bytearray(size))
        out = self._out
        self._filled = at + size
        out[at] = first
        at += 1
        while rest > 127:
            out[at] = rest & 127 | 128
            rest >>= 7
            at += 1
        out[at] = rest
        return at + 1

    def _new_id(self) -> int:
        """1 to 65,535 and round again, past those that are still out."""
        while True:
            self._last_id = self._last_id % 65_535 + 1
            if self._last_id not in self.unacknowledged:
                self.unacknowledged.add(self._last_id)
                return self._last_id

    # What we hear

    def receive(self, data: bytes) -> "list[Any]":
        """What these bytes say, however the stream was cut. Raises MqttError; the connection is of no more use then.

        The answer to a ping is not in the list, nor a PUBACK that says only yes: its id is no more in `unacknowledged`.
        """
        heard = []
        at, end = 0, len(data)
        while at < end:
            while not self._head and at + 4 <= end and data[at] == _PUBACK and data[at + 1] == 2:
                self.unacknowledged.discard(data[at + 2] << 8 | data[at + 3])
                at += 4
            if at < end:
                at, body = self._cut(data, at)
                if body is not None:
                    first, self._head, self._body = self._head[0], b"", None
                    try:
                        what = self._heard(first, body)
                    except (IndexError, ValueError):  # UnicodeError is a ValueError, on both Pythons
                        raise MqttError(
                            "packet type 0x%02x: expected more than %d bytes" % (first, len(body))
                        ) from None
                    if what is not None:
                        heard.append(what)
        return heard

    def _cut(self, data: bytes, at: int) -> "tuple[int, memoryview | None]":
        """Read on from `at`: how far that was, and the packet's body if it is whole now."""
        while self._body is None:
            if at == len(data):
                return at, None
            self._head += data[at : at + 1]
            at += 1
            if len(self._head) > 1 and self._head[-1] < 128:
                size, _ = read_varint(self._head, 1)
                if size > _PACKET_BYTES_AT_MOST:
                    raise MqttError("expected at most %d bytes, found a packet of %d" % (_PACKET_BYTES_AT_MOST, size))
                if at + size <= len(data):
                    return at + size, memoryview(data)[at : at + size]
                try:
                    self._body, self._got = bytearray(size), 0
                except MemoryError:
                    raise MqttError("expected a packet that memory takes, found one of %d bytes" % size) from None
            elif len(self._head) == 5:
                raise MqttError("expected a length of at most four bytes, found five")
        piece = min(len(self._body) - self._got, len(data) - at)
        self._body[self._got : self._got + piece] = memoryview(data)[at : at + piece]
        self._got += piece
        return at + piece, memoryview(self._body) if self._got == len(self._body) else None

    def _heard(self, first: int, body: "memoryview") -> "Any":
        kind = first & 0xF0
        if kind == _PUBLISH:
            return self._published(first, body)
        if kind == _PUBACK or kind == _SUBACK:
            return self._acknowledged(kind == _SUBACK, body)
        if kind == _CONNACK:
            return self._connected(body)
        if kind == _PINGRESP:
            return None
        if kind == _DISCONNECT and self._five:
            return Ended(body[0] if len(body) else 0)
        raise MqttError("expected a packet for a client, found type 0x%02x" % first)

    def _connected(self, body: "memoryview") -> Connected:
        properties, _ = read_properties(body, 2) if self._five and len(body) > 2 else ({}, 2)
        self._qos_at_most = properties.get(_MAXIMUM_QOS, 1)
        self._retains = properties.get(_RETAIN_AVAILABLE, 1) == 1
        self._packet_bytes = properties.get(_MAXIMUM_PACKET, _PACKET_BYTES_OF_ALL)
        code, session = body[1], body[0] & 1 == 1
        return Connected(code, session, properties.get(_SERVER_KEEP_ALIVE), properties.get(_RECEIVE_MAXIMUM, 65_535))

    def _published(self, first: int, body: "memoryview") -> Published:
        qos = first >> 1 & 3
        if qos > 1:
            raise MqttError("expected QoS 0 or 1, found %d" % qos)
        topic, at = read_text(body, 0)
        packet_id = None
        if qos:
            packet_id = read_u16(body, at)
            at += 2
        if self._five:
            _, at = read_properties(body, at)
        return Published(topic, body[at:], bool(first & 1), packet_id)

    def _acknowledged(self, subscribed: bool, body: "memoryview") -> "Acknowledged | None":
        packet_id, at = read_u16(body, 0), 2
        if self._five and subscribed:
            _, at = read_properties(body, at)
        self.unacknowledged.discard(packet_id)
        code = body[at] if subscribed or len(body) > at else 0
        return Acknowledged(packet_id, subscribed, code) if subscribed or code else None


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
        kind = _PROPERTIES[name] if name < len(_PROPERTIES) else 0
        at += 1
        if not kind:
            raise MqttError("expected a property of MQTT 5, found 0x%02x" % name)
        if kind < 10:
            found[name] = int.from_bytes(body[at : at + kind], "big")
            at += kind
        elif kind == 11:
            found[name], at = read_varint(body, at)
        else:
            for _ in range(kind // 10):
                at += 2 + read_u16(body, at)
    if at != end:
        raise IndexError
    return found, end
