"""Who may connect to the broker now, out of the registry."""

from collections.abc import Set

from fleet.domain.access import AccessFailed, Credential
from fleet.store import device_keys, devices
from fleet.store.database import Store
from fleet.store.fleet_key import FleetKeyWrong
from protocols.sealing import password_of, psk_of


class Registry:
    """The registry as the broker must know it; what has not changed since the last look is not worked out again."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.seen: dict[str, tuple[str, str, str | None]] = {}
        self.known: dict[str, Credential] = {}

    def may_connect(self) -> dict[str, Credential]:
        """The credential of every device that is not revoked; the same value as before if nothing has changed.

        Raises AccessFailed where keys of devices cannot be read.
        """
        with self.store.reading() as connection:
            seen = {row[0]: row for row in device_keys.may_connect(connection)}
            if seen == self.seen:
                return self.known
            known = {}
            for device, row in seen.items():
                if self.seen.get(device) == row:
                    known[device] = self.known[device]
                    continue
                _, hashed, sealed = row
                try:
                    key = None if sealed is None else device_keys.opened(connection, device, sealed)
                except FleetKeyWrong as problem:
                    raise AccessFailed(str(problem)) from None
                known[device] = credential(device, hashed, key)
        self.seen, self.known = seen, known
        return known

    def revoked_but_there(self) -> list[str]:
        """Devices that are revoked, and that were last heard to be there."""
        with self.store.reading() as connection:
            return devices.revoked_but_there(connection)

    def strangers(self, listed: Set[str]) -> frozenset[str]:
        """Those of these whom the registry has never heard of; who was revoked is no stranger."""
        with self.store.reading() as connection:
            return frozenset(listed - devices.kinds(connection).keys())


def credential(device: str, hashed: str, key: bytes | None) -> Credential:
    """What a device shows the broker; one without a key has a password that nobody but itself knows."""
    if key is None:
        return Credential(device, hashed)
    return Credential(device, hashed, password_of(key), psk_of(key))
