"""What only CPython can check: annotations agree with FIELDS, our HMAC with Python's, anything goes round."""

import hashlib
import hmac
import json
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import batches, commands, config_refused, events, message, presence, releases, reports, state
from protocols.contract import CHANNELS
from protocols.message import BIGGEST, Message, ProtocolError, Range, Text
from protocols.signing import hmac_sha256
from tests.examples import examples

MODULES = (batches, commands, config_refused, events, presence, releases, reports, state)
MESSAGES = list(
    dict.fromkeys(
        one
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Message) and one.FIELDS
    )
)


def type_of(spec):
    """The annotation that says what this FIELDS entry says."""
    if isinstance(spec, tuple):
        parts = {type_of(one) for one in spec}
        return " | ".join(sorted(parts - {"None"}) + (["None"] if "None" in parts else []))
    if isinstance(spec, list):
        return f"list[{type_of(spec[0])}]"
    if spec is None:
        return "None"
    if isinstance(spec, Range):
        return "int"
    if isinstance(spec, Text | str):
        return "str"
    return "dict" if spec is dict else spec.__name__


def annotations(cls):
    found = {}
    for one in reversed(cls.__mro__):
        found.update(
            {
                name: text
                for name, text in vars(one).get("__annotations__", {}).items()
                if name not in ("FIELDS", "KIND")
            }
        )
    return {
        name: text if isinstance(text, str) else getattr(text, "__name__", str(text)) for name, text in found.items()
    }


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
def test_annotations_and_fields_agree(cls):
    told = {name: re.sub(r"dict\[str, [^\]]*\]", "dict", text.strip('"')) for name, text in annotations(cls).items()}
    assert told == {name: type_of(spec) for name, spec in cls.FIELDS.items()}


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
def test_a_default_fits_its_field(cls):
    for name, spec in cls.FIELDS.items():
        if hasattr(cls, name):
            assert message.check(spec, message.plain(getattr(cls, name))) == getattr(cls, name)


def test_every_channel_stands_once():
    names = [(one.direction, one.name) for one in CHANNELS]
    assert len(names) == len(set(names))


def values(spec):
    """Anything that this FIELDS entry allows."""
    if isinstance(spec, tuple):
        return st.one_of([values(one) for one in spec])
    if isinstance(spec, list):
        return st.lists(values(spec[0]), max_size=3)
    if spec is None or isinstance(spec, str):
        return st.just(spec)
    if isinstance(spec, Range):
        return st.integers(spec.low, spec.high)
    if isinstance(spec, Text) or spec is str:
        most = spec if isinstance(spec, Text) else message.TEXT_AT_MOST
        return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=most)
    if spec is int:
        return st.integers(-BIGGEST, BIGGEST)
    if spec is bool:
        return st.booleans()
    if spec is dict:
        return st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=3)
    return fields_of(spec)


@cache  # to put it together takes longer than to draw from it
def fields_of(cls):
    return st.fixed_dictionaries({name: values(spec) for name, spec in cls.FIELDS.items()})


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: cls.__name__)
@settings(max_examples=examples(10))
@given(data=st.data())
def test_anything_that_is_allowed_goes_there_and_back(cls, data):
    first = cls.from_dict(data.draw(fields_of(cls)))
    assert message.decode(cls, first.to_bytes()) == first


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=200) | JSON.map(lambda data: json.dumps(data).encode()))
def test_strangers_bytes_are_a_value_or_a_protocol_error(raw):
    for cls in MESSAGES:
        try:
            assert isinstance(message.decode(cls, raw), cls)
        except ProtocolError as err:
            assert ": expected " in str(err) and len(str(err)) < 400
    try:
        batches.decode_batch(raw)
    except ProtocolError:
        pass


@given(st.fixed_dictionaries({"kind": st.sampled_from(sorted(events.EVENTS)) | st.text(max_size=5)}), JSON)
def test_strangers_events_are_a_value_or_a_protocol_error(data, more):
    if isinstance(more, dict):
        data = more | data
    try:
        assert isinstance(events.decode_event(data), events.Event)
    except ProtocolError as err:
        assert ": expected " in str(err)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_our_hmac_is_pythons(key, text):
    assert hmac_sha256(key, text) == hmac.new(key, text, hashlib.sha256).digest()


def test_the_module_list_is_whole():
    assert len(MESSAGES) >= 39
