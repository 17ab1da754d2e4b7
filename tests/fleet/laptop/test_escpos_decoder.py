import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.laptop.escpos_decoder import EscposDecoder, Order, Text, Unreadable

SAMPLES = {
    b"\x1b@": Order("ESC @"),
    b"\x1bt\x1e": Order("ESC t", b"\x1e"),
    b"\x1ba\x01": Order("ESC a", b"\x01"),
    b"\x1bd\x03": Order("ESC d", b"\x03"),
    b"\x1b*\x21\x02\x00abcdef": Order("ESC *", b"\x21\x02\x00abcdef"),
    b"\x1b*\x00\x02\x00ab": Order("ESC *", b"\x00\x02\x00ab"),
    b"\x1b&\x03AB\x02abcdef\x01xyz": Order("ESC &", b"\x03AB\x02abcdef\x01xyz"),
    b"\x1bD\x08\x10\x00": Order("ESC D", b"\x08\x10\x00"),
    b"\x1bp\x00\x19\x19": Order("ESC p", b"\x00\x19\x19"),
    b"\x1d!\x11": Order("GS !", b"\x11"),
    b"\x1dV\x00": Order("GS V", b"\x00"),
    b"\x1dV1": Order("GS V", b"1"),
    b"\x1dVB\x10": Order("GS V", b"B\x10"),
    b"\x1dk\x04123\x00": Order("GS k", b"\x04123\x00"),
    b"\x1dk\x49\x03123": Order("GS k", b"\x49\x03123"),
    b"\x1d(k\x03\x001Q0": Order("GS (", b"k\x03\x001Q0"),
    b"\x1d(L\x02\x0000": Order("GS (", b"L\x02\x0000"),
    b"\x1dv0\x00\x01\x00\x02\x00\x10\x04": Order("GS v", b"0\x00\x01\x00\x02\x00\x10\x04"),
    b"\x1dr\x01": Order("GS r", b"\x01"),
    b"\x1c.": Order("FS ."),
    b"\x10\x04\x01": Order("DLE EOT", b"\x01"),
    b"\x10\x04\x07\x01": Order("DLE EOT", b"\x07\x01"),
    b"\x0a": Order("LF"),
    b"\x0d": Order("CR"),
    b"\x1bz": Unreadable(b"\x1bz"),
    b"\x1d\x01": Unreadable(b"\x1d\x01"),
    b"\x1d(k\xff\xff": None,  # waits for 65,535 bytes
}


def decoded(*pieces):
    decoder = EscposDecoder()
    items = [item for piece in pieces for item in decoder.feed(piece)]
    joined = []
    for item in items:
        if isinstance(item, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].data + item.data)
        else:
            joined.append(item)
    return joined


@pytest.mark.parametrize("raw", SAMPLES, ids=lambda raw: raw.hex(" "))
def test_a_command_ends_where_the_manual_says(raw):
    expected = SAMPLES[raw]
    if expected is None:
        assert decoded(raw + b"after") == []
    else:
        assert decoded(raw + b"after") == [expected, Text(b"after")]


@given(st.lists(st.sampled_from([raw for raw, found in SAMPLES.items() if found] + [b"Mot cua \xe9"])), st.data())
def test_pieces_of_any_size_say_the_same_as_the_whole(parts, data):
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decoded(*pieces) == decoded(stream)


@given(st.binary(max_size=400))
def test_a_strangers_bytes_never_raise(raw):
    decoded(raw)


def test_a_length_that_no_picture_has_is_not_waited_for():
    found = decoded(b"\x1dv0\x00\xff\xff\xff\xffhello")
    assert found[0] == Unreadable(b"\x1dv")
    assert str(found[0]) == "unreadable command 1D 76"
    assert found[-1].data.endswith(b"hello")
