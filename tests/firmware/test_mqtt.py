"""MQTT byte by byte, in both versions."""

from firmware import greeting
from firmware.mqtt import MQTT_3_1_1, MQTT_5, Answer, Mqtt, MqttError, Published

CONNACK, PUBACK, SUBACK, DISCONNECT = 0x20, 0x40, 0x90, 0xE0
WILL = ("t/w", b"gone")


def client(version, room=2048):
    return Mqtt(version, bytearray(room))


def refused(version, data):
    try:
        client(version).receive(data)
    except MqttError as err:
        return str(err)
    raise AssertionError("expected a refusal")


def heard(version, data):
    return client(version).receive(data)


def said(version, name, *arguments):
    """The bytes by which a fresh client says this."""
    mqtt = client(version)
    if hasattr(greeting, name):
        getattr(greeting, name)(mqtt, *arguments)
    else:
        getattr(mqtt, name)(*arguments)
    return bytes(mqtt.said())


def test_connect_3_1_1():
    packet = said(MQTT_3_1_1, "connect", "d", "u", "pw", 30, WILL)
    assert packet == b"\x10\x1f\x00\x04MQTT\x04\xee\x00\x1e\x00\x01d\x00\x03t/w\x00\x04gone\x00\x01u\x00\x02pw"


def test_connect_5_says_how_much_it_takes():
    packet = said(MQTT_5, "connect", "d", "u", "pw", 30, WILL)
    head = b"\x10\x26\x00\x04MQTT\x05\xee\x00\x1e\x05\x27\x00\x00\x40\x00"
    assert packet == head + b"\x00\x01d\x00\x00\x03t/w\x00\x04gone\x00\x01u\x00\x02pw"


def test_publish_in_both_versions():
    assert said(MQTT_3_1_1, "publish", "a/b", b"hi", 0) == b"\x30\x07\x00\x03a/bhi"
    assert said(MQTT_3_1_1, "publish", "a/b", b"hi", 1) == b"\x32\x09\x00\x03a/b\x00\x01hi"
    assert said(MQTT_5, "publish", "a/b", b"hi", 1, True) == b"\x33\x0a\x00\x03a/b\x00\x01\x00hi"


def test_a_long_length_takes_two_bytes():
    packet = said(MQTT_3_1_1, "publish", "t", b"x" * 1000, 0)
    assert packet[:6] == b"\x30\xeb\x07\x00\x01t" and len(packet) == 1006


def test_subscribe_in_both_versions():
    assert said(MQTT_3_1_1, "subscribe", "a/+", 1) == b"\x82\x08\x00\x01\x00\x03a/+\x01"
    assert said(MQTT_5, "subscribe", "a/+", 1) == b"\x82\x09\x00\x01\x00\x00\x03a/+\x01"


def test_several_packets_are_one_write():
    mqtt = client(MQTT_5)
    assert not mqtt.waiting
    mqtt.puback(258)
    mqtt.ping()
    mqtt.disconnect()
    assert mqtt.waiting
    assert bytes(mqtt.said()) == b"\x40\x02\x01\x02\xc0\x00\xe0\x00"
    assert not mqtt.waiting and bytes(mqtt.said()) == b""


def test_what_finds_no_room_is_said_after_the_next_write():
    mqtt = client(MQTT_3_1_1, room=20)
    assert mqtt.publish("t", b"x" * 7, 1) == 1
    assert mqtt.publish("t", b"x" * 7, 1) is None and greeting.subscribe(mqtt, "t/+", 1) is None
    assert mqtt.unacknowledged == {1}
    assert len(mqtt.said()) == 14
    assert mqtt.publish("t", b"x" * 7, 1) and len(mqtt.said()) == 14


def test_a_packet_larger_than_the_room_has_one_of_its_own():
    mqtt = client(MQTT_3_1_1, room=20)
    assert mqtt.publish("t", b"x" * 100, 0) == 0
    assert bytes(mqtt.said()) == b"\x30\x67\x00\x01t" + b"x" * 100
    assert mqtt.ping() is not None and bytes(mqtt.said()) == b"\xc0\x00"


def test_what_the_broker_does_not_take_is_not_sent():
    mqtt = client(MQTT_5)
    mqtt.receive(b"\x20\x0c\x00\x00\x09\x24\x00\x25\x00\x27\x00\x00\x00\x10")
    assert mqtt.publish("a/b", b"hi", 1, True) == 0
    assert bytes(mqtt.said()) == b"\x30\x08\x00\x03a/b\x00hi"
    try:
        mqtt.publish("a/b", b"x" * 9, 1)
    except MqttError as err:
        assert str(err) == "a packet of 17 bytes, and the broker takes at most 16"
    else:
        raise AssertionError("expected it to be too long")
    assert mqtt.unacknowledged == set()


def test_packet_ids_wrap_and_pass_those_still_out():
    mqtt = client(MQTT_3_1_1)
    mqtt.publish("t", b"", 1)
    for expected in (2, 3):
        mqtt.publish("t", b"", 1)
        mqtt.receive(b"\x40\x02" + expected.to_bytes(2, "big"))
    mqtt._last_id = 65_534
    mqtt.said()
    assert [mqtt.publish("t", b"", 1) for _ in range(3)] == [65_535, 2, 3]
    packets = bytes(mqtt.said())
    assert [packets[at + 5 : at + 7] for at in (0, 7, 14)] == [b"\xff\xff", b"\x00\x02", b"\x00\x03"]
    assert sorted(mqtt.unacknowledged) == [1, 2, 3, 65_535]


def test_connack_3_1_1():
    (connected,) = heard(MQTT_3_1_1, b"\x20\x02\x00\x00")
    assert isinstance(connected, Answer) and (connected.kind, connected.code) == (CONNACK, 0)
    assert heard(MQTT_3_1_1, b"\x20\x02\x01\x00")[0].code == 0  # a session that was kept does no harm
    assert heard(MQTT_3_1_1, b"\x20\x02\x00\x05")[0].code == 5


def test_connack_5_with_properties():
    properties = b"\x13\x00\x0a\x21\x00\x14\x22\x00\x05\x12\x00\x02id\x24\x01\x26\x00\x01k\x00\x01v"
    mqtt = client(MQTT_5)
    head = b"\x20" + bytes([3 + len(properties)]) + b"\x00\x00" + bytes([len(properties)])
    (connected,) = mqtt.receive(head + properties)
    assert (connected.code, mqtt.keepalive_s, mqtt.receive_maximum) == (0, 10, 20)


def test_acknowledgements():
    mqtt = client(MQTT_5)
    mqtt.publish("t", b"", 1)
    greeting.subscribe(mqtt, "t", 1)
    puback, suback = mqtt.receive(b"\x40\x03\x00\x01\x87\x90\x04\x00\x02\x00\x80")
    assert (puback.kind, puback.packet_id, puback.code) == (PUBACK, 1, 0x87)
    assert (suback.kind, suback.packet_id, suback.code) == (SUBACK, 2, 0x80)
    assert mqtt.unacknowledged == set()


def test_plain_acknowledgements_are_counted_and_not_told_however_they_are_cut():
    stream = (
        b"\x40\x02\x00\x01\x40\x02\x00\x02\x40\x03\x00\x03\x00\x30\x04\x00\x01t\x00\x40\x02\x00\x04\x40\x02\x12\x34"
    )
    for at in range(len(stream)):
        mqtt = client(MQTT_5)
        for _ in range(5):
            mqtt.publish("t", b"", 1)
        told = mqtt.receive(stream[:at]) + mqtt.receive(stream[at:])
        assert [type(one).__name__ for one in told] == ["Published"], at
        assert mqtt.unacknowledged == {5}, at


def test_messages_in_both_versions():
    (one,) = heard(MQTT_3_1_1, b"\x33\x09\x00\x03a/b\x01\x02hi")
    assert isinstance(one, Published)
    assert (one.topic, one.payload, one.retained, one.packet_id) == ("a/b", b"hi", True, 258)
    (one,) = heard(MQTT_5, b"\x30\x0d\x00\x03a/b\x05\x02\x00\x00\x00\x09hi")
    assert (one.topic, one.payload, one.retained, one.packet_id) == ("a/b", b"hi", False, None)


def test_ping_and_end():
    (end,) = heard(MQTT_5, b"\xd0\x00\xe0\x02\x8e\x00")
    assert (end.kind, end.code) == (DISCONNECT, 0x8E)


def test_a_stream_cut_anywhere_says_the_same():
    stream = (
        b"\x20\x02\x00\x00" + b"\x33\x09\x00\x03a/b\x01\x02hi" + b"\x30\xc8\x01\x00\x01t" + b"x" * 197 + b"\xd0\x00"
    )
    whole = [type(one).__name__ for one in heard(MQTT_3_1_1, stream)]
    assert whole == ["Answer", "Published", "Published"]
    for at in range(len(stream)):
        mqtt = client(MQTT_3_1_1)
        pieces = mqtt.receive(stream[:at]) + mqtt.receive(stream[at:])
        assert [type(one).__name__ for one in pieces] == whole
        assert len(pieces[2].payload) == 197


def test_what_is_no_mqtt_is_refused_with_a_sentence():
    assert refused(MQTT_3_1_1, b"\x10\x00") == "expected a packet for a client, found type 0x10"
    assert refused(MQTT_3_1_1, b"\x34\x05\x00\x01t\x00\x01") == "expected QoS 0 or 1, found 2"
    assert refused(MQTT_3_1_1, b"\x30\xff\xff\xff\x7f") == "expected at most 16384 bytes, found a packet of 268435455"
    assert "four bytes" in refused(MQTT_3_1_1, b"\x30\xff\xff\xff\xff")
    assert "expected more than 1 bytes" in refused(MQTT_3_1_1, b"\x20\x01\x00")
    assert "property" in refused(MQTT_5, b"\x20\x04\x00\x00\x01\x7f")
    assert "expected more" in refused(MQTT_3_1_1, b"\x30\x03\x00\x05t")
    assert "expected more" in refused(MQTT_3_1_1, b"\x30\x04\x00\x02\xff\xfe")
    assert "expected more" in refused(MQTT_3_1_1, b"\x32\x03\x00\x01t")
