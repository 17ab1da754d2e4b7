"""A state is told to the roles: each part of it to those that asked for it, and only then is that part read.

A device hears of queues every few minutes and of all else now and then, so this is lent, together with what cuts the
message (`CUTTING`); so is each message of the contract that a part is read as. A part that can not be read is left
aside, and the others are not.

What a process of the fleet says may overtake what another said before: each part has a version of its own, that of the
last state that carried it. Calls know by themselves which is news.
"""

import sys

from firmware.letting_go import let_go
from protocols.message import COUNT, ProtocolError
from protocols.parts import Items, parts, read


def tell(device, payload: "bytes | memoryview", known: "dict[str, int]") -> None:  # type: ignore[no-untyped-def]
    """Tell the roles what is newer in this state than what they know; `known` is the version of each part, kept here.

    Raises ProtocolError where it is no state.
    """
    told = parts(payload, "state")
    version = read(COUNT, told.get("version", b""), "state.version")
    device.clock.hear(read(COUNT, told.get("now", b""), "state.now"))
    for name, message, take in device.on_state:
        part = told.get(name, b"null")
        if part != b"null" and (message == "[]" or version > known.get(name, -1)):
            known[name] = version
            tell_one(name, message, take, part)


def tell_one(name: str, message: str, take, part: "bytes | memoryview") -> None:  # type: ignore[no-untyped-def]
    """Tell one part. The module of its message goes afterwards, unless somebody had it before."""
    listed = message[:1] == "["
    module, _, kind = message.strip("[]").rpartition(".")
    module = "protocols." + module
    fresh = kind and module not in sys.modules
    spec = dict
    if kind:
        __import__(module)
        spec = getattr(sys.modules[module], kind)
    try:
        take(Items(spec, part, name) if listed else read(spec, part, name))
    except ProtocolError as err:
        print("state:", err)
    if fresh:
        let_go(module)
