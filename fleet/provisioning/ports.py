"""The serial ports of this computer: which of them may be boards, and where a board is that changes its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from serial.tools import list_ports

from fleet.provisioning.boards_known import ANY, KINDS, Kind


class PortError(Exception):
    """A port cannot be used; the text says why, and what to do."""


class PortBusy(PortError):
    """Another program holds it."""


class PortGone(PortError):
    """The board is no longer there: unplugged, or on its way through a reset."""


class PortStalled(PortError):
    """The board takes no more bytes."""


class Listed(Protocol):
    """What the system says of a port."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None
    location: str | None


@dataclass(frozen=True)
class Port:
    """A port; `key` is what stays the same when the board comes back under another path."""

    path: str
    key: str
    kind: Kind = ANY


def ports_now() -> list[Port]:
    """The ports of boards that are known by their USB, in the order of their places."""
    return known(list_ports.comports())


def known(listed: Iterable[Listed]) -> list[Port]:
    """Those among them that may be a board of ours."""
    found = []
    for one in listed:
        if one.vid is not None and one.pid is not None and (one.vid, one.pid) in KINDS:
            # Cheap bridges have no number of their own; then the place where it is plugged in tells them apart.
            own = one.serial_number or f"at {one.location or one.device}"
            found.append(Port(one.device, f"{one.vid:04x}:{one.pid:04x}:{own}", KINDS[one.vid, one.pid]))
    return sorted(found, key=lambda port: port.path)


def named(path: str) -> Port:
    """A port that a person named; known by its USB if the system lists it, by its path if not."""
    real = str(Path(path).resolve())
    listed = next((port for port in ports_now() if port.path in (path, real)), None)
    return listed or Port(path, path)


def place_of(port: Port) -> str | None:
    """Where this board is now; None while it is away."""
    if port.key == port.path:
        return port.path if Path(port.path).exists() else None
    return next((one.path for one in ports_now() if one.key == port.key), None)
