"""Files that we alone may read, and folders of them; a file is there whole or not at all.

A folder that gives its group to its files (the setgid bit) is shared on purpose: that group may read, too.
"""

import os
import stat
from pathlib import Path

ANEW_ABOVE_BYTES = 1 << 20


def private_folder(path: Path) -> None:
    """Make the folder, if there is none yet, for us alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write the file beside its place and move it there: who reads it, even after a power cut, finds all or nothing."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    mode = 0o640 if path.parent.stat().st_mode & stat.S_ISGID else 0o600
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        os.fchmod(file.fileno(), mode)  # whatever the umask takes away
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def start_anew(log: Path) -> None:
    """Remove a log that has grown large; whoever writes next begins a new one."""
    if log.exists() and log.stat().st_size > ANEW_ABOVE_BYTES:
        log.unlink()
