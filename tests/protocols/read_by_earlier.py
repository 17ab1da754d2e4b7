"""Run with the contract of an earlier release first on the path: says of each line whether that release reads it."""

import json
import sys
from importlib import import_module

sys.path.insert(0, sys.argv[1])
from protocols.contract import CHANNELS
from protocols.events import EVENTS, decode_event
from protocols.message import ProtocolError, decode

KNOWN = {one.message.__name__: one.message for one in CHANNELS}


def read(name, wire):
    """None: that release has no such message. Else what it makes of the fields that it knows, or why it cannot."""
    raw = wire.encode()
    try:
        if name == "event":
            event = decode_event(json.loads(raw))
            return {field: raw_of(getattr(event, field)) for field in event.FIELDS}
        if name not in KNOWN:
            return None
        message = decode(KNOWN[name], raw)
        return {field: raw_of(getattr(message, field)) for field in message.FIELDS}
    except ProtocolError as err:
        return None if name == "event" and json.loads(raw)["kind"] not in EVENTS else str(err)


def raw_of(value):
    """A value as it stood on the wire."""
    if hasattr(value, "FIELDS"):
        return {field: raw_of(getattr(value, field)) for field in value.FIELDS}
    return [raw_of(one) for one in value] if type(value) is list else value


assert sys.argv[1] in import_module("protocols").__path__[0]
for line in sys.stdin:
    print(json.dumps(read(*json.loads(line))))
