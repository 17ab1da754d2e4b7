"""What is read quickly is what is read with care; what is nearly all of the day is read quickly."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain import quick_reading
from fleet.domain.quick_reading import SHAPES, NoShape, read_quickly
from fleet.flows.read_batches import carefully
from protocols.batches import BatchHeader, encode_batch
from protocols.events import EVENTS, encode_event
from protocols.message import BIGGEST, Message, ProtocolError, Range, Text
from tests.fleet.office import NINE

HEADER = BatchHeader(epoch=1, boot=2, oldest=0)
NUMBERS = [-BIGGEST - 1, -BIGGEST, -1, 0, 1, 4, 5, 6, 9_999, 10_000, BIGGEST, BIGGEST + 1, 1 << 70, 1.0, 1e22, 0.5]
TEXTS = ["", "low", "ok", "Đỗ", "a\\b", "\n", "\x7f", "\0", "\ud800", "\u2028"]
TEXTS += ["x" * most for most in (16, 17, 32, 33, 84, 85, 200, 201)]
ODD = [None, True, False, *NUMBERS, *TEXTS, [], {}, [1], {"id": 1}, {"a": 1.5}]
SOME_KINDS = sorted(SHAPES)


def values(spec: Any) -> st.SearchStrategy[Any]:
    """What a field with a shape takes."""
    if isinstance(spec, tuple):
        return st.one_of([values(one) for one in spec])
    if spec is None or isinstance(spec, str):
        return st.just(spec)
    if isinstance(spec, Range):
        return st.integers(spec.low, spec.high)
    if spec is int:
        return st.integers(-BIGGEST, BIGGEST)
    if spec is bool:
        return st.booleans()
    return st.text("abc-9 /", max_size=min(spec, 40) if isinstance(spec, Text) else 40)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """One of these kinds, sometimes without what may be left out."""
    kind = draw(st.sampled_from(SOME_KINDS))
    its = EVENTS[kind]
    data = {name: draw(values(spec)) for name, spec in its.FIELDS.items() if name not in ("up", "at")}
    data |= {"kind": kind, "seq": draw(st.integers(0, 9)), "up": draw(st.integers(0, 9_000_000))}
    data["at"] = draw(st.sampled_from([None, NINE]))
    for name in its.FIELDS:
        if hasattr(its, name) and draw(st.booleans()):
            del data[name]
    return data


def first_of(spec: Any) -> Any:
    """One value that such a field takes."""
    if isinstance(spec, tuple):
        return first_of(spec[0])
    if spec is None or isinstance(spec, str):
        return spec
    if isinstance(spec, Range):
        return spec.low
    return {int: 0, bool: False}.get(spec, "abc")


def spoilt(kind: str) -> Iterator[dict[str, Any]]:
    """A right event of this kind with anything in each place, or nothing there."""
    right = {name: first_of(spec) for name, spec in EVENTS[kind].FIELDS.items()} | {"kind": kind, "seq": 1}
    for name in [*right, "colour"]:
        yield {other: value for other, value in right.items() if other != name}
        for odd in ODD:
            yield {**right, name: odd}


def in_bytes(some: list[Any], ascii_only: bool = True) -> bytes:
    data = {**HEADER.to_dict(), "v": 1, "events": some}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=ascii_only).encode(errors="surrogatepass")


def with_care(raw: bytes) -> Any:
    try:
        return carefully(raw)
    except ProtocolError as problem:
        return str(problem)


@pytest.mark.parametrize("kind", SOME_KINDS)
def test_what_is_read_quickly_is_what_is_read_with_care(kind: str) -> None:
    taken = 0
    for data in spoilt(kind):
        for raw in (in_bytes([data]), in_bytes([data], ascii_only=False)):
            found = read_quickly(raw)
            taken += found is not None
            assert found is None or found == with_care(raw), data
    assert taken > 50


@given(events())
def test_what_is_right_is_read_quickly(data: dict[str, Any]) -> None:
    raw = in_bytes([data])
    found = read_quickly(raw)
    if data["kind"] == "rating" and data["score"] > data.get("scale", 5):
        assert found is None
    else:
        assert found is not None and found == with_care(raw)


@pytest.mark.parametrize("name", ["v", "epoch", "boot", "oldest", "events", "more"])
def test_a_header_is_read_as_with_care(name: str) -> None:
    rating = {"kind": "rating", "seq": 1, "score": 5, "scale": 5, "up": 1}
    for odd in ODD:
        raw = json.dumps({**HEADER.to_dict(), "v": 1, "events": [rating], name: odd}).encode()
        found = read_quickly(raw)
        assert found is None or found == with_care(raw), odd


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xef\xbb\xbf{}", in_bytes([]), in_bytes([1]), in_bytes([{"kind": "rating"}]), b'{"epoch":NaN}'],
)
def test_what_is_no_batch_is_left_to_care(raw: bytes) -> None:
    assert read_quickly(raw) is None


def test_two_events_of_one_number_are_left_to_care() -> None:
    rating = {"kind": "rating", "seq": 1, "score": 5, "scale": 5, "up": 1}
    assert read_quickly(in_bytes([rating, rating])) is None
    assert read_quickly(in_bytes([rating])) is not None


def test_nearly_all_kinds_that_a_board_says_have_a_shape() -> None:
    by_boards = {name for name, kind in EVENTS.items() if not issubclass(kind, quick_reading.BY_PEOPLE)}
    assert by_boards == set(SHAPES)


def test_an_event_is_what_encoding_it_gives_back() -> None:
    event = EVENTS["rating"](score=4, scale=5, up=7, at=NINE)
    found = read_quickly(encode_batch(HEADER, [{**encode_event(event), "seq": 3}]))
    assert found is not None
    (said,) = found[2].events
    assert said.event == event and json.loads(said.body) == {**encode_event(event), "seq": 3}


@pytest.mark.parametrize("spec", [dict, [int], (int, "low"), Message])
def test_what_has_no_shape_is_said(spec: object) -> None:
    with pytest.raises(NoShape):
        quick_reading.value_of(spec)
