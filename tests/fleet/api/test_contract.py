import copy
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from fleet.api.contract import asyncapi, asyncapi_json, payload_name
from fleet.api.contract_examples import EVENTS as EVENT_EXAMPLES
from fleet.api.contract_examples import MESSAGES as EXAMPLES
from fleet.api.contract_schemas import messages_in
from protocols.batches import BATCH_BYTES, BatchHeader, decode_batch, encode_batch
from protocols.contract import CHANNELS
from protocols.events import EVENTS, FLEET_ONLY, Event, decode_event, encode_event
from protocols.message import BIGGEST, Message, ProtocolError, Range, Text, to_json
from protocols.topics import parse
from tests.examples import examples

REPOSITORY = Path(__file__).parents[3]
ASYNCAPI_SCHEMA = json.loads((Path(__file__).parent / "asyncapi_3_0_0" / "schema.json").read_text())
DOCUMENT = asyncapi()
INNER = {message for channel in CHANNELS for message in messages_in(channel.message)}
MESSAGES = sorted({*INNER, *EVENTS.values()} - {BatchHeader}, key=lambda message: message.__name__)


def validator(name):
    return Draft7Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


VALIDATORS = {message: validator(message.__name__) for message in MESSAGES}


def test_the_committed_document_is_what_the_code_says():
    committed = (REPOSITORY / "docs" / "asyncapi.json").read_text()
    assert committed == asyncapi_json(), "the contract changed: run  make contract  and read the difference"


def test_the_document_is_asyncapi_3():
    check = Draft7Validator(ASYNCAPI_SCHEMA)
    assert [error.message for error in check.iter_errors(DOCUMENT)] == []
    bad = {**DOCUMENT, "operations": {"x": {"action": "shout", "channel": {"$ref": "#/channels/up-hello"}}}}
    assert not check.is_valid(bad)


def test_every_reference_leads_somewhere():
    def references(node):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from [value] if key == "$ref" else references(value)
        elif isinstance(node, list):
            for item in node:
                yield from references(item)

    found = set(references(DOCUMENT))
    assert len(found) > 50
    for reference in found:
        node = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_every_channel_is_there_with_its_quality_and_direction():
    assert len(DOCUMENT["channels"]) == len(DOCUMENT["operations"]) == len(CHANNELS)
    for channel in CHANNELS:
        address = DOCUMENT["channels"][f"{channel.direction}-{channel.name}"]["address"]
        assert parse(address.format(device="kp-1")) == ("kp-1", channel.direction, channel.name)
        action = "receive" if channel.direction == "up" else "send"
        operation = DOCUMENT["operations"][f"{action}-{channel.name}"]
        assert operation["action"] == action
        assert operation["bindings"]["mqtt"]["qos"] == channel.qos
        assert operation["bindings"]["mqtt"]["retain"] is channel.retained


@pytest.mark.parametrize("channel", CHANNELS, ids=payload_name)
def test_the_example_of_a_message_fits_its_schema_and_decodes(channel):
    example = EXAMPLES[payload_name(channel)]
    validator(payload_name(channel)).validate(example)
    assert DOCUMENT["components"]["messages"][payload_name(channel)]["examples"] == [{"payload": example}]
    if channel.message is not BatchHeader:
        assert channel.message.from_dict(copy.deepcopy(example)).to_dict() == example


@pytest.mark.parametrize("kind", EVENTS)
def test_the_example_of_an_event_fits_its_schema_and_decodes(kind):
    example = EVENT_EXAMPLES[kind]
    VALIDATORS[EVENTS[kind]].validate(example)
    assert encode_event(decode_event(example)) == example


def test_the_example_of_a_batch_is_one_and_small_enough():
    raw = to_json(EXAMPLES["EventBatch"])
    assert len(raw) <= BATCH_BYTES
    batch = decode_batch(raw)
    assert json.loads(encode_batch(batch.header, list(batch.events.values()))) == EXAMPLES["EventBatch"]


@pytest.mark.parametrize("kind", sorted(set(EVENTS) - {event.KIND for event in FLEET_ONLY}))
def test_every_event_of_a_device_fits_a_batch(kind):
    batch = {**EXAMPLES["EventBatch"], "events": [{"seq": 124, **EVENT_EXAMPLES[kind]}]}
    validator("EventBatch").validate(batch)
    assert list(decode_batch(to_json(batch)).events) == [124]


@pytest.mark.parametrize(
    "change",
    [
        {"events": []},
        {"events": [EVENT_EXAMPLES["call"]]},
        {"events": [{"seq": -1, **EVENT_EXAMPLES["call"]}]},
        {"events": [{"seq": 1, **EVENT_EXAMPLES["call"], "kind": "shout"}]},
        {"events": [{"seq": 1, **EVENT_EXAMPLES["call"], "number": 0}]},
        {"events": [{"seq": 1, **EVENT_EXAMPLES["assigned"]}]},
        {"oldest": None},
        {"v": 2},
    ],
)
def test_what_is_no_batch_does_not_fit(change):
    assert not validator("EventBatch").is_valid({**EXAMPLES["EventBatch"], **change})


def test_every_message_has_its_words():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["description"].endswith("."), name


# What may stand in a field: what fits it, what just does not, and anything else. Whole numbers written as 1.0 are left
# out: to JSON Schema they are integers, to the decoder they are not.
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**54), 2**54),
    st.sampled_from([BIGGEST, BIGGEST + 1, -BIGGEST, -BIGGEST - 1, 0.5, -1.25]),
    st.text(st.characters(categories=["L", "N", "Cs", "Cc"]), max_size=5),
    st.sampled_from(["x" * 200, "x" * 201, "\U0001f600" * 200, "\0", "\ud800", "low", "next", "line\n"]),
    st.lists(st.integers(0, 2), max_size=2),
    st.dictionaries(st.text("ab", max_size=1), st.integers(), max_size=1),
)


def fitting(spec):
    """Values that fit this specification, its limits among them."""
    if isinstance(spec, tuple):
        return st.one_of(*[fitting(one) for one in spec])
    if isinstance(spec, list):
        return st.lists(fitting(spec[0]), max_size=2)
    if isinstance(spec, Range):
        return st.sampled_from([spec.low, spec.high])
    if isinstance(spec, Text):
        return st.sampled_from(["", "Chứng thực"[:spec], "\U0001f600" * spec])
    if isinstance(spec, type) and issubclass(spec, Message):
        return dictionaries(spec)
    if spec is None or isinstance(spec, str):
        return st.just(spec)
    return {int: st.integers(-3, 3), str: st.text(max_size=3), bool: st.booleans(), dict: st.just({"a": 1})}[spec]


def missing_by_one(spec):
    """Values just beyond the limits, where there are any."""
    limits = spec if isinstance(spec, tuple) else (spec,)
    beyond = [value for one in limits if isinstance(one, Range) for value in (one.low - 1, one.high + 1)]
    beyond += ["x" * (one + 1) for one in limits if isinstance(one, Text)]
    return st.sampled_from(beyond) if beyond else JUNK


@cache
def ways_of(message):
    """What may stand in each field, made once: anything, what just does not fit, and what does."""
    return {name: (JUNK, missing_by_one(spec), fitting(spec)) for name, spec in message.FIELDS.items()}


@st.composite
def dictionaries(draw, message):
    """An object that fits the message, or nearly."""
    data = {}
    for name, ways in ways_of(message).items():
        how = draw(st.integers(0, 40))
        if how < 39 or (how == 39 and not hasattr(message, name)):
            data[name] = draw(ways[min(how, 2)])
    if draw(st.booleans()):
        data["unknown"] = draw(JUNK)
    return data


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
@settings(deadline=None, max_examples=examples(16), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_schema_and_decoder_agree(message, data):
    value = data.draw(dictionaries(message))
    try:
        decoded = message.from_dict(copy.deepcopy(value))
    except ProtocolError:
        decoded = None
    if issubclass(message, Event):
        value = {"kind": message.KIND, **value}
    assert VALIDATORS[message].is_valid(value) == (decoded is not None), value
    if decoded is not None:
        written = encode_event(decoded) if isinstance(decoded, Event) else decoded.to_dict()
        assert VALIDATORS[message].is_valid(written), written
