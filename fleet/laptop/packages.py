"""Packages by board and roles, each built once in a process, whoever asks first."""

import threading
from collections.abc import Mapping

from fleet.laptop.package import build


class Packages:
    """What was built so far."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._built: dict[tuple[str, tuple[str, ...]], Mapping[str, bytes]] = {}

    def files(self, board: str, roles: tuple[str, ...]) -> Mapping[str, bytes]:
        """The files of this board with these roles. Raises PackageError, FirmwareError."""
        wanted = (board, tuple(sorted(roles)))
        with self._lock:
            if wanted not in self._built:
                self._built[wanted] = build(board, list(roles)).files
            return self._built[wanted]
