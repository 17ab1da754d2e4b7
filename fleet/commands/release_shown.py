"""How roots and releases are shown to those who sign them."""

import hashlib
from collections.abc import Collection

from rich.table import Table
from tuf.api.metadata import Root, Targets

from fleet.domain.release_images import images_of
from fleet.domain.release_roles import FLEET, RELEASE, ROOT
from fleet.domain.signed_documents import SignedDocument

NAMES = {ROOT: "root", RELEASE: "release", FLEET: "fleet"}


def fingerprint(document: SignedDocument) -> str:
    """What people compare by voice: of what is signed, whoever has signed it so far."""
    digest = hashlib.sha256(document.signed).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def holders_shown(root: Root, before: Root | None, signatures: Collection[str]) -> Table:
    """Whose keys have which role by this root, and what that changes."""
    table = Table(title=f"root {root.version}", title_justify="left")
    for name in ("role", "key", "", "signed this"):
        table.add_column(name, overflow="fold")
    for role, name in NAMES.items():
        its = root.roles[role].keyids
        had = its if before is None else before.roles[role].keyids
        wanted = f"{name}, {root.roles[role].threshold} of {len(its)}"
        for keyid in its:
            table.add_row(wanted, keyid, "" if keyid in had else "new", "yes" if keyid in signatures else "")
        for keyid in had:
            if keyid not in its:
                table.add_row(wanted, keyid, "goes", "yes" if keyid in signatures else "")
    return table


def release_shown(release: Targets, signatures: Collection[str]) -> Table:
    """The images of a release."""
    by = ", ".join(sorted(keyid[:8] for keyid in signatures)) or "nobody yet"
    table = Table(title=f"release {release.version}, signed by {by}", title_justify="left")
    for name in ("board", "firmware", "bytecode", "from", "bytes", "SHA-256"):
        table.add_column(name, overflow="fold")
    for image in images_of(release):
        least = f"{image.minimum}" if image.minimum else "any"
        table.add_row(image.board, image.firmware, image.mpy, least, f"{image.length:,}", image.sha256)
    return table
