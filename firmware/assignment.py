"""What the fleet gives this device to run, and what the release says of it: both are read once they are verified.

Nothing here waits. Every refusal is a ValueError whose text begins with a word for it. It is lent.
"""

from firmware.documents import BYTES_AT_MOST, Signed, number_in
from firmware.running import bytecode
from firmware.sparing import const
from protocols.message import only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROOTS_AT_MOST = const(64)
_AHEAD_AT_MOST = const(1_000)
# A number that is pushed up to where nothing can come after it would be the last for ever.
_SHA_256_LETTERS = const(64)
_HEX = const("0123456789abcdef")
_WITHIN_S = const(1_800)
_QUIET_S = const(60)
_CONFIRM_WITHIN_S = const(600)
_SECONDS_AT_MOST = const(86_400)


def signed_of(text: str, lines: "list[str]") -> Signed:
    """The assignment as a signed document."""
    head = "\n".join(lines).encode()
    return Signed(head, len(head), text.encode())


def next_root(document: Signed, root: "int | None") -> "int | None":
    """The root to fetch next, if the fleet knows a later one than this device. Raises ValueError."""
    known = number_in(document.said("assignment"), "root")
    if root is None:
        raise ValueError("root: nobody ever said whom to believe")
    if known > root + _ROOTS_AT_MOST:
        raise ValueError("root: expected at most %d, found %d" % (root + _ROOTS_AT_MOST, known))
    return root + 1 if known > root else None


def read(document: Signed, device: str, nonce: str) -> "dict[str, Any]":
    """What it assigns, if it is for this device and this connection. Raises ValueError.

    A `length` of 0: nothing is assigned, and what is under way shall end.
    """
    found = document.said("assignment")
    if found.get("device") != device:
        raise ValueError("device: the assignment is another device's")
    if found.get("nonce") != nonce:
        raise ValueError("nonce: the assignment answers another hello")
    sequence = number_in(found, "sequence")
    length, sha256 = (0, "") if is_none(found, sequence) else document_in(found.get("release"))
    return {
        "sequence": sequence,
        "length": length,
        "sha256": sha256,
        "root": number_in(found, "root"),
        "rate": number_in(found, "rate") if "rate" in found else 0,
        "within_s": seconds_in(found, "within_s", _WITHIN_S),
        "quiet_s": seconds_in(found, "quiet_s", _QUIET_S),
        "confirm_within_s": seconds_in(found, "confirm_within_s", _CONFIRM_WITHIN_S),
    }


def is_none(found: "dict[str, Any]", sequence: int) -> bool:
    """Whether nothing is assigned, in so many words: one that lacks its release is spoilt."""
    return sequence == 0 and found.get("release", "") is None


def document_in(release: "Any") -> "tuple[int, str]":
    """(length, SHA-256) of the release's document. Raises ValueError."""
    length, sha256 = (release.get("length"), release.get("sha256")) if type(release) is dict else (None, None)
    if type(length) is not int or not 0 < length <= BYTES_AT_MOST:
        raise ValueError("length: expected a release of at most %d bytes" % BYTES_AT_MOST)
    return length, hash_of(sha256)


def seconds_in(found: "dict[str, Any]", name: str, usual: int) -> int:
    """A time that an assignment may name, and need not. Raises ValueError."""
    return min(number_in(found, name), _SECONDS_AT_MOST) if name in found else usual


def check_sequence(sequence: int, floor: int, running: int, given_up: str) -> None:
    """Whether this release may come after what was here. Raises ValueError.

    The highest that there was may come again where something else runs: what lies in its slot may have been spoilt.
    """
    if sequence < floor or sequence in (0, running):
        raise ValueError("older: expected more than %d, found %d" % (max(floor, running), sequence))
    if sequence > floor + _AHEAD_AT_MOST:
        raise ValueError("too_far: expected at most %d, found %d" % (floor + _AHEAD_AT_MOST, sequence))
    if given_up:
        raise ValueError("returned: " + given_up)


def image_of(document: Signed, sequence: int, board: str, running: int, room: int) -> "tuple[str, int]":
    """(SHA-256, length) of the release's image for this board. Raises ValueError."""
    found = document.said("targets")
    if number_in(found, "version") != sequence:
        raise ValueError("older: expected release %d, found %d" % (sequence, number_in(found, "version")))
    reason = "board: the release has no image for a " + board
    try:
        targets = found["targets"]
        for path in sorted([one for one in targets if one.startswith(board + "-")]):
            said = targets[path]
            why = why_not(said, board, running, room)
            sha256 = hash_of(said["hashes"]["sha256"])
            if not why and path == "%s-%s.rom" % (board, sha256[:16]):
                return sha256, said["length"]
            reason = why or reason
    except (KeyError, TypeError):
        reason = "board: the release says of its images what nobody can read"
    raise ValueError(reason)


def why_not(said: "dict[str, Any]", board: str, running: int, room: int) -> str:
    """Why this image is not for us; "" if it is."""
    custom = said["custom"]
    if custom["board"] != board:
        return "board: the image is for a " + str(custom["board"])[:32]
    if custom["mpy"] != bytecode():
        return "mpy: expected bytecode %s, found %s" % (bytecode(), str(custom["mpy"])[:8])
    if running < custom["minimum"]:
        return "too_old: expected %d or later before it, found %d" % (custom["minimum"], running)
    if not 0 < said["length"] <= room:
        return "too_large: expected at most %d bytes, found %d" % (room, said["length"])
    return ""


def hash_of(text: "Any") -> str:
    """A SHA-256 in hex. Raises ValueError."""
    if type(text) is str and len(text) == _SHA_256_LETTERS and only(text, _HEX):
        return text
    raise ValueError("sha256: expected a hash in hex")
