"""A state is told to the roles: each part of it to those that asked for it, and only then is that part read.

A device hears of queues every few minutes and of all else now and then, so this is lent, together with what cuts the
message (`CUTTING`). A part that can not be read is left aside, and the others are not.
"""

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
    for name, spec, take in device.on_state:
        part = told.get(name, b"null")
        if part == b"null":
            continue
        try:
            take(Items(spec[0], part, name) if type(spec) is list else read(spec, part, name))
        except ProtocolError as err:
            print("state:", err)
    return version  # type: ignore[no-any-return]
