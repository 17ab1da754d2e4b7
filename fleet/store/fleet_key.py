"""The fleet's own key, under which it keeps the keys of devices: a file that lies beside no backup of the database.

Who has the database alone can not speak as a device, and who has one row can not put it in another's place. The file is
made when the first key is sealed; who finds keys without it says so instead of making another.
"""

import contextlib
import os
import secrets
from pathlib import Path

from protocols.message import ProtocolError
from protocols.sealing import KEY_BYTES, NONCE_BYTES, derived, sealed, unsealed

FILE = "fleet-key"
OPTION = "motcua_fleet_key"
# Under this name each connection of a store has it.
_OF_THIS_PROCESS = secrets.token_bytes(KEY_BYTES)


class FleetKeyWrong(RuntimeError):
    """A key of a device can not be read: the fleet key is not the one that sealed it."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"keys of devices: expected the fleet key that sealed them, found {found}; bring that file back from where "
            "it is kept"
        )


class FleetKey:
    """Seals keys of devices, and opens them. Without a path its key lives and dies with this process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._key: bytes | None = None if path is not None else _OF_THIS_PROCESS

    def seal(self, device: str, key: bytes) -> str:
        """A device's key, as the database may hold it."""
        return sealed(derived(self._known(make=True), f"device {device}"), secrets.token_bytes(NONCE_BYTES), key)

    def open(self, device: str, text: str) -> bytes:
        """A device's key again. Raises FleetKeyWrong."""
        try:
            return bytes(unsealed(derived(self._known(), f"device {device}"), text))
        except ProtocolError:
            raise FleetKeyWrong(f"another one in {self.path}" if self.path else "that of another process") from None

    @property
    def is_there(self) -> bool:
        """Whether there is a key, right or wrong."""
        return self.path is None or self.path.exists()

    def make(self) -> None:
        """Make the file where there is none."""
        if self.path is not None and not self.path.exists():
            make_key(self.path)

    def _known(self, make: bool = False) -> bytes:
        if self._key is None:
            assert self.path is not None  # noqa: S101 (without a path it is known from the beginning)
            if make:
                self.make()
            self._key = read_key(self.path)
        return self._key


def make_key(path: Path) -> None:
    """A new key in this file, for us alone. Of several processes that make it at once one does."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()


def read_key(path: Path) -> bytes:
    """The key in this file. Raises FleetKeyWrong."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise FleetKeyWrong(f"no file {path}") from None
    except (OSError, ValueError) as problem:
        raise FleetKeyWrong(f"{path}, which can not be read ({problem.__class__.__name__})") from None
    if len(key) != KEY_BYTES:
        raise FleetKeyWrong(f"{len(key)} bytes instead of {KEY_BYTES} in {path}")
    return key
