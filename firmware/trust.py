"""Whom this device believes: the keys of each role, taken once from the cable, and after that only from the owners of
the keys before. It is lent.

On flash `trust` is {"root": version, "roles": {role: [threshold, [ids of keys]]}, "floor": sequence, "gone": [ids],
"left": true}, and each key a value of its own under its id. Another root is taken in one write, once all that it has to
show was seen: its keys lie there just before, and those that it no longer names go after. `floor` is there since the
keys of the releases changed: whoever stole the old ones may have pushed the numbers up as far as they go, so it began
again at 0. `left` is there since the cable made another device of this board: until it says so nobody is believed.

A check is a generator that stops after each signature, for one takes a chip's whole attention for a moment. All are
ValueErrors whose text begins with a word for what is wrong.
"""

import binascii

from firmware.flash_files import remove
from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from firmware.documents import Signed

ROOTING = ("firmware.documents", "protocols.parts")
# What `roots` needs.
RELEASES, FLEET = "targets", "timestamp"
_FILE = const("/trust")
_ROOT_BYTES = const(8_193)
# One more than a document may have.


class Trust:
    """What is kept of it. `root` is None where nobody said whom to believe, or not since another house enrolled it."""

    def __init__(self, board) -> None:  # type: ignore[no-untyped-def]
        self.board = board
        self.known: "dict[str, Any]" = self.kept().get("trust") or {}
        self.root: "int | None" = None if self.known.get("left") else self.known.get("root")

    def floor(self, highest: int) -> int:
        """No release below this one is taken; `highest` was the highest that ever was confirmed, by whichever keys."""
        return self.known.get("floor", highest)  # type: ignore[no-any-return]

    def confirmed(self, sequence: int) -> None:
        """This one is about to be the device's."""
        if self.known.get("floor", sequence) < sequence:
            self.known["floor"] = sequence
            self.kept().put("trust", self.known)

    def signed(self, role: str, document: "Signed") -> "Iterator[None]":
        """Whether enough owners of this role's keys signed it. Raises ValueError."""
        if self.root is None:
            raise ValueError("root: nobody ever said whom to believe")
        threshold, ids = self.known["roles"][role]
        yield from enough(role, threshold, ids, self.key, document)

    def key(self, name: str) -> bytes:
        """The key of this id."""
        return binascii.a2b_base64(self.kept().get("key-" + name))

    def next(self, raw: "bytes | bytearray") -> "Iterator[None]":
        """Believe the next root, which enough owners of the last one's keys and of its own have signed."""
        return lent("roots", *ROOTING).next_of(self, raw)  # type: ignore[no-any-return]

    def first(self, raw: "bytes | bytearray") -> "Iterator[None]":
        """Believe the root that the cable brought, if it holds together. Never in place of another."""
        return lent("roots", *ROOTING).first_of(self, raw)  # type: ignore[no-any-return]

    def kept(self):  # type: ignore[no-untyped-def]
        """What is kept, for one use, and gone before a signature is looked at."""
        return lent("kept").found(self.board)

    def sweep(self) -> None:
        """Keys that nobody is believed by any more go, also where the power went before they did."""
        if self.known.get("gone"):
            for name in self.known["gone"]:
                self.kept().remove("key-" + name)
            del self.known["gone"]
            self.kept().put("trust", self.known)


def take_in(board) -> None:  # type: ignore[no-untyped-def]
    """Believe what the cable wrote, once; a file that is none stays for a person to see. Raises ValueError."""
    try:
        with open(board.root + _FILE, "rb") as f:
            raw = f.read(_ROOT_BYTES)
    except OSError:
        return
    trust = Trust(board)
    for _ in trust.first(raw):
        board.feed_watchdog()
    remove(board.root + _FILE)


def enough(role: str, threshold: int, ids: "list[str]", key, document: "Signed") -> "Iterator[None]":  # type: ignore[no-untyped-def]
    """Whether so many of these keys signed it, each counted once. Raises ValueError."""
    digest, good = document.digest(), []  # type: ignore[var-annotated]
    for name, signature in document.signatures():
        if name in ids and name not in good:
            if lent("verifying").signed(key(name), signature, digest):
                good.append(name)
            yield
        if len(good) >= threshold:
            return
    raise ValueError("signature: expected %d of the role %s, found %d" % (threshold, role, len(good)))
