"""MQTT 3.1.1 and 5 as a client speaks it: bytes in, bytes and values out. It opens no socket and asks no clock.

What is said gathers in one buffer, to be written with one `write`: pieces wait for the peer's delayed acknowledgement,
40 ms each (23 messages a second instead of thousands). Sessions are clean: what is live is sent again after each
hello, and events are kept by the outbox, not by the broker. A broker that kept a session all the same does no harm: an
acknowledgement of what is not out is left aside, and what it sends again has its version or its id in it.

How a connection begins, and the answers that are rare, are in `greeting`, which is lent.
"""

from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MQTT_3_1_1 = 4
MQTT_5 = 5
_PACKET_BYTES_AT_MOST = const(16 * 1024)
_PACKET_BYTES_OF_ALL = const(268_435_460)
# What the four bytes of a length can say, with the head.

_PUBLISH = const(0x30)
_PUBACK = const(0x40)
_PINGREQ = const(0xC0)
_PINGRESP = const(0xD0)
_DISCONNECT = const(0xE0)


class MqttError(Exception):
    """One side can not take what the other says: it is no MQTT, or more than there is room for."""


class Answer:
    """What the broker says that is no message. `kind` is the type of its packet:

    0x20 CONNACK, `code` 0 is a welcome; 0x90 SUBACK, or 0x40 a PUBACK that says more than yes, from 128 on a refusal;
    0xE0, the broker ends the connection, with the reason code of MQTT 5.
    """

    def __init__(self, kind: int, packet_id: int, code: int) -> None:
        self.kind = kind
        self.packet_id = packet_id
        self.code = code


class Published:
    """A message for us; the payload is the packet's own memory. One with a `packet_id` wants a `Mqtt.puback`."""

    def __init__(self, topic: str, payload: memoryview, retained: bool, packet_id: "int | None") -> None:
        self.topic = topic
        self.payload = payload
        self.retained = retained
        self.packet_id = packet_id


class Mqtt:
    """One connection. `unacknowledged` holds the ids of our packets that the broker has not acknowledged.

    What we say is put into `room` (made once: a heap that is nearly full has no KB in one piece) until `said` takes it.
    Each of the methods returns None, and has said nothing, if what waits there must be written first.
    `five` is 1 for MQTT 5; `keepalive_s` and what follows it says what the broker takes, once its CONNACK has come.
    """

    def __init__(self, protocol: int, room: bytearray) -> None:
        self.unacknowledged: "set[int]" = set()
        self.five = 1 if protocol == MQTT_5 else 0
        self._room = memoryview(room)
        self._out = self._room
        self._filled = 0
        self._topic: "str | None" = None
        self._topic_bytes = b""
        self._last_id = 0
        self._head = b""  # of the packet that is coming in, then its body as far as it is there
        self._body: "bytearray | None" = None
        self._got = 0
        self.keepalive_s: "int | None" = None
        self.receive_maximum = 65_535
        self.qos_at_most = 1
        self.retains = True
        self.packet_bytes = _PACKET_BYTES_OF_ALL

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

    def publish(self, topic: str, payload: "bytes | list[bytes]", qos: int, retain: bool = False) -> "int | None":
        """A message of ours, whole or in pieces. Its id, which stays in `unacknowledged`; 0 with QoS 0.

        MqttError: too long.
        """
        if topic != self._topic:
            name = topic.encode()
            self._topic, self._topic_bytes = topic, bytes((len(name) >> 8, len(name) & 255)) + name
        name = self._topic_bytes
        if qos > self.qos_at_most:
            qos = 0
        pieces = payload if type(payload) is list else [payload]
        size = sum([len(piece) for piece in pieces])
        at = self._begin(_PUBLISH | qos << 1 | (retain and self.retains), len(name) + 2 * qos + self.five + size)
        if at is None:
            return None
        out = self._out
        end = at + len(name)
        out[at:end] = name
        packet_id = 0
        if qos:
            packet_id = self.new_id()
            out[end] = packet_id >> 8
            out[end + 1] = packet_id & 255
            end += 2
        if self.five:
            out[end] = 0
            end += 1
        for piece in pieces:
            out[end : end + len(piece)] = piece
            end += len(piece)
        return packet_id

    def puback(self, packet_id: int) -> "int | None":
        """We have the message."""
        return self.put(_PUBACK, bytes((packet_id >> 8, packet_id & 255)))

    def ping(self) -> "int | None":
        """Are you there?"""
        return self.put(_PINGREQ, b"")

    def disconnect(self) -> "int | None":
        """We leave; the broker drops the will."""
        return self.put(_DISCONNECT, b"")

    def put(self, first: int, body: bytes) -> "int | None":
        """A packet with this body."""
        at = self._begin(first, len(body))
        if at is not None:
            self._out[at : at + len(body)] = body
        return at

    def _begin(self, first: int, rest: int) -> "int | None":
        """Write the head of a packet; where its body goes, or None if there is no room before `said` is written."""
        at = self._filled
        size = rest + (2 if rest < 128 else 3 if rest < 16_384 else 4)
        if size > self.packet_bytes:
            raise MqttError("a packet of %d bytes, and the broker takes at most %d" % (size, self.packet_bytes))
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

    def new_id(self) -> int:
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
        if first & 0xF0 == _PUBLISH:
            return self._published(first, body)
        if first & 0xF0 == _PINGRESP:
            return None
        return lent("greeting").answer(self, first, body)

    def _published(self, first: int, body: "memoryview") -> Published:
        qos = first >> 1 & 3
        if qos > 1:
            raise MqttError("expected QoS 0 or 1, found %d" % qos)
        end = 2 + read_u16(body, 0)
        if end > len(body):
            raise IndexError
        topic, at = str(bytes(body[2:end]), "utf-8"), end
        packet_id = None
        if qos:
            packet_id = read_u16(body, at)
            at += 2
        if self.five:
            size, at = read_varint(body, at)
            at += size  # what its properties say is none of ours
            if at > len(body):
                raise IndexError
        return Published(topic, body[at:], bool(first & 1), packet_id)


def read_u16(body: bytes, at: int) -> int:
    """Two bytes as a number."""
    return body[at] << 8 | body[at + 1]


def read_varint(body: bytes, at: int) -> "tuple[int, int]":
    """A number of one to four bytes, and where the next thing begins."""
    value = 0
    for place in range(4):
        byte = body[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise IndexError
