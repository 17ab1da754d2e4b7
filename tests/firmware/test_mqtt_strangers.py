"""Whatever a broker sends, however it is cut: packets or a sentence, and never more memory than one packet."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.greeting import sized
from firmware.mqtt import MQTT_3_1_1, MQTT_5, Mqtt, MqttError, Published

PUBACK, PINGRESP = 0x40, 0xD0
ROOM = bytearray(64)
VERSIONS = st.sampled_from([MQTT_3_1_1, MQTT_5])


def packet(first, parts):
    """One whole packet."""
    body = b"".join(parts)
    return (
        bytes([first])
        + (bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7]))
        + body
    )


@given(VERSIONS, st.lists(st.binary(max_size=40), max_size=8))
def test_garbage_is_heard_or_refused(version, pieces):
    mqtt = Mqtt(version, ROOM)
    try:
        for piece in pieces:
            mqtt.receive(piece)
    except MqttError as err:
        assert "expected" in str(err)


@given(VERSIONS, st.sampled_from([0x20, 0x30, 0x31, 0x32, 0x40, 0x90, 0xD0, 0xE0]), st.binary(max_size=60))
def test_a_packet_of_any_content_is_heard_or_refused(version, kind, body):
    try:
        told = Mqtt(version, ROOM).receive(packet(kind, [body]))
        assert len(told) == 1 or (kind in (PUBACK, PINGRESP) and not told)
    except MqttError as err:
        assert "expected" in str(err)


MESSAGES = st.lists(
    st.tuples(st.text(max_size=20), st.binary(max_size=300), st.sampled_from([0, 1])), min_size=1, max_size=5
)


@given(MESSAGES, st.lists(st.integers(1, 200), max_size=20))
def test_messages_are_the_same_however_the_stream_is_cut(messages, cuts):
    stream = b""
    for topic, payload, qos in messages:
        stream += packet(0x30 | qos << 1, [sized(topic.encode()), b"\x00\x07" * qos, b"\0", payload])
    mqtt, heard = Mqtt(MQTT_5, ROOM), []
    for cut in [*cuts, len(stream)]:
        heard += mqtt.receive(stream[:cut])
        stream = stream[cut:]
    assert all(isinstance(one, Published) for one in heard)
    assert [(one.topic, one.payload, 1 if one.packet_id else 0) for one in heard] == messages
