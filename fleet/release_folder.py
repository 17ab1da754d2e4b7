"""A folder of releases, as it lies with those who make and sign them: files of TUF, and images beside them.

1.root.json …        who may say what; each signed by the one before and by itself
12.targets.json      a release; its draft is the same without signatures
12.manifest.json     for people: what is in its images, file by file
targets/<image>.rom
"""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tuf.api.metadata import Root, Targets

from fleet.domain.images import Image
from fleet.domain.release_images import check
from fleet.domain.release_roles import RoleRefused, Trusted, chain_of, release_of
from fleet.domain.signed_documents import BadDocument, SignedDocument, read, read_tuf

ROOT, RELEASE = "root", "targets"


class FolderRefused(ValueError):
    """What was asked for is not in this folder, or not as it must be."""


Bad = FolderRefused, RoleRefused, BadDocument
# What is wrong with files of releases, for a sentence.


class ReleaseFolder:
    """The files of one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, kind: str, number: int) -> Path:
        """Where this root or release lies."""
        return self.path / f"{number}.{kind}.json"

    def numbers(self, kind: str) -> list[int]:
        """The roots or releases that are there, the oldest first."""
        names = (one.name.partition(".")[0] for one in self.path.glob(f"*.{kind}.json"))
        return sorted(int(name) for name in names if name.isdecimal())

    def document(self, kind: str, number: int) -> SignedDocument:
        """One of them. Raises FolderRefused, BadDocument."""
        return read_file(self.file(kind, number))

    def roots(self) -> list[bytes]:
        """The roots as devices get them, the first one first. Raises FolderRefused, BadDocument."""
        return [self.document(ROOT, number).wire() for number in self.numbers(ROOT)]

    def chain(self) -> list[Trusted]:
        """The roots, each verified by the one before. Raises FolderRefused, RoleRefused, BadDocument."""
        chain = chain_of(self.roots())
        if not chain:
            raise FolderRefused(f"{self.path}: expected 1.root.json, found no root; `motcua release root` makes one")
        return chain

    def release(self, sequence: int) -> Targets:
        """What a release says, whoever signed it. Raises FolderRefused, BadDocument."""
        said = self.document(RELEASE, sequence).metadata().signed
        if not isinstance(said, Targets) or said.version != sequence:
            raise FolderRefused(f"{self.file(RELEASE, sequence)}: expected the release {sequence}, found another one")
        return said

    def signed_release(self, sequence: int, chain: Iterable[Trusted]) -> Root:
        """The last of these roots whose release role has signed it. Raises FolderRefused, RoleRefused, BadDocument."""
        self.release(sequence)
        wire, why = self.document(RELEASE, sequence).wire(), RoleRefused(f"release {sequence}: found no root")
        for one in reversed(list(chain)):
            try:
                release_of(one.root, wire)
                return one.root
            except RoleRefused as problem:
                why = problem
        raise why

    def image(self, image: Image) -> bytes:
        """The bytes of an image. Raises FolderRefused, RoleRefused."""
        path = self.path / "targets" / image.path
        try:
            data = path.read_bytes()
        except OSError as problem:
            raise FolderRefused(f"{path}: expected an image of the release, found {reason(problem)}") from None
        check(image, data)
        return data

    def keep(self, kind: str, document: SignedDocument, number: int) -> Path:
        """Put a document into its place, whole or not at all. Raises BadDocument, OSError."""
        document.wire()
        return write_whole(self.file(kind, number), document.tuf_file())

    def keep_image(self, image: Image, data: bytes) -> None:
        """Put an image there. Raises OSError."""
        write_whole(self.path / "targets" / image.path, data)

    def keep_manifest(self, sequence: int, said: dict[str, Any]) -> None:
        """Put there what people read. Raises OSError."""
        write_whole(self.path / f"{sequence}.manifest.json", (json.dumps(said, indent=2) + "\n").encode())

    def manifest(self, sequence: int) -> Any:
        """What people read, None where there is none. Raises FolderRefused."""
        path = self.path / f"{sequence}.manifest.json"
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            raise FolderRefused(f"{path}: expected a manifest, found {reason(problem)}") from None


def read_file(path: Path) -> SignedDocument:
    """A document, as a file of TUF or as devices get it. Raises FolderRefused, BadDocument."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise FolderRefused(f"{path}: expected a document of a release, found {reason(problem)}") from None
    try:
        return read_tuf(data) if data.lstrip().startswith(b"{") else read(data)
    except BadDocument as problem:
        raise BadDocument(f"{path}: {problem}") from None


def trust_of(path: Path) -> bytes:
    """The root of this file as a device takes it in at its cable. Raises FolderRefused, RoleRefused, BadDocument."""
    return chain_of([read_file(path).wire()])[0].wire


def with_signatures(document: SignedDocument, new: dict[str, bytes]) -> SignedDocument:
    """The same document, signed by more."""
    return replace(document, signatures={**document.signatures, **new})


def write_whole(path: Path, data: bytes) -> Path:
    """Write the file beside its place and move it there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return beside.replace(path)


def reason(problem: Exception) -> str:
    """What the system said."""
    return str(getattr(problem, "strerror", None) or problem).lower()
