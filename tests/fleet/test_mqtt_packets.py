"""The client's side of MQTT in bytes, against what paho makes and reads of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet import mqtt_packets
from fleet.mqtt_packets import Answered, BadPacket, Stream, numbers, packet, publish, text

MOST = 1_000_000
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
MESSAGES = st.lists(
    st.tuples(TEXTS, st.binary(max_size=300) | st.just(b"x" * 20_000), st.integers(0, 1), st.booleans()), max_size=8
)


def stream(five: bool = True) -> Stream:
    return Stream(five, 7, MOST)


@given(MESSAGES, st.booleans(), st.lists(st.integers(1, 5_000), min_size=1, max_size=20))
def test_messages_come_as_they_were_sent_however_the_stream_is_cut(
    messages: list[tuple[str, bytes, int, bool]], five: bool, cuts: list[int]
) -> None:
    sent = [(*one, 1 + n if one[2] else 0) for n, one in enumerate(messages)]
    raw = b"".join(publish(five, topic, payload, qos, kept, mid) for topic, payload, qos, kept, mid in sent)
    reader, came, at, n = stream(five), [], 0, 0
    while at < len(raw):
        size = cuts[n % len(cuts)]
        came += reader.read(raw[at : at + size], 1.5)[0]
        at, n = at + size, n + 1
    assert [(one.topic, one.payload, one.qos, one.retain, one.mid) for one in came] == sent
    assert reader.rest == b"" and all((one.timestamp, one.connection) == (1.5, 7) for one in came)


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_read_or_refused(raw: bytes, five: bool) -> None:
    try:
        stream(five).read(raw, 0.0)
    except BadPacket as problem:
        assert "expected" in str(problem)


def test_properties_of_a_message_are_left_aside() -> None:
    properties = b"\x26" + text("who") + text("x" * 200)
    varint = bytes((len(properties) & 127 | 128, len(properties) >> 7))
    raw = packet(mqtt_packets.PUBLISH, text("a/b"), varint, properties, b"payload")
    (came,), _ = stream().read(raw, 0.0)
    assert (came.topic, came.payload) == ("a/b", b"payload")


def test_answers() -> None:
    limits = b"\x21\x00\x14\x27\x00\x00\x10\x00\x12" + text("given") + b"\x0b\x81\x01"
    raw = b"".join(
        (
            packet(0x20, b"\0\0", bytes((len(limits),)), limits),
            packet(0x90, b"\0\1", b"\0", b"\1\x87"),
            packet(0x40, b"\1\2"),
            packet(0x40, b"\1\3", b"\x10"),
            packet(0xD0),
            packet(0xE0, b"\x8e"),
        )
    )
    came, answers = stream().read(raw, 0.0)
    assert came == []
    assert answers == [
        Answered(0x20, 0, 0, 20),
        Answered(0x90, 1, 0x87),
        Answered(0x40, 0x102, 0),
        Answered(0x40, 0x103, 0x10),
        Answered(0xD0, 0, 0),
        Answered(0xE0, 0, 0x8E),
    ]
    assert numbers(bytes((len(limits),)) + limits, 0) == {0x21: 20, 0x27: 4096, 0x0B: 129}


@pytest.mark.parametrize(
    "raw", [packet(0x30, b"\0\x09short"), packet(0x30, text("a"), b"\x05"), packet(0x10), b"\x30\xff\xff\xff\xff\1"]
)
def test_what_is_no_packet_for_a_client_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPacket, match="expected"):
        stream().read(raw, 0.0)


def test_a_packet_that_is_too_long_is_refused_before_it_has_come() -> None:
    raw = packet(0x30, text("a"), b"\0", bytes(MOST))
    with pytest.raises(BadPacket, match="at most 1000000 bytes"):
        stream().read(raw[:100], 0.0)
