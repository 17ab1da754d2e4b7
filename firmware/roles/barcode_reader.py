"""The barcode reader: what a code is, and what of it may be kept.

Privacy is decided here. Of an identity card nothing leaves this file but a keyed hash of its number and one bit of
age; of an unknown code only its length. The bytes themselves are overwritten by the caller once `read` has returned.
"""

import binascii

from firmware.clock import vietnam_time
from firmware.sparing import const
from protocols.dossier_code import parse_dossier_code
from protocols.message import ProtocolError
from protocols.scan_events import CodeScanned
from protocols.signing import holder_hash
from protocols.state import DayKey
from protocols.ticket_code import parse_ticket_code

_BADGE = const(b"MCB:")
_REPEAT_MS = const(3_000)
_CARD_DIGITS = const(12)
_CARD_FIELDS = const(6)
# number|old number|name|DDMMYYYY|sex|address|issued

_LONGEST_CODE = const(64)
_MOST_LENGTH = const(4096)


class BarcodeReader:
    """Decides what was read. A code that is read again within three seconds is one reading."""

    def __init__(self) -> None:
        self._last = (0, 0)
        self._last_up = -_REPEAT_MS

    def read(
        self, frame: bytearray, length: int, up: int, at: "int | None", keys: "list[DayKey]", senior_years: int
    ) -> "CodeScanned | None":
        """The event of this reading; None for a repetition. Only a sum of the bytes is remembered, never the bytes."""
        seen = (length, binascii.crc32(frame))
        repeated = seen == self._last and up - self._last_up < _REPEAT_MS
        self._last, self._last_up = seen, up
        if repeated:
            return None
        if length > len(frame):
            return unknown(length, up, at)
        card = frame.split(b"|")
        if len(card) >= _CARD_FIELDS and len(card[0]) == _CARD_DIGITS and is_number(card[0]):
            return citizen(card, up, at, keys, senior_years)
        if frame[: len(_BADGE)] == _BADGE:
            return CodeScanned(what="badge", up=up, at=at)
        return code_or_unknown(frame, length, up, at)


def code_or_unknown(frame: bytearray, length: int, up: int, at: "int | None") -> CodeScanned:
    """A dossier's or a ticket's code, or something that is not for us."""
    try:
        text = str(bytes(frame), "utf-8").strip()
    except ValueError:
        return unknown(length, up, at)
    try:
        today = vietnam_time(at)[:3] if at is not None else None
        return CodeScanned(what="dossier", code=parse_dossier_code(text, today).text, up=up, at=at)
    except ProtocolError:
        pass
    try:
        code = str(parse_ticket_code(text))
    except ProtocolError:
        return unknown(length, up, at)
    return (
        CodeScanned(what="ticket", code=code, up=up, at=at) if len(code) <= _LONGEST_CODE else unknown(length, up, at)
    )


def unknown(length: int, up: int, at: "int | None") -> CodeScanned:
    """Something that is not for us: its length is kept, its content is not."""
    return CodeScanned(what="unknown", length=min(length, _MOST_LENGTH), up=up, at=at)


def citizen(card: "list[bytearray]", up: int, at: "int | None", keys: "list[DayKey]", senior_years: int) -> CodeScanned:
    """An identity card: a hash of its number under the day's key (none without key or clock), and whether old."""
    key = None
    for one in keys:
        if at is not None and one.since <= at < one.expires:
            key = one.key
    holder = holder_hash(key, str(bytes(card[0]), "utf-8")) if key else None
    born = card[3]
    senior = False
    if at is not None and len(born) == 8 and is_number(born):
        senior = vietnam_time(at)[0] - int(bytes(born[4:])) >= senior_years
    return CodeScanned(what="citizen", holder=holder, senior=senior, up=up, at=at)


def is_number(data: bytearray) -> bool:
    """Whether these are digits only."""
    for byte in data:
        if not 48 <= byte <= 57:
            return False
    return len(data) > 0
