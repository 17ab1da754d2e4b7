"""Before a device is welcomed it proves its key; and its key is changed without a visit.

The fleet makes the next key and tells the device, sealed under the one in use, after each hello until it says that it
has it on flash. From then on the broker knows the new password alone: the device is cut off, comes with the new key,
and its hello puts that in force. Until then both keys are good, so it does not matter where power or net are cut.
"""

import logging
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.incidents import Kind
from fleet.domain.proving import Judged, Keys, Life, Outcome, judge, with_nonce
from fleet.flows.claim import use_within
from fleet.flows.enrol import hashed
from fleet.store import claims, device_keys, devices, incidents
from fleet.store.database import Store
from fleet.store.device_keys import KeyRow
from fleet.store.devices import DeviceRow
from fleet.store.failures import again_after_conflict
from protocols.commands import Reply, Secret
from protocols.presence import Hello
from protocols.sealing import KEY_BYTES, NONCE_BYTES, kept_id, password_of, sealed

log = logging.getLogger(__name__)

KEY = "key"
KEPT = "key-"
# So the ids of replies begin by which devices say that they keep a key.
LIVE_MS = 1_000
# A hello that lay about for longer may be one of an earlier connection that is answered late.


class KeyRefused(ValueError):
    """A device's key cannot be changed; the text says why."""


@dataclass(frozen=True)
class Proven:
    """What a hello proved: whether the device is welcome, and what it must be told of its next key."""

    welcome: bool
    secret: Secret | None = None


@again_after_conflict
def prove(
    store: Store, device: str, hello: Hello, now_ms: int, retained: bool = False, waited_ms: int = 0
) -> Proven | None:
    """What this hello proves; None where no such device is enrolled. A device with a password of its own proves none.

    What should not have happened is kept as an incident.
    """
    with store.writing(alone=False) as connection:
        devices.hold(connection, [device])
        row = devices.device(connection, device)
        if row is None:
            return None
        if row.revoked_ms is not None:
            if not retained or hello.nonce != row.nonce:  # else it was said before, and the broker kept it
                found = f"expected silence, found a hello of {hello.hw}"
                note(connection, device, Kind.REVOKED_TALKS, found, now_ms, retained)
            return Proven(welcome=False)
        keys = device_keys.hold_keys(connection, device)
        if keys is None:
            return Proven(welcome=True)
        live = not retained and waited_ms < LIVE_MS
        judged = judged_hello(connection, row, keys, hello, now_ms, live)
        if judged.incident is not None:
            note(connection, device, judged.incident, judged.found, now_ms, retained)
        if judged.outcome is Outcome.NOTHING:
            return Proven(welcome=False)
        return followed(connection, row, keys, hello, judged, now_ms)


def judged_hello(connection: Connection, row: DeviceRow, keys: KeyRow, hello: Hello, now_ms: int, live: bool) -> Judged:
    """What this hello means by what is known of the device."""
    in_force, named = [
        None if one is None else claims.hold_claim(connection, one)
        for one in (keys.claim, hello.claim if hello.claim != keys.claim else None)
    ]
    known = Keys(keys.slot, keys.key, keys.next_key, in_force, keys.hw, keys.nonces, keys.births)
    named = in_force if named is None or named.device != row.id else named
    return judge(row.id, hello, known, named, Life(row.epoch, row.boot), now_ms, live)


def followed(connection: Connection, row: DeviceRow, keys: KeyRow, hello: Hello, judged: Judged, now_ms: int) -> Proven:
    """Keep what follows of a hello that was proven."""
    births = with_nonce(keys.births, hello.nonce) if hello.epoch is None else keys.births
    device_keys.set_nonces(connection, row.id, with_nonce(keys.nonces, hello.nonce), births)
    if judged.learn and hello.hw is not None:
        device_keys.set_hw(connection, row.id, hello.hw)
    if judged.burn and keys.claim is not None:
        use_within(connection, keys.claim, hello.hw or "", now_ms)
    if judged.promote and keys.next_key is not None:
        if keys.kept_ms is None:  # its reply was lost
            devices.set_password(connection, row.id, hashed(password_of(keys.next_key)))
        device_keys.is_in_force(connection, row.id, now_ms)
        return Proven(welcome=True)
    if judged.outcome is Outcome.NEW_KEY and keys.next_key is None:
        begin(connection, keys, now_ms)
    known = device_keys.keys_of(connection, row.id)
    secret = None if known is None else secret_of(known)
    if secret is not None:
        device_keys.was_told(connection, row.id, now_ms)
    return Proven(welcome=judged.outcome is Outcome.WELCOME, secret=secret)


@again_after_conflict
def kept(store: Store, device: str, reply: Reply, now_ms: int) -> bool:
    """A device says that it keeps its next key: the broker must know it at once. False: it was no news."""
    with store.writing(alone=False) as connection:
        devices.hold(connection, [device])
        keys = device_keys.hold_keys(connection, device)
        if keys is None or keys.next_key is None or keys.next_slot is None or keys.kept_ms is not None:
            return False
        if reply.id != kept_id(keys.next_slot, keys.next_key):
            return False  # of a key that was replaced meanwhile
        if not reply.ok:
            log.warning("%s does not keep its next key: %s", device, reply.reason[:80])
            return False
        devices.set_password(connection, device, hashed(password_of(keys.next_key)))
        device_keys.was_kept(connection, device, now_ms)
        return True


def rotate(store: Store, device: str, now_ms: int) -> bool:
    """Begin to give a device another key; False: it is being given one already. Raises KeyRefused."""
    with store.writing(alone=False) as connection:
        return rotate_within(connection, device, now_ms)


def rotate_within(connection: Connection, device: str, now_ms: int) -> bool:
    """The same in somebody's transaction."""
    devices.hold(connection, [device])
    row = devices.device(connection, device)
    if row is None or row.revoked_ms is not None:
        raise KeyRefused(f"device id: expected an enrolled device, found {device!r}")
    keys = device_keys.hold_keys(connection, device)
    if keys is None:
        raise KeyRefused(f"{device}: expected a device with a key, found one with a password of its own")
    if keys.claim is not None:
        raise KeyRefused(f"{device}: expected a device that has come, found one that waits for its board")
    if keys.next_key is not None:
        return False
    begin(connection, keys, now_ms)
    return True


def untold(store: Store, most: int, now_ms: int) -> list[tuple[str, Secret]]:
    """What devices must be told of their next keys that did not just say hello; told again after their next one."""
    with store.reading() as connection:
        if not device_keys.untold(connection, 1):
            return []
    with store.writing(alone=False) as connection:
        waiting = device_keys.untold(connection, most)
        for keys in waiting:
            device_keys.was_told(connection, keys.device, now_ms)
    return [(keys.device, secret) for keys in waiting if (secret := secret_of(keys)) is not None]


def begin(connection: Connection, keys: KeyRow, now_ms: int) -> None:
    """Make the next key, for the slot that is not in use."""
    slot = Keys(keys.slot, keys.key).next_slot
    device_keys.begin_next(connection, keys.device, slot, secrets.token_bytes(KEY_BYTES), now_ms)


def secret_of(keys: KeyRow) -> Secret | None:
    """What a device is told of its next key, if it is being given one."""
    if keys.next_key is None or keys.next_slot is None:
        return None
    return Secret(
        slot=keys.next_slot, purpose=KEY, sealed=sealed(keys.key, secrets.token_bytes(NONCE_BYTES), keys.next_key)
    )


def note(connection: Connection, device: str, kind: Kind, found: str, now_ms: int, retained: bool) -> None:
    """Keep an incident, and say so in the log; what the broker kept and says once more is no news."""
    if retained and incidents.is_known(connection, device, kind, found):
        return
    incidents.note(connection, device, kind, found, now_ms)
    log.warning("%s: %s: %s", device, kind.value, "".join(c if c.isprintable() else "?" for c in found))
