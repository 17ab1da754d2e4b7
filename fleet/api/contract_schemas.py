"""JSON Schemas of the messages, out of the FIELDS that decode them: what a schema takes, the decoder takes.

Two things a schema can not say: that 1.0 is no whole number here, and that a rating's score is at most its scale.
"""

from inspect import getdoc
from typing import Any

from protocols.events import EVENTS, FLEET_ONLY, Event
from protocols.message import BIGGEST, TEXT_AT_MOST, Message, Range, Text, plain

Schema = dict[str, Any]

FIT_FOR_ANY_DATABASE = r"^[^\u0000\ud800-\udfff]*$"
# No NUL, and no half of a surrogate pair (a lone escape \ud800 is JSON, but no text).
SIMPLE = ("string", "integer", "boolean", "object", "array")


def schema_of(message: type[Message]) -> Schema:
    """The schema of this message; others are referred to in `components/schemas`."""
    properties = {}
    required = []
    for name, spec in message.FIELDS.items():
        properties[name] = schema_of_field(spec)
        if hasattr(message, name):
            properties[name]["default"] = plain(getattr(message, name))
        else:
            required.append(name)
    if issubclass(message, Event):
        properties = {"kind": {"type": "string", "const": message.KIND}, **properties}
        required.insert(0, "kind")
    return {"type": "object", "description": words_of(message), "required": required, "properties": properties}


def schema_of_field(spec: Any) -> Schema:
    """The schema of one specification of FIELDS."""
    if isinstance(spec, tuple):
        return schema_of_choice(spec)
    if isinstance(spec, list):
        return {"type": "array", "items": schema_of_field(spec[0])}
    if isinstance(spec, str):
        return {"type": "string", "enum": [spec]}
    if isinstance(spec, Range):
        return {"type": "integer", "minimum": spec.low, "maximum": spec.high}
    if isinstance(spec, Text) or spec is str:
        most = spec if isinstance(spec, Text) else TEXT_AT_MOST
        return {"type": "string", "maxLength": most, "pattern": FIT_FOR_ANY_DATABASE}
    if spec is None:
        return {"type": "null"}
    if spec is int:
        return {"type": "integer", "minimum": -BIGGEST, "maximum": BIGGEST}
    if spec is bool or spec is dict:
        return {"type": "boolean" if spec is bool else "object"}
    return {"$ref": reference(spec)}


def schema_of_choice(specs: tuple[Any, ...]) -> Schema:
    """One of several: words as one enumeration, anything simple or null as one schema of two types."""
    words = [spec for spec in specs if isinstance(spec, str)]
    others = [schema_of_field(spec) for spec in specs if spec is not None and not isinstance(spec, str)]
    choices = ([{"type": "string", "enum": words}] if words else []) + others
    if None not in specs:
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if len(choices) == 1 and choices[0].get("type") in SIMPLE:
        choice = {**choices[0], "type": [choices[0]["type"], "null"]}
        return {**choice, "enum": [*words, None]} if words else choice
    return {"anyOf": [*choices, {"type": "null"}]}


def messages_in(message: type[Message]) -> list[type[Message]]:
    """This message and those that stand in its fields."""
    found = [message]
    for spec in message.FIELDS.values():
        for inner in spec if isinstance(spec, tuple) else (spec,):
            inner = inner[0] if isinstance(inner, list) else inner
            if isinstance(inner, type) and issubclass(inner, Message):
                found += messages_in(inner)
    return found


def batch_schema(header: Schema, count: Schema) -> Schema:
    """The header of a batch with the events that stand in it; what the fleet does not know of them it keeps unread."""
    event_in_it = {
        "allOf": [
            {"type": "object", "required": ["seq"], "properties": {"seq": count}},
            {"oneOf": [{"$ref": reference(event)} for event in EVENTS.values() if event not in FLEET_ONLY]},
        ]
    }
    events = {
        "type": "array",
        "minItems": 1,
        "items": event_in_it,
        "description": "In the order of `seq`, none left out.",
    }
    return {
        **header,
        "required": [*header["required"], "events"],
        "properties": {**header["properties"], "events": events},
    }


def reference(message: type[Message]) -> str:
    return f"#/components/schemas/{message.__name__}"


def words_of(message: type[Message]) -> str:
    """The docstring, a paragraph a line."""
    return "\n\n".join(" ".join(part.split()) for part in (getdoc(message) or "").split("\n\n"))
