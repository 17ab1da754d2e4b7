"""Signed documents as they travel: a line for each signature, an empty line, and what was signed. It is lent.

What was signed is looked at as bytes until somebody has verified it; then it is read, and never written anew. Whatever
is wrong is a ValueError whose text begins with a word for it, as the fleet is told.
"""

import binascii
import hashlib
import json

from firmware.sparing import const
from protocols.message import only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BYTES_AT_MOST = 8_192
_SIGNATURES_AT_MOST = const(8)
_KEY_ID_LETTERS = const(64)
_HEX = const("0123456789abcdef")


class Signed:
    """`signed` is what was signed. The signatures before it stay bytes until their turn comes: they are the half."""

    def __init__(self, raw: "bytes | bytearray", end: int, signed: "bytes | memoryview") -> None:
        self._raw = raw
        self._end = end
        self.signed = signed

    def signatures(self) -> "Iterator[tuple[str, bytes]]":
        """(key's id, signature) of each, by whomever. Raises ValueError."""
        at = count = 0
        while at < self._end:
            end = self._raw.find(b"\n", at, self._end)
            end = self._end if end < 0 else end
            count += 1
            if count > _SIGNATURES_AT_MOST:
                raise ValueError("signature: expected at most %d, found more" % _SIGNATURES_AT_MOST)
            yield signature_of(bytes(self._raw[at:end]))
            at = end + 1

    def digest(self) -> bytes:
        """What the signatures are of."""
        return hashlib.sha256(self.signed).digest()

    def said(self, kind: str) -> "dict[str, Any]":
        """What a document of this kind says. ValueError where it is none."""
        return typed(json_of(self.signed), kind)


def document_of(raw: "bytes | bytearray") -> Signed:
    """The document in these bytes. Raises ValueError."""
    end = raw.find(b"\n\n")
    if len(raw) > BYTES_AT_MOST:
        raise ValueError("length: expected a document of at most %d bytes" % BYTES_AT_MOST)
    if end < 0:
        raise ValueError("signature: expected signatures and what they sign")
    return Signed(raw, end, memoryview(raw)[end + 2 :])


def signature_of(line: bytes) -> "tuple[str, bytes]":
    """A key's id and what it signed. Raises ValueError."""
    key, _, signature = line.partition(b" ")
    try:
        name = str(key, "ascii")
        if len(name) == _KEY_ID_LETTERS and only(name, _HEX):
            return name, binascii.a2b_base64(signature)
    except ValueError:  # a UnicodeError and binascii's are ones
        pass
    raise ValueError("signature: expected a key's id and a signature in base64")


def typed(said: "Any", kind: str) -> "dict[str, Any]":
    """The same, if it is an object of this kind. Raises ValueError."""
    if type(said) is not dict or said.get("_type") != kind:
        raise ValueError("signature: expected a document of type " + kind)
    return said


def number_in(said: "dict[str, Any]", name: str) -> int:
    """The whole number of this name, 0 or above. ValueError where it is none."""
    number = said.get(name)
    if type(number) is not int or number < 0:
        raise ValueError("signature: expected a number as " + name)
    return number


def json_of(raw: "bytes | bytearray | memoryview") -> "Any":
    """What these bytes say. ValueError where that is no JSON.

    TUF's canonical JSON has the line ends of a key as they are, which other JSON has as two letters.
    """
    try:
        return json.loads(bytes(raw).replace(b"\n", b"\\n"))
    except (ValueError, RuntimeError):  # RuntimeError: nested deeper than the stack allows
        raise ValueError("signature: expected JSON") from None
