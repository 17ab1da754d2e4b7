"""A state is told to the roles: each part of it to those that asked for it, and only then is that part read.

A device hears of queues every few minutes and of all else now and then, so this is lent, together with what cuts the
message (`CUTTING`); so is each message of the contract that a part is read as. A part that can not be read is left
aside, and the others are not.
"""

import sys

from firmware.letting_go import let_go
from protocols.message import COUNT, ProtocolError
from protocols.parts import Items, parts, read


def tell(device, payload: "bytes | memoryview", known: int) -> int:  # type: ignore[no-untyped-def]
    """Tell the roles this state, unless it is not newer than the version that is known; returns what is known now.

    Raises ProtocolError where it is no state.
    """
    told = parts(payload, "state")
    version = read(COUNT, told.get("version", b""), "state.version")
    device.clock.hear(read(COUNT, told.get("now", b""), "state.now"))
    if version <= known:
        return known
    for name, message, take in device.on_state:
        part = told.get(name, b"null")
        if part != b"null":
            tell_one(name, message, take, part)
    return version  # type: ignore[no-any-return]


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
