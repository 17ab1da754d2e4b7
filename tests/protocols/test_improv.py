"""Improv Serial: frames are found in any noise, however it is cut, and objects come whole or not at all."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import improv
from protocols.improv import Frames, Objects
from protocols.message import ProtocolError

FRAMES = st.tuples(st.integers(0, 255), st.binary(max_size=255))
HEADLESS = st.binary(max_size=40).filter(lambda noise: b"I" not in noise)
# Noise without the first letter of a frame: nothing in it holds anything up.
ANY = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"IMPROV", b"IMPROV\x01", b"IMPROV\x01\x03\xff", b"IMPROVIMPROV", b"IMPROV\x02\x03\x00", b"II", b"\n"]
    ),
)


def fed(data: bytes, cuts: list[int]) -> list[tuple[int, bytes]]:
    """What a reader finds if these bytes come in such parts, and then nothing more."""
    reader, found, places = Frames(), [], sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        found += reader.feed(data[start:end])
    return found + reader.idle()


@given(st.lists(st.tuples(HEADLESS, FRAMES), max_size=5), st.lists(st.integers(0, 2000), max_size=8))
def test_each_frame_is_found_between_any_chatter_however_it_is_cut(stream, cuts):
    data = b"".join(noise + improv.frame(*one) for noise, one in stream)
    assert fed(data, cuts) == [one for _, one in stream]


@given(ANY, FRAMES, st.lists(st.integers(0, 2000), max_size=8))
def test_a_false_start_costs_no_frame_behind_it(noise, one, cuts):
    assert fed(noise + improv.frame(*one), cuts)[-1:] == [one] or spoilt_by_chance(noise, one)


def spoilt_by_chance(noise: bytes, one: tuple[int, bytes]) -> bool:
    """Whether the noise and a part of the frame are a right frame themselves: one in 256 heads of noise is."""
    data = noise + improv.frame(*one)
    at = data.find(improv.HEAD)
    return at < len(noise) and any(
        len(data) > at + 8 and sum(data[at : at + 9 + data[at + 8]]) & 255 == data[at + 9 + data[at + 8]]
        for at in range(len(noise))
        if data[at:].startswith(improv.HEAD) and len(data) > at + 9 + data[at + 8]
    )


@given(FRAMES, st.integers(0, 300), st.integers(1, 255))
def test_a_frame_with_one_wrong_byte_is_none(one, place, change):
    whole = bytearray(improv.frame(*one))
    place %= len(whole) - 1  # the newline is not looked at
    whole[place] ^= change
    assert one not in fed(bytes(whole), [])


def test_a_head_without_its_frame_waits_until_the_line_is_still():
    reader = Frames()
    assert reader.feed(b"IMPROV\x01\x03\xff" + improv.request(improv.ASK_STATE)) == []
    assert reader.inside()
    assert reader.idle() == [(improv.REQUEST, b"\x02\x00")]
    assert not reader.inside()
    assert reader.chatter == b"IMPROV\x01\x03\xff"


def test_what_is_outside_of_frames_is_chatter_even_if_the_same_byte_stands_in_one():
    reader = Frames()
    assert reader.feed(b"\x03" + improv.frame(improv.REQUEST, b"\x03\x00") + b"\x03") == [(improv.REQUEST, b"\x03\x00")]
    assert reader.chatter == b"\x03\x03"
    for _ in range(100):
        reader.feed(b"link: OSError 113\r\n")
    assert len(reader.chatter) == 256


@given(st.binary(max_size=3000), st.sampled_from([improv.REQUEST, improv.RESULT]))
def test_an_object_comes_back_whole_from_its_pieces(raw, kind):
    objects, reader = Objects(), Frames()
    frames = list(improv.pieces(kind, raw))
    for number, one in enumerate(frames):
        ((found, data),) = reader.feed(one)
        assert found == kind
        assert len(one) < 256
        command, part = improv.read(data)
        assert command == improv.OBJECT
        assert objects.take(part) == (raw if number == len(frames) - 1 else None)


@given(st.binary(min_size=200, max_size=2500), st.binary(max_size=300), st.data())
def test_an_object_of_which_a_piece_is_lost_is_none_and_spoils_no_other(raw, after, data):
    objects, frames = Objects(), list(improv.pieces(improv.RESULT, raw))
    lost = data.draw(st.integers(0, len(frames) - 1))
    heard = [*frames[:lost], *frames[lost + 1 :], *improv.pieces(improv.RESULT, after)]
    found = [objects.take(improv.read(Frames().feed(one)[0][1])[1]) for one in heard]
    assert [one for one in found if one is not None] == [after]


def test_pieces_that_nobody_ended_are_forgotten_and_those_that_never_end_are_refused():
    objects = Objects()
    alone = bytes([improv.FIRST])
    assert objects.take(bytes([improv.FIRST | improv.MORE]) + b'{"do":') is None
    objects.forget()
    assert objects.take(alone + b"{}") == b"{}"
    with pytest.raises(ProtocolError, match="object: expected at most 8192 bytes, found 8"):
        for number in range(100):
            first = 0 if number else improv.FIRST
            objects.take(bytes([(number & 15) << 4 | first | improv.MORE]) + b"x" * 120)
    assert objects.take(alone + b"[]") == b"[]"
    with pytest.raises(ProtocolError, match="piece"):
        objects.take(b"")


def test_a_confirmed_piece_is_no_object():
    ((kind, data),) = Frames().feed(improv.taken())
    assert improv.is_taken(kind, data)
    assert Objects().take(improv.read(data)[1]) is None
    for one in improv.pieces(improv.RESULT, json.dumps({"id": 1}).encode()):
        assert not improv.is_taken(*Frames().feed(one)[0])


def test_the_standard_requests_are_the_bytes_of_the_standard():
    assert improv.request(improv.ASK_STATE) == b"IMPROV\x01\x03\x02\x02\x00\xe5\n"
    assert improv.read_strings(improv.strings("Mạng", "")) == ["Mạng", ""]
    ((kind, data),) = Frames().feed(improv.wifi("MyNet", "secret 12"))
    assert (kind, data) == (improv.REQUEST, b"\x01\x10\x05MyNet\x09secret 12")
    assert improv.frame(improv.STATE, bytes([improv.AUTHORIZED]))[:-2] == b"IMPROV\x01\x01\x01\x02"
    for broken in (b"\x05ab", b"\x01\xff"):
        with pytest.raises(ProtocolError, match="texts"):
            improv.read_strings(broken)
    for broken in (b"", b"\x01", b"\x01\x02a"):
        with pytest.raises(ProtocolError, match="request"):
            improv.read(broken)
    with pytest.raises(ProtocolError, match="at most 255"):
        improv.frame(improv.REQUEST, bytes(256))
