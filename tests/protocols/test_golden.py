"""Every message and event that was ever released decodes, on both Pythons, to the value that it had then."""

import json
import os

from protocols import batches, commands, config_refused, held, presence, releases, reports, reserve, state
from protocols.contract import CHANNELS
from protocols.events import EVENTS, decode_event
from protocols.message import Message, decode

GOLDEN = __file__.rsplit("/", 2)[0] + "/golden"


def golden(beginning):
    files = []
    for name in sorted(os.listdir(GOLDEN)):
        if name.startswith(beginning):
            with open(GOLDEN + "/" + name, "rb") as f:
                files.append(json.loads(f.read()))
    return files


def fields(value):
    """A message with all its fields, defaults too, as plain values."""
    if isinstance(value, Message):
        return {name: fields(getattr(value, name)) for name in value.FIELDS}
    return [fields(item) for item in value] if type(value) is list else value


def message_class(name):
    for module in (batches, commands, config_refused, held, presence, releases, reports, reserve, state):
        if hasattr(module, name):
            return getattr(module, name)
    raise AssertionError("no module of protocols has " + name)


def holds(expected, found):
    """Whether all that was released then is still there; later fields may stand beside it."""
    if type(expected) is dict:
        return type(found) is dict and all([name in found and holds(expected[name], found[name]) for name in expected])
    if type(expected) is list:
        return len(expected) == len(found) and all([holds(a, b) for a, b in zip(expected, found)])  # noqa: B905
    return type(expected) is type(found) and expected == found


def test_every_released_event_decodes():
    for file in golden("event-"):
        for sample in file["samples"]:
            event = decode_event(json.loads(sample["wire"]))
            assert file["kind"] == event.KIND, file["kind"]
            assert holds(sample["value"], fields(event)), (file["kind"], fields(event))


def test_every_released_message_decodes():
    for file in golden("message-"):
        for sample in file["samples"]:
            message = decode(message_class(file["message"]), sample["wire"].encode())
            assert holds(sample["value"], fields(message)), (file["message"], fields(message))


def test_every_event_has_a_golden_sample():
    assert sorted([file["kind"] for file in golden("event-")]) == sorted(EVENTS)


def test_every_message_of_the_contract_has_a_golden_sample():
    have = [file["message"] for file in golden("message-")]
    assert [one.message.__name__ for one in CHANNELS if one.message.__name__ not in have] == []


def test_what_is_encoded_again_decodes_to_the_same():
    for file in golden("message-"):
        for sample in file["samples"]:
            message = decode(message_class(file["message"]), sample["wire"].encode())
            assert decode(message_class(file["message"]), message.to_bytes()) == message


ODD = (None, True, -1, 1 << 40, 0.5, "", "dài hơn " * 40, [], [[{"a": None}]], {}, {"kind": "rating", "v": 2})
# What may stand in a field that nobody here knows.


def with_more(data, turn):
    """The same with fields of tomorrow in each of its objects."""
    if type(data) is list:
        return [with_more(one, turn) for one in data]
    if type(data) is not dict:
        return data
    more = {name: with_more(one, turn) for name, one in data.items()}
    more["of_tomorrow"] = ODD[turn % len(ODD)]
    return more


def test_fields_of_tomorrow_are_left_aside_wherever_they_stand():
    for turn in range(len(ODD)):
        for file in golden("event-"):
            data = json.loads(file["samples"][0]["wire"])
            expected = decode_event(dict(data))
            assert decode_event(with_more(data, turn)) == expected
        for file in golden("message-"):
            one = message_class(file["message"])
            for sample in file["samples"]:
                found = decode(one, json.dumps(with_more(json.loads(sample["wire"]), turn)).encode())
                assert holds(sample["value"], fields(found)), (file["message"], turn, fields(found))
