"""Documents of releases that nobody has signed yet: a first root, the next one, and a release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Role, Root, Targets

from fleet.domain.images import Image
from fleet.domain.release_images import images_of, target_of
from fleet.domain.release_roles import FLEET, FLEET_TOO, RELEASE, ROOT, check_keys, check_roles

EXPIRES = datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
# TUF wants a date. Devices have no clock that they could trust, so none is looked at: what is old is known by the nonce
# that the fleet's word must carry. And the same release is the same bytes, whenever it is made.

ROOT_KEYS, ROOT_SIGNERS = 3, 2


@dataclass(frozen=True)
class Holders:
    """Whose keys have which role. `root_signers`: so many of the root keys must sign a root."""

    root: Sequence[Key]
    release: Sequence[Key]
    fleet: Sequence[Key]
    root_signers: int = ROOT_SIGNERS
    release_signers: int = 1


def root_draft(holders: Holders, version: int = 1) -> Metadata[Any]:
    """A root with these holders. Raises RoleRefused."""
    roles = {
        ROOT: role_of(holders.root, holders.root_signers),
        RELEASE: role_of(holders.release, holders.release_signers),
        FLEET: role_of(holders.fleet),
        FLEET_TOO: role_of(holders.fleet),
    }
    keys = {key.keyid: key for key in (*holders.root, *holders.release, *holders.fleet)}
    root = Root(version=version, expires=EXPIRES, keys=keys, roles=roles, consistent_snapshot=False)
    check_keys(root)
    check_roles(root)
    return Metadata(root)


def holders_of(root: Root) -> Holders:
    """Who has which role by this root."""

    def keys(role: str) -> list[Key]:
        return [root.keys[keyid] for keyid in root.roles[role].keyids]

    thresholds = root.roles[ROOT].threshold, root.roles[RELEASE].threshold
    return Holders(keys(ROOT), keys(RELEASE), keys(FLEET), *thresholds)


def role_of(keys: Sequence[Key], threshold: int = 1) -> Role:
    """A role that these keys have together."""
    return Role(sorted(key.keyid for key in keys), threshold)


def release_draft(sequence: int, images: Iterable[Image]) -> Metadata[Any]:
    """A release of these images. Raises RoleRefused."""
    targets = {image.path: target_of(image) for image in images}
    release = Targets(version=sequence, expires=EXPIRES, targets=targets)
    images_of(release)
    return Metadata(release)
