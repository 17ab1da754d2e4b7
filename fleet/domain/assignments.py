"""The fleet's word that one device shall run one release: bound to the device and to the nonce of its hello.

The release itself is named by the hash of its document as it travels, so that nothing else can be put in its place.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tuf.api.metadata import Root

from fleet.domain.release_roles import signed_by_fleet
from fleet.domain.signed_documents import BadDocument, SignedDocument, canonical, signature_of

TYPE = "assignment"


def assignment_text(device: str, nonce: str, root: int, sequence: int, release: bytes, rate: int | None = None) -> str:
    """The text to be signed. `release`: its document as devices get it; `rate`: bytes a second at most."""
    said: dict[str, object] = {
        "_type": TYPE,
        "device": device,
        "nonce": nonce,
        "release": {"length": len(release), "sha256": hashlib.sha256(release).hexdigest()},
        "root": root,
        "sequence": sequence,
    }
    if rate is not None:
        said["rate"] = rate
    return canonical(said).decode()


def recall_text(device: str, nonce: str, root: int) -> str:
    """The text to be signed that nothing is assigned: what is under way there ends before it runs."""
    return canonical(
        {"_type": TYPE, "device": device, "nonce": nonce, "release": None, "root": root, "sequence": 0}
    ).decode()


def signature_lines(signatures: Mapping[str, bytes]) -> list[str]:
    """Signatures as `down/release` carries them: the id of the key and base64."""
    return [f"{keyid} {base64.b64encode(value).decode()}" for keyid, value in signatures.items()]


def read_assignment(root: Root, signed: str, signatures: Sequence[str]) -> dict[str, Any]:
    """What an assignment says, if the fleet's role of this root has signed it. Raises RoleRefused, BadDocument."""
    document = SignedDocument(signed.encode(), dict(signature_of(one.encode()) for one in signatures))
    signed_by_fleet(root, document)
    said = json.loads(document.signed)
    if said.get("_type") != TYPE:
        raise BadDocument(f"assignment: expected the type {TYPE}, found {said.get('_type')!r}")
    return dict(said)
