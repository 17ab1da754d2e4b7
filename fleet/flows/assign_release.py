"""The fleet's signed word that one device shall run one release, bound to the hello of its connection.

Who shall have which: what a rollout gave it, else what is for everybody of its board. A device that ever went back from
a release by itself is not sent it again, unless a person lets it try once more: else one that can live with neither of
two would try them in turn for ever. Nobody is ever sent an older one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from sqlalchemy import Connection

from fleet.domain.assignments import assignment_text, signature_lines
from fleet.domain.images import image_for
from fleet.domain.release_fits import Application, misfit
from fleet.domain.release_roles import FLEET, Trusted, chain_of
from fleet.domain.rollout_plan import RELEASE
from fleet.domain.rollout_targets import Failure
from fleet.flows.presence import runs
from fleet.flows.released import Released, for_everybody, released
from fleet.release_keys import KeyRefused, read_again, signed
from fleet.store import devices, releases, rollout_devices
from fleet.store.database import Store
from fleet.store.devices import DeviceRow
from protocols.releases import Release

FOR_GOOD = frozenset({Failure.REVERTED.value, Failure.REFUSED.value, Failure.RESCUE.value})
# Who failed so with a release is not sent it with all others: only a rollout may let it try again.


class CannotAssign(Exception):
    """No device can be assigned a release: the key of the fleet is not there, or nobody trusts it."""


@dataclass(frozen=True)
class Signing:
    """What signs for the fleet. `rate`: bytes a second that a device may ask for; None: as many as come."""

    key_file: Path | None
    rate: int | None = None

    def signer(self) -> CryptoSigner:
        """The key as it lies there: it may be put there, or changed, while we run. Raises CannotAssign."""
        if self.key_file is None:
            raise CannotAssign("release_key: expected the file of the fleet's key in MOTCUA_RELEASE_KEY, found none")
        if not self.key_file.exists():
            raise CannotAssign(f"release_key: expected the key of the fleet's role, found none at {self.key_file}")
        try:
            return read_again(self.key_file)
        except (KeyRefused, OSError) as problem:
            raise CannotAssign(f"release_key: {problem}") from None


def trouble(connection: Connection, signing: Signing) -> str | None:
    """Why no device can be assigned a release, in a sentence; None: all is there."""
    try:
        trusted_signer(connection, signing)
    except CannotAssign as problem:
        return str(problem)
    return None


def trusted_signer(connection: Connection, signing: Signing) -> tuple[CryptoSigner, Trusted]:
    """The key of the fleet, and the last root, by which devices trust it. Raises CannotAssign."""
    chain = chain_kept(tuple(releases.roots(connection)))
    if not chain:
        raise CannotAssign("root: expected a published root, found none")
    signer, role = signing.signer(), chain[-1].root.roles[FLEET]
    if signer.public_key.keyid not in role.keyids:
        found = signer.public_key.keyid[:8]
        expected = ", ".join(sorted(one[:8] for one in role.keyids))
        raise CannotAssign(f"release_key: expected a key that root {chain[-1].root.version} names ({expected}), "
                           f"found {found}")  # fmt: skip
    if role.threshold != 1:
        raise CannotAssign(f"root: expected 1 signer of assignments, found {role.threshold}")
    return signer, chain[-1]


@lru_cache(4)
def chain_kept(documents: tuple[bytes, ...]) -> tuple[Trusted, ...]:
    """The roots that are kept; they were verified before that."""
    return tuple(chain_of(documents))


def fits(one: Released, row: DeviceRow) -> bool:
    """Whether this device can take it, and has it not."""
    return misfit(one.sequence, one.images, row.board, runs(row)) is None


def is_here(one: Released, row: DeviceRow, here: Collection[str]) -> bool:
    """Whether the image for this device can be loaded. `here`: those that can."""
    its = runs(row)
    image = None if its is None else image_for(one.images, row.board, its.mpy)
    return image is not None and image.sha256 in here


def wanted(connection: Connection, row: DeviceRow) -> Released | None:
    """The release that a device shall have, and has not; None: it is as it shall be, or can not be otherwise."""
    its = runs(row)
    if its is None or its.room is None or its.trial or row.revoked_ms is not None:
        return None
    rolled = rollout_devices.at_one(connection, RELEASE, row.id)
    fell = fallen(connection, row.id, its)
    given = {one.version for one in rolled if one.holds and not has_fallen(fell, one.version, one.given_ms)}
    no_more = {one.version for one in rolled if one.failure in FOR_GOOD}
    found = [released(connection, version) for version in given]
    found += [
        one
        for one in for_everybody(connection)
        if one.sequence not in no_more and not has_fallen(fell, one.sequence, None)
    ]
    fitting = [one for one in found if one is not None and fits(one, row)]
    if not fitting:
        return None
    here = {image.sha256 for image in releases.images(connection)}
    return max((one for one in fitting if is_here(one, row, here)), key=sequence_of, default=None)


def fallen(connection: Connection, device: str, its: Application) -> dict[int, int]:
    """The releases from which a device ever went back, and when it last did."""
    back = its.back
    return releases.returns(connection, device) | ({} if back is None else {back.sequence: back.ms or 0})


def has_fallen(fell: Mapping[int, int], sequence: int, given_ms: int | None) -> bool:
    """Whether it went back from this one since it was given it; None: ever."""
    at_ms = fell.get(sequence)
    return at_ms is not None and (given_ms is None or at_ms >= given_ms)


def sequence_of(one: Released) -> int:
    """By which releases are ordered."""
    return one.sequence


def assignment(connection: Connection, row: DeviceRow, signing: Signing) -> Release | None:
    """The assignment for the last hello of a device; None: it shall have no other release. Raises CannotAssign."""
    if not row.nonce:
        return None
    found = wanted(connection, row)
    if found is None:
        return None
    signer, root = trusted_signer(connection, signing)
    text = assignment_text(row.id, row.nonce, root.root.version, found.sequence, found.row.document, signing.rate)
    return Release(nonce=row.nonce, signed=text, signatures=signature_lines(signed(text.encode(), [signer])))


def assignment_for(store: Store, device: str, signing: Signing) -> Release | None:
    """The same for the device of this id. Raises CannotAssign."""
    with store.reading() as connection:
        row = devices.device(connection, device)
        return None if row is None else assignment(connection, row, signing)
