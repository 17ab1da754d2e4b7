"""What a laptop keeps in its data folder from one start to the next.

What cannot be read, or is not what it should be, counts as absent and is made anew: no start ends at a file that a
power cut left half written.
"""

import fcntl
import json
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.devices_network import NoNetwork, devices_network
from fleet.laptop.broker import free_port, listens
from fleet.private_files import private_folder, write_private
from fleet.settings import Settings

log = logging.getLogger(__name__)

WORD = re.compile(r"[0-9a-f]{32}")
PORTS = range(1, 65536)
NETWORK_FILE = "devices-network.json"


class AlreadyRunning(RuntimeError):
    """Another `motcua run` uses this data folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"another motcua run uses the data folder {data}; stop it, or choose another with --data")


@dataclass(frozen=True)
class KeptPassword:
    """A password in the data folder; `fresh` if it was made just now."""

    password: str
    fresh: bool


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises AlreadyRunning."""
    private_folder(data)
    with (data / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(data) from None
        yield


def kept_sign_in(path: Path, name: str) -> KeptPassword:
    """The password of somebody whom this laptop let in, beside the name, for people to read."""
    match kept(path).split():
        case [known, password] if known == name:
            return KeptPassword(password, fresh=False)
    password = secrets.token_urlsafe(9)
    write_private(path, f"{name} {password}\n")
    return KeptPassword(password, fresh=True)


def kept_word(path: Path) -> str:
    """A random word of 32 hexadecimal digits that stays the same from start to start."""
    word = kept(path).strip()
    if not WORD.fullmatch(word):
        word = secrets.token_hex(16)
        private_folder(path.parent)
        write_private(path, word)
    return word


def kept_ports(path: Path) -> tuple[int, int]:
    """Two ports for the broker, the same at each start as long as nobody else took them."""
    try:
        devices, fleet = json.loads(kept(path))
        if devices in PORTS and fleet in PORTS and devices != fleet and not listens(devices) and not listens(fleet):
            return devices, fleet
    except (ValueError, TypeError):
        pass  # not two ports
    ports = free_port(), free_port()
    write_private(path, json.dumps(ports))
    return ports


def keep_network(settings: Settings) -> None:
    """Where devices reach the broker of this office, for `motcua claims` beside it."""
    try:
        write_private(settings.data / NETWORK_FILE, json.dumps(devices_network(settings)))
    except NoNetwork as problem:
        log.error("claims cannot be made: %s", problem)


def kept_network(data: Path) -> dict[str, object] | None:
    """Where devices reach the broker of the office with this data folder, if it has ever run."""
    try:
        network = json.loads(kept(data / NETWORK_FILE))
    except ValueError:
        return None
    return network if isinstance(network, dict) else None


def kept(path: Path) -> str:
    """What stands in the file; nothing if it cannot be read."""
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
