"""What is read part by part is what is read at once, whatever stands in it and however it is cut off."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.message import COUNT, ProtocolError
from protocols.parts import Items, parts, read
from protocols.state import Lease, State

LETTERS = st.text(alphabet='abcĐế "\\,:[]{}\n\U0001f600', max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | LETTERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS, inner, max_size=4),
    max_leaves=12,
)
SPACED = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])


def loads(raw):
    return json.loads(bytes(raw))


@given(st.dictionaries(LETTERS, VALUES, max_size=5), SPACED, st.booleans())
def test_the_parts_of_an_object_are_its_values(data, separators, plain):
    raw = json.dumps(data, separators=separators, ensure_ascii=plain).encode()
    assert {name: loads(part) for name, part in parts(raw, "x").items()} == data


@given(st.lists(st.dictionaries(LETTERS, VALUES, max_size=3), max_size=5), SPACED)
def test_the_items_of_a_list_are_read_one_by_one_and_again(data, separators):
    items = Items(dict, json.dumps(data, separators=separators).encode(), "x")
    assert list(items) == data and list(items) == data


@given(st.dictionaries(LETTERS, VALUES, min_size=1, max_size=4), st.data())
def test_an_object_that_is_cut_off_is_none(data, drawn):
    raw = json.dumps(data).encode()
    with pytest.raises(ProtocolError):
        parts(raw[: drawn.draw(st.integers(0, len(raw) - 1))], "x")


@given(st.binary(max_size=40))
def test_whatever_comes_is_read_or_refused(raw):
    for begin in (b"", b"{", b'{"a":[', b'{"a":{"'):
        try:
            found = parts(begin + raw, "x")
            for part in found.values():
                read(dict, part, "x")
        except ProtocolError:
            pass


def test_an_error_says_where_and_what_was_expected():
    with pytest.raises(ProtocolError, match=r"state\.version: expected a whole number .*, found \"1\""):
        read(COUNT, b'"1"', "state.version")
    with pytest.raises(ProtocolError, match="state: expected a whole JSON object, found 6 bytes"):
        parts(b'["a",1', "state")
    with pytest.raises(ProtocolError, match=r"leases\.first: expected a whole number from 1 to 9999, found 0"):
        fields = {"service": "a", "prefix": "A", "day": "x", "last": 1, "secret": "", "since": 0, "expires": 0}
        list(Items(Lease, json.dumps([{"id": "l", "first": 0, **fields}]).encode(), "leases"))


def test_a_state_says_the_same_in_parts():
    lease = Lease(id="l/1", service="a", prefix="A", day="2026-11-22", first=1, last=9, secret="00", since=0, expires=1)
    told = parts(State(version=1, now=2, leases=[lease, lease], calls=[{"id": "x"}]).to_bytes(), "state")
    assert (read(COUNT, told["version"], "v"), read(COUNT, told["now"], "n")) == (1, 2)
    assert list(Items(Lease, told["leases"], "leases")) == [lease, lease]
    assert list(Items(dict, told["calls"], "calls")) == [{"id": "x"}]
