"""The firmware is compiled once for all tests of a run: whoever starts boards finds it beside them."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from fleet.laptop import firmware_tree

FOLDER = "MOTCUA_TESTS_FIRMWARE"


def begin() -> None:
    """Before the workers of a run start, which find the same folder."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="motcua-firmware-")


def end() -> None:
    """After them."""
    shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def compiled_beside(boards: Path) -> None:
    """Boards of this directory run what others have compiled, unless a source has changed since."""
    if FOLDER in os.environ and not (boards / "firmware").exists():
        boards.mkdir(parents=True, exist_ok=True)
        (boards / "firmware").symlink_to(os.environ[FOLDER], target_is_directory=True)


def compiled() -> Path:
    """What all tests of this run have compiled once; who asks meanwhile waits for it."""
    folder = Path(os.environ[FOLDER])
    with (folder / "compiling").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        return firmware_tree.build(folder)
