"""The checks of an assignment and of all that it leads to: newer roots, and the release that it names.

It is lent for each of them, with all that it needs (`CHECKING`). Each signature waits for a calm moment: it takes a
chip's whole attention.
"""

import binascii
import hashlib

from firmware.assignment import check_sequence, claimed_in, image_of, read, signed_of
from firmware.documents import document_of
from firmware.sparing import const, lent
from firmware.trust import FLEET, RELEASES, Trust
from protocols.message import ProtocolError
from protocols.releases import Release

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_ROOTS_AT_MOST = const(64)


def claimed(data: "dict[str, Any]") -> "tuple[Release, int]":
    """An assignment in decoded JSON, and the sequence that it claims. Raises ProtocolError."""
    release = Release.from_dict(data, "release")
    try:
        return release, claimed_in(signed_of(release), "sequence")
    except ValueError as err:
        raise ProtocolError("release.signatures", "signatures", str(err)) from None


def next_root(device, release: Release) -> "int | None":  # type: ignore[no-untyped-def]
    """The root to fetch next, if the fleet knows a later one than we do. Raises ValueError."""
    root, known = trust_of(device).root, claimed_in(signed_of(release), "root")
    if root is None:
        raise ValueError("root: nobody ever said whom to believe")
    if known > root + _ROOTS_AT_MOST:
        raise ValueError("root: expected at most %d, found %d" % (root + _ROOTS_AT_MOST, known))
    return root + 1 if known > root else None


async def assigned(update, device, slots, release: Release, nonce: str) -> "dict[str, Any]":  # type: ignore[no-untyped-def]
    """What is assigned. Raises ValueError."""
    document, trust = signed_of(release), trust_of(device)
    await each(update, trust.signed(FLEET, document))
    said = read(document, device.identity.device, nonce)
    given_up = lent("trying").given_up(device.board, slots.returned, said["sequence"])
    check_sequence(said["sequence"], trust.floor(slots.floor), slots.sequence, given_up)
    return said


async def released(update, device, slots, said: "dict[str, Any]", raw: bytearray) -> "tuple[str, int]":  # type: ignore[no-untyped-def]
    """SHA-256 and length of the image for this board, if this is the release that is assigned. Raises ValueError."""
    if binascii.hexlify(hashlib.sha256(raw).digest()) != said["sha256"].encode():
        raise ValueError("sha256: the release is not the one that is assigned")
    document = document_of(raw)
    await each(update, trust_of(device).signed(RELEASES, document))
    return image_of(document, said["sequence"], device.board.name, slots.sequence, slots.size)


def trust_of(device) -> Trust:  # type: ignore[no-untyped-def]
    """Whom the device believes now."""
    trust = Trust(device.board)
    trust.sweep()
    return trust


async def each(update, checks: "Iterator[None]") -> None:  # type: ignore[no-untyped-def]
    """Let others in before each signature. Raises ValueError."""
    await update.calm()
    for _ in checks:
        await update.calm()
