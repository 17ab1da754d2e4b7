"""What client and broker say when a connection begins, and hardly ever after: it is lent for that moment.

Of the properties of MQTT 5 only those count that say what the broker takes.
"""

import struct

from firmware.mqtt import Answer, MqttError, read_u16, read_varint
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.mqtt import Mqtt

_CONNECT = const(0x10)
_CONNACK = const(0x20)
_PUBACK = const(0x40)
_SUBSCRIBE = const(0x82)
_SUBACK = const(0x90)
_DISCONNECT = const(0xE0)
_FLAGS = const(0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02)  # user, password, will retained, will QoS 1, will, clean
_MOST_WE_TAKE = const(0x27)
_PACKET_BYTES_AT_MOST = const(16 * 1024)

_SERVER_KEEP_ALIVE = const(0x13)
_RECEIVE_MAXIMUM = const(0x21)
_MAXIMUM_QOS = const(0x24)
_RETAIN_AVAILABLE = const(0x25)
_MAXIMUM_PACKET = const(0x27)
_PROPERTIES = const(
    b"\0\1\4\x0a\0\0\0\0\x0a\x0a\0\x0b\0\0\0\0\0\4\x0a\2\0\x0a\x0a\1\4\1\x0a\0\x0a\0\0\x0a\0\2\2\2\1\1\x14\4\1\1\1"
)
# How long each property of MQTT 5 is: 1, 2 or 4 bytes; 10: its length stands before it; 20: twice so; 11: a number of
# its own length; 0: there is none of this name.


def connect(
    mqtt: "Mqtt", client: str, user: str, password: str, keepalive_s: int, will: "tuple[str, bytes]"
) -> "int | None":
    """The first packet. The will is retained, and published by the broker if we vanish."""
    five = mqtt.five
    head = text("MQTT") + bytes([4 + five, _FLAGS]) + struct.pack(">H", keepalive_s)
    ours = bytes([5, _MOST_WE_TAKE]) + struct.pack(">I", _PACKET_BYTES_AT_MOST) if five else b""
    topic, message = will
    will_bytes = b"\0" * five + text(topic) + sized(message)
    return mqtt.put(_CONNECT, head + ours + text(client) + will_bytes + text(user) + text(password))


def subscribe(mqtt: "Mqtt", topic: str, qos: int) -> "int | None":
    """Ask for a topic."""
    packet_id = mqtt.new_id()
    rest = b"\0" * mqtt.five + text(topic) + bytes([qos])
    if mqtt.put(_SUBSCRIBE, struct.pack(">H", packet_id) + rest) is None:
        mqtt.unacknowledged.discard(packet_id)
        return None
    return packet_id


def answer(mqtt: "Mqtt", first: int, body: memoryview) -> "Answer | None":
    """What this packet answers; None if it is only a yes. MqttError, IndexError: no client is sent it, or it is cut."""
    kind = first & 0xF0
    if kind == _CONNACK:
        return greeted(mqtt, body)
    if kind == _SUBACK or kind == _PUBACK:
        packet_id, at = read_u16(body, 0), 2
        if mqtt.five and kind == _SUBACK:
            size, at = read_varint(body, at)
            at += size
        mqtt.unacknowledged.discard(packet_id)
        code = body[at] if kind == _SUBACK or len(body) > at else 0
        return Answer(kind, packet_id, code) if kind == _SUBACK or code else None
    if kind == _DISCONNECT and mqtt.five:
        return Answer(kind, 0, body[0] if len(body) else 0)
    raise MqttError("expected a packet for a client, found type 0x%02x" % first)


def greeted(mqtt: "Mqtt", body: memoryview) -> Answer:
    """The broker's first packet: whether we are welcome, and what it takes."""
    code = body[1]
    found = read_properties(body, 2) if mqtt.five and len(body) > 2 else {}
    mqtt.qos_at_most = found.get(_MAXIMUM_QOS, 1)
    mqtt.retains = found.get(_RETAIN_AVAILABLE, 1) == 1
    mqtt.packet_bytes = found.get(_MAXIMUM_PACKET, mqtt.packet_bytes)
    mqtt.keepalive_s = found.get(_SERVER_KEEP_ALIVE)
    mqtt.receive_maximum = found.get(_RECEIVE_MAXIMUM, mqtt.receive_maximum)
    return Answer(_CONNACK, 0, code)


def sized(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return struct.pack(">H", len(data)) + data


def text(value: str) -> bytes:
    """A text with its length before it."""
    return sized(value.encode())


def read_properties(body: memoryview, at: int) -> "dict[int, int]":
    """The numbers among the properties there."""
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
    return found
