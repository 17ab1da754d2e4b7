"""A device gets its identity, its password and its place; and the broker is told who may connect and speak where.

The password is random and shown once. The fleet keeps only the broker's hash of it (Mosquitto's `$7$`: PBKDF2 with
SHA-512); a random password of 128 bits needs no slow hash.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.registry import HistoryWord
from fleet.domain.ways import SERVERS
from fleet.flows.touches import Touches
from fleet.store import device_history, devices, inbox, ledger, places
from fleet.store.database import Store
from fleet.store.device_history import Done
from protocols.configuring import ROLES
from protocols.identity import DEVICE_ID, is_device_id

FLEET_USER = "fleet"
HASH_ROUNDS = 101
# Mosquitto's own number for `$7$` hashes.
SALT_BYTES = 12

# A device writes only what it says and reads only what it is told; %u is its user name.
ACCESS_RULES = f"""user {FLEET_USER}
topic readwrite mc/1/#

pattern write mc/1/%u/up/#
pattern read mc/1/%u/down/#
"""


class EnrolError(ValueError):
    """A device cannot be enrolled as asked; the text says why."""


def enrol(
    store: Store, device: str, roles: Sequence[str], office: str, counter: str | None, now_ms: int, by: str = ""
) -> str:
    """Enrol a device where it stands; its password, which is not kept. Raises EnrolError."""
    if not is_device_id(device):
        raise EnrolError(f"device id: expected {DEVICE_ID}, found {device!r}")
    if device == FLEET_USER or device.startswith(SERVERS):
        raise EnrolError(f"device id: {device!r} is kept for the fleet itself")
    for role in roles:
        if role not in ROLES:
            raise EnrolError(f"role: expected one of {', '.join(ROLES)}, found {role!r}")
    password = secrets.token_hex(16)
    with store.writing() as connection:
        if places.office(connection, office) is None:
            raise EnrolError(f"office: expected the id of an office, found {office!r}")
        known = [one.id for one in places.open_counters(connection, office)]
        if counter is not None and counter not in known:
            raise EnrolError(f"counter: expected one of {', '.join(known) or 'none'}, found {counter!r}")
        register(connection, device, roles, password, office, counter, now_ms, by)
    return password


def register(
    connection: Connection,
    device: str,
    roles: Sequence[str],
    password: str,
    office: str,
    counter: str | None,
    now_ms: int,
    by: str = "",
) -> None:
    """The device is there, has this password and stands at this place. Raises EnrolError if its id is taken."""
    if not devices.add_device(connection, device, roles, hashed(password), now_ms):
        raise EnrolError(f"device id: {device!r} is taken")
    stand(connection, device, office, counter, now_ms)
    device_history.add(connection, Done(device, now_ms, by, HistoryWord.BY_HAND))
    said = {"roles": list(roles), "counter": counter}
    ledger.note(connection, What.DEVICE_ENROL, device, office, became=said)


def stand(connection: Connection, device: str, office: str, counter: str | None, now_ms: int) -> None:
    """From now on the device stands here. What it did since, and sent before this was known, is linked where it was."""
    since = inbox.since(connection, device, now_ms)
    before, after = Touches(connection), Touches(connection)
    for life, seq, ms in since:
        before.add(life, seq, ms)
    devices.assign(connection, device, office, counter, now_ms)
    for life, seq, ms in since:
        after.add(life, seq, ms)
    before.save()
    after.save()


def renew_password(store: Store, device: str) -> str:
    """Give a device a new password; the old one is worth nothing once the broker has read its list."""
    password = secrets.token_hex(16)
    with store.writing() as connection:
        devices.set_password(connection, device, hashed(password))
        ledger.note(connection, What.DEVICE_PASSWORD, device)
    return password


def revoke(store: Store, device: str, now_ms: int, by: str = "") -> None:
    """A device may no longer connect, and nothing that it sends is stored. Raises EnrolError if there is none."""
    with store.writing() as connection:
        if not devices.revoke(connection, device, now_ms):
            raise EnrolError(f"device id: expected an enrolled device, found {device!r}")
        device_history.add(connection, Done(device, now_ms, by, HistoryWord.REVOKED))
        ledger.note(connection, What.DEVICE_REVOKE, device)


def broker_passwords(store: Store, fleet_password: str, salt: bytes | None = None) -> str:
    """The text of Mosquitto's password file: the fleet, and every device that is not revoked.

    With a `salt` of one's own the text stays the same until a device comes or goes.
    """
    with store.reading() as connection:
        lines = [f"{device}:{password}" for device, password in devices.passwords(connection)]
    return "\n".join([f"{FLEET_USER}:{hashed(fleet_password, salt)}", *lines]) + "\n"


def two_lists(passwords: str) -> tuple[str, str]:
    """The devices' part of the broker's passwords, for their door, and the fleet's, for its own."""
    lines = passwords.splitlines(keepends=True)
    fleet = [line for line in lines if line.startswith(f"{FLEET_USER}:")]
    return "".join(line for line in lines if line not in fleet), "".join(fleet)


def hashed(password: str, salt: bytes | None = None) -> str:
    """Mosquitto's hash of a password, under a random salt if none is given."""
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS)
    return f"$7${HASH_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def known(store: Store) -> set[str]:
    """The ids that are taken."""
    with store.reading() as connection:
        return {row.id for row in devices.devices(connection)}
