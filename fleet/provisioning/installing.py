"""The firmware goes onto a board: only what differs, each file whole or not at all, and its start last.

`main.py` is taken away before anything else changes and written when all else is there, so a board whose cable was
pulled runs the whole firmware or none; the next time goes on where this one stopped.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from fleet.provisioning.board_scripts import LIST, ON_BOARD, RESET
from fleet.provisioning.probing import InstallError
from fleet.provisioning.raw_repl import RawRepl, ScriptFailed

START = "main.py"
TRUST = "trust"
# The root of releases: the firmware takes it in as it begins, once, and the file is gone.
PIECE_BYTES = 1024
# In one script, in base64: it is compiled in the board's RAM beside the bytes themselves.


@dataclass(frozen=True)
class Installed:
    """How many files were written, were there already, and were taken away."""

    written: int
    kept: int
    removed: int


def there_now(repl: RawRepl) -> dict[str, str]:
    """What lies on the board of ours, each file with the hash of what can be read back. Raises ReplError, PortError."""
    repl.run(ON_BOARD)
    printed = repl.run(LIST)
    rows = (line.strip().rpartition(" ") for line in printed.decode("utf-8", "replace").splitlines())
    return {path: digest for path, _, digest in rows}


def differs(repl: RawRepl, files: Mapping[str, bytes]) -> bool:
    """Whether anything of ours on the board is not as it is in these files. Raises ReplError, PortError."""
    return there_now(repl) != {path: digest_of(content) for path, content in files.items()}


def take_away_start(repl: RawRepl) -> None:
    """From now on the board starts nothing."""
    repl.run("import os\nos.remove(os.getcwd().rstrip('/') + '/main.py')\n")


def install(
    repl: RawRepl,
    files: Mapping[str, bytes],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Installed:
    """Make the board's files those of the package; progress is told in bytes. Raises InstallError, PortError."""
    there = there_now(repl)
    wanted = {path: digest_of(content) for path, content in files.items()}
    if there == wanted:
        return Installed(0, len(files), 0)
    to_write = [path for path in sorted(files) if path != START and there.get(path) != wanted[path]]
    strangers = sorted(path for path in there if path not in files)
    if START in there:
        take_away_start(repl)
    to_write.append(START)
    path = START
    try:
        for path in strangers:
            repl.run(f"os.remove(_top + {path!r})\n")
        done, of = 0, sum(len(files[path]) for path in to_write)
        for path in to_write:
            for script, size in pieces(path, files[path]):
                repl.run(script)
                done += size
                progress(done, of)
    except ScriptFailed as err:
        raise InstallError(meaning(err.error, path)) from None
    return Installed(len(to_write), len(files) - len(to_write), len(strangers))


def bring(repl: RawRepl, path: str, content: bytes) -> None:
    """One more file, which the firmware takes in as it begins. Raises InstallError, PortError."""
    try:
        repl.run(ON_BOARD)
        for script, _ in pieces(path, content):
            repl.run(script)
    except ScriptFailed as err:
        raise InstallError(meaning(err.error, path)) from None


def restart(repl: RawRepl) -> None:
    """The board begins anew, with an empty heap; its port may go and come back. Raises ReplError, PortError."""
    repl.leave(RESET)


def pieces(path: str, content: bytes) -> Iterator[tuple[str, int]]:
    """The scripts that write a file, and how many of its bytes each of them brings."""
    starts = range(0, max(1, len(content)), PIECE_BYTES)
    for start in starts:
        piece = content[start : start + PIECE_BYTES]
        last = digest_of(content) if start == starts[-1] else ""
        yield f"_take({path!r},{start == 0},{last!r},{base64.b64encode(piece).decode()!r})\n", len(piece)


def digest_of(content: bytes) -> str:
    """As the board says it."""
    return hashlib.sha256(content).hexdigest()


def meaning(error: str, path: str) -> str:
    """What the board's error means for whoever stands before it."""
    if "ENOSPC" in error or error.endswith(": 28"):
        return f"{path}: no room on the board's flash; somebody else's files are on it, or it is another type of board"
    if "EROFS" in error or "EIO" in error:
        return f"{path}: the board's flash cannot be written ({error})"
    return f"{path}: {error}"
