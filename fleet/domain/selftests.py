"""The record of a self-test: what a board found out about itself before it was a device. A stranger's words."""

import json
from dataclasses import dataclass
from typing import Any

RECORD_BYTES = 8192
PARTS_AT_MOST = 40
LONGEST_WORD = 32
LONGEST_FOUND = 200
RESULTS = ("pass", "fail", "ask", "skipped")
DIGITS = frozenset("0123456789abcdef")


class BadRecord(ValueError):
    """A text is no record of a self-test; `field` is what is wrong with it."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field


@dataclass(frozen=True)
class Part:
    """One part of a board and how it did: pass, fail, ask (nobody looked), skipped."""

    part: str
    result: str
    found: str


@dataclass(frozen=True)
class Record:
    """All parts of one test of one board."""

    claim: str
    device: str
    hw: str
    board: str
    firmware: str
    passed: bool
    parts: tuple[Part, ...]


def record_of(text: str) -> Record:
    """The record in this text. Raises BadRecord."""
    if len(text.encode("utf-8", "replace")) > RECORD_BYTES:
        raise BadRecord("record", f"at most {RECORD_BYTES} bytes")
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("v") != 1:
        raise BadRecord("record", "an object of version 1")
    hw = word(said, "hw")
    if not set(hw) <= DIGITS:
        raise BadRecord("hw", "hexadecimal digits")
    if not isinstance(said.get("passed"), bool):
        raise BadRecord("passed", "true or false")
    parts = said.get("parts")
    if not isinstance(parts, list) or not 0 < len(parts) <= PARTS_AT_MOST:
        raise BadRecord("parts", f"1 to {PARTS_AT_MOST} parts")
    whole = tuple(part_of(one) for one in parts)
    if said["passed"] and any(part.result == "fail" for part in whole):
        raise BadRecord("passed", "false, since a part failed")
    return Record(
        word(said, "claim"),
        word(said, "device"),
        hw,
        word(said, "board"),
        word(said, "firmware"),
        said["passed"],
        whole,
    )


def part_of(said: Any) -> Part:
    """One part. Raises BadRecord."""
    if not isinstance(said, dict):
        raise BadRecord("parts", "objects")
    result = word(said, "result")
    if result not in RESULTS:
        raise BadRecord("result", f"one of {', '.join(RESULTS)}")
    found = said.get("found")
    return Part(word(said, "part"), result, printable("" if found is None else str(found))[:LONGEST_FOUND])


def word(said: dict[str, Any], name: str) -> str:
    """A short text. Raises BadRecord."""
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_WORD or printable(value) != value:
        raise BadRecord(name, f"1 to {LONGEST_WORD} printable characters")
    return value


def printable(text: str) -> str:
    """The same without what is no letter."""
    return "".join(c if c.isprintable() else "?" for c in text)
