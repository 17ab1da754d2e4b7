"""A release comes to the fleet: everything is checked before anything is kept, and what is kept stays as it came.

The fleet could publish nothing that a device takes without the keys of the release role. It checks all the same, so
that a mistake is found here and not by a thousand devices.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.images import Image
from fleet.domain.release_fits import BOARDS
from fleet.domain.release_images import check, images_of
from fleet.domain.release_roles import RoleRefused, Trusted, chain_of, release_of
from fleet.domain.signed_documents import BadDocument
from fleet.flows.released import KEPT, images_in
from fleet.store import ledger, releases, rollout_devices
from fleet.store.releases import ReleaseRow

ROOT, RELEASE = "root/", "release/"
# How documents are named, here as on the wire.
NUMBER = re.compile(r"[1-9][0-9]{0,9}")
RELEASES = "release"
# As rollouts call their kind.
NOTE_LETTERS = 200
SEQUENCE_AT_MOST = 2_000_000_000


class ReleaseRefused(ValueError):
    """This can not be published; the text says what was expected and found."""


@dataclass(frozen=True)
class Published:
    """What is known since: the version of the last root, and the release with its images, if one came."""

    root: int
    sequence: int | None = None
    version: str = ""
    images: tuple[Image, ...] = ()


def publish(
    connection: Connection,
    documents: Mapping[str, bytes],
    images: Iterable[bytes],
    by: str,
    now_ms: int,
    note: str = "",
) -> Published:
    """Keep new roots and a release, if there is one. Raises ReleaseRefused, and nothing is kept then.

    `documents` as devices get them, by their names: `root/<version>` (those that are known already may be among them)
    and at most one `release/<sequence>`; `images`: the bytes of those that the release names.
    """
    if len(note) > NOTE_LETTERS or not (note.isprintable() or not note):
        raise ReleaseRefused(f"note: expected one line of at most {NOTE_LETTERS} characters, found {note[:80]!r}")
    try:
        chain, known = trusted(connection, documents)
        found = checked_release(connection, chain, documents, images)
    except (RoleRefused, BadDocument) as problem:
        raise ReleaseRefused(str(problem)) from None
    for one in chain[known:]:
        releases.add_root(connection, one.root.version, one.wire)
    last = chain[-1].root.version
    if len(chain) > known or found is not None:
        said = {"root": last, "release": None if found is None else found.version}
        ledger.note(connection, What.RELEASE_PUBLISH, "" if found is None else found.sequence, became=said)
    if found is None:
        return Published(last)
    for image, data in found.images:
        releases.add_image(connection, image.sha256, image.board, data)
    releases.add(connection, ReleaseRow(found.sequence, found.version, found.wire, now_ms, by, note.strip()))
    forget_images(connection)
    return Published(last, found.sequence, found.version, tuple(image for image, _ in found.images))


def forget_images(connection: Connection) -> int:
    """Images go that no release needs any more which a device may still be given; how many. Documents stay."""
    rows = releases.releases(connection)
    needed = {row.sequence for row in rows[:KEPT]} | rollout_devices.versions_held(connection, RELEASES)
    kept = {image.sha256 for row in rows if row.sequence in needed for image in images_in(row.document)}
    return releases.forget_images(connection, {image.sha256 for image in releases.images(connection)} - kept)


@dataclass(frozen=True)
class Checked:
    """A release that may be kept, and its images with their bytes."""

    sequence: int
    version: str
    wire: bytes
    images: Sequence[tuple[Image, bytes]]


def trusted(connection: Connection, documents: Mapping[str, bytes]) -> tuple[list[Trusted], int]:
    """All roots with the new ones, and how many were known. Raises RoleRefused, BadDocument, ReleaseRefused."""
    known = releases.roots(connection)
    brought = {number_of(name, ROOT): wire for name, wire in documents.items() if name.startswith(ROOT)}
    wires = list(known)
    for version, wire in sorted(brought.items()):
        if version <= len(known):
            if wire != known[version - 1]:
                raise ReleaseRefused(f"root {version}: expected the one that is known, found another one")
        elif version != len(wires) + 1:
            raise ReleaseRefused(f"root: expected version {len(wires) + 1}, found {version}")
        else:
            wires.append(wire)
    if not wires:
        raise ReleaseRefused("root: expected root/1, from which trust begins, found none")
    chain = chain_of(wires)
    for place, one in enumerate(chain, 1):
        if one.root.version != place:
            raise ReleaseRefused(f"root/{place}: expected version {place}, found {one.root.version}")
    return chain, len(known)


def checked_release(
    connection: Connection, chain: Sequence[Trusted], documents: Mapping[str, bytes], images: Iterable[bytes]
) -> Checked | None:
    """The release among the documents. Raises RoleRefused, BadDocument, ReleaseRefused."""
    strange = [name for name in documents if not name.startswith((ROOT, RELEASE))]
    names = [name for name in documents if name.startswith(RELEASE)]
    if strange or len(names) > 1:
        found = strange or names
        raise ReleaseRefused(f"documents: expected root/<version> and one release/<sequence>, found {found[:3]}")
    if not names:
        return None
    sequence, wire = number_of(names[0], RELEASE), documents[names[0]]
    release = release_of(chain[-1].root, wire)
    last = releases.last_sequence(connection)
    if release.version != sequence:
        raise ReleaseRefused(f"{names[0]}: expected sequence {sequence}, found {release.version}")
    if not last < sequence <= SEQUENCE_AT_MOST:
        raise ReleaseRefused(f"release: expected a sequence after {last}, which was published, found {sequence}")
    its = images_of(release)
    check_said(its, sequence)
    return Checked(sequence, its[0].firmware, wire, with_bytes(connection, its, images))


def check_said(images: Sequence[Image], sequence: int) -> None:
    """Raises ReleaseRefused for what no device could do anything with."""
    versions = sorted({image.firmware for image in images})
    if len(versions) > 1:
        raise ReleaseRefused(f"release: expected one version of the firmware, found {', '.join(versions)}")
    for image in images:
        if image.board not in BOARDS:
            raise ReleaseRefused(f"{image.path}: expected a board of {', '.join(BOARDS)}, found {image.board!r}")
        if image.minimum >= sequence:
            raise ReleaseRefused(f"{image.path}: expected a minimum below {sequence}, found {image.minimum}")


def with_bytes(connection: Connection, images: Sequence[Image], brought: Iterable[bytes]) -> list[tuple[Image, bytes]]:
    """Each image with its bytes, brought along or here already. Raises RoleRefused, ReleaseRefused."""
    given = {hashlib.sha256(data).hexdigest(): data for data in brought}
    found = []
    for image in images:
        data = given.get(image.sha256) or releases.image(connection, image.sha256)  # boards alike share one
        if data is None:
            raise ReleaseRefused(f"{image.path}: expected {image.length} bytes with its hash, found no such image")
        check(image, data)
        found.append((image, data))
    if strange := given.keys() - {image.sha256 for image in images}:
        raise ReleaseRefused(f"images: expected those that the release names, found one with {min(strange)[:16]}")
    return found


def number_of(name: str, kind: str) -> int:
    """The number in the name of a document. Raises ReleaseRefused."""
    number = name.removeprefix(kind)
    if not NUMBER.fullmatch(number):
        raise ReleaseRefused(f"documents: expected {kind}<number>, found {name[:80]!r}")
    return int(number)
