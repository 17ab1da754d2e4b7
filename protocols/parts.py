"""A large message is cut into its parts, and each is read when it is wanted: a device has no room for all at once.

What is cut is looked at for quotes and brackets only. A part that nobody wants may be anything, as unknown fields may.
"""

import json

from protocols.message import ProtocolError, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Bytes = bytes | memoryview

MARKS = b'",:[]{}\\'
QUOTE, ESCAPE = 0x22, 0x5C
OPENING, CLOSING = b"[{", b"]}"
BLANKS = b" \t\r\n"


def parts(raw: "Bytes", where: str) -> "dict[str, memoryview]":
    """The values of this JSON object by their names, each as its bytes. Raises ProtocolError."""
    found = {}
    name = None
    for start, end in cut(raw, b"{", where):
        part = memoryview(raw)[start:end]
        if name is None:
            name = read(str, part, where)
        else:
            found[name], name = part, None
    return found


class Items:
    """The items of a JSON list, each read as `spec` says when its turn comes: a ProtocolError comes then, too."""

    def __init__(self, spec: "Any", raw: "Bytes", where: str) -> None:
        self._spec = spec
        self._raw = raw
        self._where = where

    def __iter__(self) -> "Iterator[Any]":
        for start, end in cut(self._raw, b"[", self._where):
            yield read(self._spec, self._raw[start:end], self._where)


def read(spec: "Any", raw: "Bytes", where: str) -> "Any":
    """What `spec` makes of the JSON in these bytes. Raises ProtocolError."""
    try:
        return check(spec, json.loads(bytes(raw)))
    except ProtocolError as err:
        raise err.within(where) from None
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the stack allows
        raise ProtocolError(where, "JSON in UTF-8", bytes(raw)) from None


def cut(raw: "Bytes", opening: bytes, where: str) -> "Iterator[tuple[int, int]]":
    """Where each thing in this list or object begins and ends: items, or names and values in turn."""
    if raw[:1] == opening:
        start, depth, quoted, escaped = 1, 0, False, 0
        for at in range(1, len(raw)):
            mark = raw[at]
            if mark not in MARKS or (escaped and escaped == at - 1):
                continue
            if mark == QUOTE:
                quoted = not quoted
            elif mark == ESCAPE:
                escaped = at
            elif quoted:
                continue
            elif mark in OPENING:
                depth += 1
            elif depth:
                depth -= mark in CLOSING
            else:
                while raw[start] in BLANKS:
                    start += 1
                if start < at:
                    yield start, at
                start = at + 1
                if mark in CLOSING:
                    return
    raise ProtocolError(where, "a whole JSON " + ("object" if opening == b"{" else "list"), bytes(raw))
