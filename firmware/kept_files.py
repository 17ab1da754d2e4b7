"""What a board without a region keeps: a small file for each."""

from firmware.flash_files import read_json, remove, write_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class KeptFiles:
    """A file for each."""

    def __init__(self, root: str) -> None:
        self._root = root

    def get(self, name: str) -> "Any":
        """What was put last under this name; None if nothing is there, or nothing that can be read."""
        return read_json(self._path(name))

    def put(self, name: str, value: "Any") -> None:
        """Keep this; on flash when the call returns."""
        write_json(self._path(name), value)

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        remove(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}.json"
