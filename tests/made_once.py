"""What many tests begin with is made once in a run, by whichever worker asks first; the others find it."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.postgresql import make_folder

FOLDER = "MOTCUA_TESTS_MADE"
NAME = "motcua-made-"


def begin() -> None:
    """Before the workers of a run start, which find the same folder. What runs left that were killed goes."""
    os.environ[FOLDER] = str(make_folder(None, NAME))


def end() -> None:
    """After them."""
    shutil.rmtree(os.environ.pop(FOLDER, ""), ignore_errors=True)


def in_a_run() -> bool:
    """Whether there is one: benches have none."""
    return FOLDER in os.environ


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, which `make` fills where nobody has; nobody writes there later.

    Who asks meanwhile waits; what a maker that failed left half done is made anew.
    """
    folder = Path(os.environ[FOLDER]) / name
    with folder.with_suffix(".making").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(folder)
    return folder
