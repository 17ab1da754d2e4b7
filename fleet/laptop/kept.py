"""What a laptop keeps in its data folder from one start to the next."""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.laptop.broker import free_port, listens


class AlreadyRunning(RuntimeError):
    """Another `motcua run` uses this data folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"another motcua run uses the data folder {data}; stop it, or choose another with --data")


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this process. Raises AlreadyRunning."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(data) from None
        yield


def kept_sign_in(path: Path, name: str) -> tuple[str, str]:
    """The name and password of this laptop's administrator, made at the first start and readable by us alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{name} {secrets.token_urlsafe(9)}\n")
    name, password = path.read_text().split()
    return name, password


def kept_word(path: Path) -> str:
    """A random word that stays the same from start to start."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text().strip()


def kept_ports(path: Path) -> tuple[int, int]:
    """Two ports for the broker, the same at each start as long as nobody else took them."""
    if path.exists():
        devices, fleet = json.loads(path.read_text())
        if not listens(devices) and not listens(fleet):
            return devices, fleet
    ports = free_port(), free_port()
    path.write_text(json.dumps(ports))
    return ports
