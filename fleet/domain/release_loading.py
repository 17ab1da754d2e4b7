"""How much of a release is at a device, by its last health: a stranger's word, looked at before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Loading:
    """A release on its way to a device: so many bytes of all are there."""

    sequence: int
    done: int
    size: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.done / self.size


def loading_of(health: Mapping[str, Any] | None) -> Loading | None:
    """What a health says of it; None where nothing is on its way, or nobody could understand it."""
    said = (health or {}).get("update")
    if not isinstance(said, dict):
        return None
    sequence, done, size = (said.get(name) for name in ("sequence", "done", "size"))
    if type(sequence) is int and type(done) is int and type(size) is int and sequence > 0 and 0 <= done <= size > 0:
        return Loading(sequence, done, size)
    return None
