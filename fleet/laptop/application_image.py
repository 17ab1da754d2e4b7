"""An application image: one read-only file system with the compiled firmware of a board, which runs where it lies.

The same sources give the same bytes, wherever and whenever they are built, so anybody can build it again and compare
before he signs. All roles are in it, and the letters of tickets: a device's roles are its configuration.
"""

import ast
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.domain.images import Image, image_of
from fleet.laptop import romfs, ticket_font
from fleet.laptop.firmware_tree import ROOT, compile_one
from fleet.laptop.needed import needed, roles
from fleet.laptop.package import BOARDS, PackageError, compiler_versions, fingerprint
from fleet.laptop.slot_sizes import slot_bytes

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Built:
    """An image that was built, and what a release says about it."""

    image: Image
    data: bytes


def nobody(done: int, of: int) -> None:
    """Nobody wants to know how far it is."""


def build(board: str, minimum: int = 0, progress: Progress = nobody) -> Built:
    """Compile the application of this board. Raises PackageError, FirmwareError."""
    if board not in BOARDS:
        raise PackageError(f"board: expected one of {', '.join(BOARDS)}, found {board!r}")
    data = compiled(board, progress)
    room = slot_bytes(board)
    if room is not None and len(data) > room:
        raise PackageError(f"{board}: expected an image of {room} bytes at most, found {len(data)}")
    _, abi = compiler_versions()
    return Built(image_of(board, abi, firmware_version(), data, minimum), data)


def compiled(board: str, progress: Progress = nobody) -> bytes:
    """The image's bytes."""
    modules = [f"firmware.hardware.{BOARDS[board].family}", "firmware.main"]
    sources = needed(modules, frozenset((*roles(), board)))
    with tempfile.TemporaryDirectory() as folder:
        for done, source in enumerate(sources):
            progress(done, len(sources))
            compile_one(source, Path(folder, source.relative_to(ROOT).with_suffix(".mpy")))
        letters = Path(folder, ticket_font.FILE)
        letters.parent.mkdir(parents=True, exist_ok=True)
        letters.write_bytes(ticket_font.font_file())
        progress(len(sources), len(sources))
        return romfs.image(Path(folder))


def firmware_version() -> str:
    """What a device that runs these sources says in its hello."""
    for one in ast.parse((ROOT / "firmware" / "__init__.py").read_text("utf-8")).body:
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "VERSION":
            return str(ast.literal_eval(one.value))
    raise PackageError("firmware: expected VERSION in its first file, found none")


def manifest(data: bytes) -> dict[str, Any]:
    """What is in an image, file by file. Raises romfs.NoImage."""
    return {name: fingerprint(content) for name, content in sorted(romfs.files(data).items())}
