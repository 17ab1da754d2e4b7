"""Keys of releases for tests, each made once in a run, and what they sign.

one = Releases()
one.root             # root/1 as devices get it: two of three root keys, a release key, a fleet key
one.release(1, [image])            # a release as devices get it
one.assignment("b-1", nonce, 1, document)  # (signed, signatures) of `down/release`
one.rotate(release="another")      # root/2, signed by the thresholds of both
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from fleet.domain.assignments import assignment_text, signature_lines
from fleet.domain.images import Image
from fleet.domain.release_drafts import Holders, release_draft, root_draft
from fleet.domain.signed_documents import SignedDocument, of_metadata
from fleet.release_keys import new_key, signed, signer_of
from tests import compiled

ROOTS = ("an", "binh", "chi")


@cache
def key(name: str) -> CryptoSigner:
    """The key of this name. To make one takes long: whichever worker needs it first leaves it for the others."""
    if compiled.FOLDER not in os.environ:
        return new_key()
    path = Path(os.environ[compiled.FOLDER], f"{name}.key")
    if not path.exists():
        left(path, new_key().private_bytes)
    return signer_of(load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True))


def left(path: Path, data: bytes) -> None:
    """Leave this here, whole, unless somebody else was faster."""
    with NamedTemporaryFile(dir=path.parent) as fresh:
        fresh.write(data)
        fresh.flush()
        with suppress(FileExistsError):
            os.link(fresh.name, path)


def document(metadata: Metadata[Any], names: Iterable[str]) -> bytes:
    """This metadata as devices get it, signed by the keys of these names."""
    draft = of_metadata(metadata)
    return SignedDocument(draft.signed, signed(draft.signed, [key(name) for name in names])).wire()


class Releases:
    """Holders of all roles, and the roots that they have made."""

    def __init__(
        self, root: Sequence[str] = ROOTS, release: Sequence[str] = ("release",), fleet: Sequence[str] = ("fleet",)
    ) -> None:
        self.names: Mapping[str, Sequence[str]] = {"root": root, "release": release, "fleet": fleet}
        self.roots = [document(root_draft(self.holders()), root[:2])]

    @property
    def root(self) -> bytes:
        """The first root: what lies at `/trust` on a device."""
        return self.roots[0]

    def holders(self) -> Holders:
        """Whose keys have which role now."""
        return Holders(*([key(name).public_key for name in self.names[role]] for role in ("root", "release", "fleet")))

    def rotate(self, **names: Sequence[str]) -> bytes:
        """The next root: these roles have other keys, by name; signed by two of the old and two of the new."""
        before, self.names = self.names, {**self.names, **names}
        signers = dict.fromkeys([*before["root"][:2], *self.names["root"][:2]])
        self.roots.append(document(root_draft(self.holders(), len(self.roots) + 1), signers))
        return self.roots[-1]

    def release(self, sequence: int, images: Iterable[Image], signers: Sequence[str] | None = None) -> bytes:
        """A release of these images; `signers`: others than those who may."""
        return document(release_draft(sequence, images), self.names["release"] if signers is None else signers)

    def assignment(
        self,
        device: str,
        nonce: str,
        sequence: int,
        release: bytes,
        rate: int | None = None,
        signers: Sequence[str] | None = None,
    ) -> tuple[str, list[str]]:
        """What `down/release` carries beside the nonce: the signed text, and its signatures."""
        text = assignment_text(device, nonce, len(self.roots), sequence, release, rate)
        names = self.names["fleet"] if signers is None else signers
        return text, signature_lines(signed(text.encode(), [key(name) for name in names]))
