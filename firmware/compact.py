"""An event as few bytes, and back, exactly: most fit into 32 bytes with number, time and checksum.

    seq · up + 1 (0: none) · time + 1 (0: none) · kind · (key value)…

`time` is UTC minus up minus what the section says of it, folded so that small differences are small numbers. A key is
its place in KEYS; a value is a byte that says what it is, or is the number itself. Words that an office repeats
(services, leases, the front of an identity) stand once in the section, and a byte for each here.
"""

import json

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KEYS = const(
    "    service number  lease   senior  holder  reason  state   metres_left counter want    outcome to_s"
    "ervice  to_counter  what    code    length  symbology   score   scale   scale_version   armed   held"
    "_ms part    result  firmware    release up  at  priority    "
)
WORDS = (
    "    ticket  printed print_failed    paper   assigned    call    recall  no_show finish  transfer    "
    "park    resume  pause   scan    rating  rating_reason   boot    fault   selftest    update  priority"
    "    served  dossier citizen unknown badge   power   config  ok  low out pass    "
)
# A name is known by its place, in fours; as tuples these would be 4 KB of RAM. Events lie on flash under these places:
# add at the end, change nothing before it.

_SMALL = const(0x80)  # below: the number itself, or the place of a key
_NULL = const(0x80)
_FALSE = const(0x81)
_TRUE = const(0x82)
_NUMBER = const(0x83)
_JSON = const(0x84)
_NAME = const(0x85)
_WORD = const(0x88)
_WORD_AND_NUMBER = const(0x90)
_TEXT = const(0xA0)
_TEXT_END = const(0xFF)


def pack(event: "dict[str, Any]", seq: int, since: int, words: "list[str]") -> bytearray:
    """The event's bytes; `since` is what the section says that UTC is at `up` 0."""
    out = bytearray()
    up, at = event.get("up"), event.get("at")
    timed = type(up) is int and up >= 0
    dated = timed and type(at) is int
    put(out, seq)
    put(out, up + 1 if timed else 0)
    off = at - up - since if dated else 0
    put(out, (2 * off + 1 if off >= 0 else -2 * off) if dated else 0)
    write(out, event["kind"], words)
    for name in event:
        if name == "kind" or name == "seq" or (name == "up" and timed) or (name == "at" and dated):
            continue
        at = _KEYS.find(" " + name + " ") + 1
        if at and " " not in name:
            out.append(at >> 2)
        else:
            write(out, name, words)
        write(out, event[name], words)
    return out


def unpack(data: "bytes | memoryview", since: int, words: "list[str]") -> "dict[str, Any]":
    """The event that these bytes keep."""
    event: "dict[str, Any]" = {}
    event["seq"], at = number(data, 0)
    up, at = number(data, at)
    off, at = number(data, at)
    event["kind"], at = value(data, at, words)
    if up:
        event["up"] = up - 1
        if off:
            event["at"] = (off >> 1 if off & 1 else -(off >> 1)) + up - 1 + since
    while at < len(data):
        if data[at] < _SMALL:
            place = data[at] << 2
            name, at = _KEYS[place : _KEYS.find(" ", place)], at + 1
        else:
            name, at = value(data, at, words)
        event[name], at = value(data, at, words)
    return event


def put(out: bytearray, number: int) -> None:
    """Seven bits a byte, the lowest first."""
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def number(data: "bytes | memoryview", at: int) -> "tuple[int, int]":
    """The number there, and the place after it."""
    found = shift = 0
    while data[at] > 127:
        found |= (data[at] & 127) << shift
        shift += 7
        at += 1
    return found | data[at] << shift, at + 1


def write(out: bytearray, value: "Any", words: "list[str]") -> None:
    """A value with what tells its kind."""
    if type(value) is int and value >= 0:
        if value >= _SMALL:
            out.append(_NUMBER)
            put(out, value)
        else:
            out.append(value)
        return
    if value is None or type(value) is bool:
        out.append(_NULL if value is None else _TRUE if value else _FALSE)
        return
    if type(value) is str:
        if value in words:
            out.append(_WORD + words.index(value))
            return
        front = split(value)
        if front in words:
            out.append(_WORD_AND_NUMBER + words.index(front))
            put(out, int(value[len(front) + 1 :]))
            return
        at = WORDS.find(" " + value + " ") + 1
        if at and " " not in value:
            out.append(_NAME)
            out.append(at >> 2)
            return
        raw = value.encode()
        if len(raw) < _TEXT_END - _TEXT:
            out.append(_TEXT + len(raw))
            out.extend(raw)
            return
    raw = json.dumps(value).encode()
    out.append(_JSON)
    put(out, len(raw))
    out.extend(raw)


def value(data: "bytes | memoryview", at: int, words: "list[str]") -> "tuple[Any, int]":
    """The value there, and the place after it."""
    what = data[at]
    at += 1
    if what < _SMALL:
        return what, at
    if what >= _TEXT:
        return str(data[at : at + what - _TEXT], "utf-8"), at + what - _TEXT
    if what >= _WORD_AND_NUMBER:
        tail, at = number(data, at)
        return "%s/%d" % (words[what - _WORD_AND_NUMBER], tail), at
    if what >= _WORD:
        return words[what - _WORD], at
    if what == _NAME:
        place = data[at] << 2
        return WORDS[place : WORDS.find(" ", place)], at + 1
    if what == _NUMBER:
        return number(data, at)
    if what == _JSON:
        size, at = number(data, at)
        return json.loads(str(data[at : at + size], "utf-8")), at + size
    return None if what == _NULL else what == _TRUE, at


def split(text: str) -> "str | None":
    """The front of an identity such as `kp-1/3/7/118`, before its last number; None if it is none."""
    front, slash, tail = text.rpartition("/")
    return front if slash and tail.isdigit() and len(tail) < 10 and str(int(tail)) == tail else None
