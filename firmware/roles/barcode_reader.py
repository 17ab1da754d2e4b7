"""The barcode reader: what a code is, and what of it may be kept.

Privacy is decided here. Of an identity card nothing leaves this file but a keyed hash of its number and one bit of
age; of a helper's badge nothing, of one of the staff a hash; of an unknown code its length. The bytes themselves are
overwritten by the caller once `read` has returned.

A device needs this for a moment at each code, and lets it go again.
"""

from firmware.clock import vietnam_time
from firmware.sparing import const
from protocols.dossier_code import LONGEST, letter_comes_first, parse_dossier_code
from protocols.message import ProtocolError
from protocols.scan_events import CodeScanned
from protocols.signing import badge_hash, holder_hash
from protocols.ticket_code import parse_ticket_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.reader_state import DayKey

BADGES = {b"MCB:": "staff", b"MCH:": "helper"}
TICKET = "MC1:"
_CARD_DIGITS = const(12)
_CARD_FIELDS = const(6)
# number|old number|name|DDMMYYYY|sex|address|issued

_LONGEST_CODE = const(64)
_LONGEST_ADDRESS = const(300)
# No address with a code of ours is longer; to look for it takes its length in RAM several times.
_MOST_LENGTH = const(4096)
ENDS = "&#?/; "
# What comes behind a code in an address.

ACCEPTED, UNKNOWN, WRONG = "accepted", "unknown", "wrong"


def read(
    frame: bytearray, length: int, up: int, at: "int | None", keys: "list[DayKey]", senior_years: int, marks: str
) -> "tuple[CodeScanned, str]":
    """The event of this reading, and the tone that tells the reader's owner: accepted, unknown, or wrong.

    `marks`: what stands before a dossier's code in an address, with blanks between.
    """
    if length > len(frame):
        return unknown(length, up, at), UNKNOWN
    if frame.find(b"|") == _CARD_DIGITS and is_number(frame[:_CARD_DIGITS]):
        card = frame.split(b"|")
        if len(card) >= _CARD_FIELDS:
            return citizen(card, up, at, keys, senior_years), ACCEPTED
    badge = BADGES.get(bytes(frame[:4]))
    if badge is not None and length > 4:
        worn = badge_hash(frame[4:]) if badge == "staff" else None
        return CodeScanned(what="badge", badge=badge, badge_hash=worn, up=up, at=at), ACCEPTED
    if length > _LONGEST_ADDRESS:
        return unknown(length, up, at), UNKNOWN
    try:
        text = str(frame, "utf-8").strip()
    except ValueError:
        return unknown(length, up, at), UNKNOWN
    if TICKET in text:
        return ticket(text, length, up, at)
    return dossier(text, length, up, at, marks)


def ticket(text: str, length: int, up: int, at: "int | None") -> "tuple[CodeScanned, str]":
    """A ticket; a damaged one is wrong, for it is one of ours."""
    try:
        code = str(parse_ticket_code(text))
    except ProtocolError:
        return unknown(length, up, at), WRONG
    if len(code) > _LONGEST_CODE:
        return unknown(length, up, at), WRONG
    return CodeScanned(what="ticket", code=code, up=up, at=at), ACCEPTED


def dossier(text: str, length: int, up: int, at: "int | None", marks: str) -> "tuple[CodeScanned, str]":
    """A dossier, by its code alone or in an address. What has the form of one and can be none is wrong."""
    tone = UNKNOWN
    today = vietnam_time(at)[:3] if at is not None else None
    for code in ([text] if len(text) <= LONGEST else []) + in_address(text, marks):
        try:
            found = parse_dossier_code(code, today)
            return CodeScanned(what="dossier", code=found.text, up=up, at=at), ACCEPTED
        except ProtocolError:
            if code.count("-") == 2 and letter_comes_first(code.split("-")[0]) is not None:
                tone = WRONG
    return unknown(length, up, at), tone


def in_address(text: str, marks: str) -> "list[str]":
    """What may be a code in this address: what follows each of the marks, up to the next part of the address."""
    found = []
    small = text.lower()
    for mark in marks.lower().split():
        start = small.find(mark)
        while start >= 0:
            start += len(mark)
            end = start
            while end < len(text) and text[end : end + 1] not in ENDS:
                end += 1
            found.append(unquoted(text[start:end]))
            start = small.find(mark, start)
    return found


def unquoted(text: str) -> str:
    """Without the %2D of an address. What a code can not have stays as it is."""
    first, *parts = text.split("%")
    for part in parts:
        try:
            first += str(bytes([int(part[:2], 16)]), "utf-8") + part[2:]
        except ValueError:
            first += "%" + part
    return first


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
