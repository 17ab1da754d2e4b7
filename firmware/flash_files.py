"""Small files on flash that are the old or the new one, wherever the power went: written beside, then renamed."""

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BESIDE = ".new"


def read_json(path: str) -> "Any":
    """What the file says; None if it is absent or can not be read."""
    try:
        with open(path, "rb") as f:
            return json.loads(f.read())
    except (OSError, ValueError):
        return None


def write_json(path: str, data: "Any") -> None:
    """Keep this; durable when the call returns."""
    replace(path, json.dumps(data).encode())


def replace(path: str, data: bytes) -> None:
    """Put these bytes in the file's place."""
    with open(path + BESIDE, "wb") as f:
        f.write(data)
    os.rename(path + BESIDE, path)


def remove(path: str) -> None:
    """Take the file away, if it is there."""
    try:
        os.remove(path)
    except OSError:
        pass


def make_folder(path: str) -> None:
    """Make the folder, if it is not there."""
    try:
        os.mkdir(path)
    except OSError:
        pass
