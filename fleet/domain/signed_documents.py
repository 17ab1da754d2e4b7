"""Documents of releases as they travel: signatures first, a line each, then the bytes that were signed, as they were.

    <keyid, 64 hex> <base64 of the signature>\n … \n <signed bytes: TUF's canonical JSON>

A device verifies these bytes and reads them afterwards. On our disks the same documents are TUF's own files, which
other tools can read; a document says the same whichever way it went.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization.json import JSONSerializer

DOCUMENT_BYTES = 8192
SIGNATURES = 8
# Limits of the devices: the whole document is in a device's RAM at once.

KEY_ID = re.compile(r"[0-9a-f]{64}")

Signed = Root | Targets


class BadDocument(ValueError):
    """This is no document of a release; the text says what was expected and found."""


@dataclass(frozen=True)
class SignedDocument:
    """Signed bytes, and who signed them: each signature under the id of its key."""

    signed: bytes
    signatures: Mapping[str, bytes] = field(default_factory=dict)

    def wire(self) -> bytes:
        """As devices get it. Raises BadDocument."""
        lines = [f"{keyid} {base64.b64encode(value).decode()}\n" for keyid, value in self.signatures.items()]
        return limited("".join(lines).encode() + b"\n" + self.signed, len(lines))

    def tuf_signatures(self) -> dict[str, Signature]:
        """The signatures as TUF wants them."""
        return {keyid: Signature(keyid, value.hex()) for keyid, value in self.signatures.items()}

    def metadata(self) -> Metadata[Any]:
        """What it says. Raises BadDocument."""
        try:
            # Keys are in it with their line ends as they are, which strict JSON would have as "\n".
            said = json.loads(self.signed, strict=False)
            metadata = Metadata[Any].from_dict({"signed": said, "signatures": []})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            raise BadDocument(f"document: expected metadata of TUF, found another text ({problem!r})") from None
        if metadata.signed_bytes != self.signed:
            # Else two readers could understand two things, such as the first or the last of two fields of one name.
            raise BadDocument("document: expected canonical JSON, found it written in another way")
        metadata.signatures = self.tuf_signatures()
        return metadata

    def tuf_file(self) -> bytes:
        """The same as a file of TUF. Raises BadDocument."""
        return JSONSerializer(compact=False).serialize(self.metadata()) + b"\n"


def read(wire: bytes) -> SignedDocument:
    """A document as it travels. Raises BadDocument."""
    head, found, signed = (b"\n" + wire).partition(b"\n\n")
    lines = head.split(b"\n")[1:]
    limited(wire, len(lines))
    if not found:
        raise BadDocument("document: expected an empty line behind the signatures, found none")
    signatures = dict(map(signature_of, lines))
    if len(signatures) != len(lines):
        raise BadDocument("document: expected one signature of a key, found several")
    return SignedDocument(signed, signatures)


def signature_of(line: bytes) -> tuple[str, bytes]:
    """The id of a key, and its signature. Raises BadDocument."""
    keyid, _, text = line.decode("ascii", "replace").partition(" ")
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if not KEY_ID.fullmatch(keyid) or not value:
        raise BadDocument(f"document: expected the id of a key and its signature in base64, found {line[:80]!r}")
    return keyid, value


def read_tuf(file: bytes) -> SignedDocument:
    """A document that lies here as a file of TUF. Raises BadDocument."""
    try:
        said = json.loads(file)
        signed = canonical(said["signed"])
        pairs = [(str(one["keyid"]), bytes.fromhex(one["sig"])) for one in said["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise BadDocument(f"document: expected a file of TUF, found another text ({problem!r})") from None
    if len(dict(pairs)) != len(pairs):
        raise BadDocument("document: expected one signature of a key, found several")
    document = SignedDocument(signed, dict(pairs))
    document.metadata()
    return document


def of_metadata(metadata: Metadata[Any]) -> SignedDocument:
    """The document that this metadata is."""
    signatures = {keyid: bytes.fromhex(one.signature) for keyid, one in metadata.signatures.items()}
    return SignedDocument(metadata.signed_bytes, signatures)


def canonical(value: object) -> bytes:
    """Canonical JSON of this value, as everything that is signed here is written. Raises ValueError."""
    try:
        text = encode_canonical(value)  # type: ignore[arg-type] # it looks itself at what it is given
    except Exception as problem:  # a class of securesystemslib's own
        raise ValueError(str(problem)) from None
    return (text or "").encode()


def limited(wire: bytes, signatures: int) -> bytes:
    """These bytes, if devices take so many. Raises BadDocument."""
    if len(wire) > DOCUMENT_BYTES:
        raise BadDocument(f"document: expected {DOCUMENT_BYTES} bytes at most, found {len(wire)}")
    if signatures > SIGNATURES:
        raise BadDocument(f"document: expected {SIGNATURES} signatures at most, found {signatures}")
    return wire
