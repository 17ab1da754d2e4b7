"""RP2 boards in their boot mode: a small drive with INFO_UF2.TXT, onto which a program is copied as a file."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fleet.provisioning.ports import PortError
from fleet.provisioning.untrusted import shown

INFO = "INFO_UF2.TXT"
INFO_BYTES = 2048
UF2_MAGIC = b"UF2\n\x57\x51\x5d\x9e"
BLOCK_BYTES = 512
FAMILY_AT = 28
FAMILIES = {0xE48BFF56: "RPI-RP2", 0xE48BFF59: "RP2350", 0xE48BFF57: "", 0xE48BFF5A: "", 0xE48BFF5B: ""}
# What an image is for, by the Board-ID of the drives that take it; images of data go anywhere.


@dataclass(frozen=True)
class BootDrive:
    """A drive of a board that waits for a program. `board` is its Board-ID, such as RPI-RP2."""

    path: Path
    board: str

    @property
    def key(self) -> str:
        """What tells it from others."""
        return f"{self.path} {self.board}"


def places() -> list[Path]:
    """Where this computer's users find the drives that they plug in."""
    user = os.environ.get("USER", "")
    folders = [Path("/media") / user, Path("/run/media") / user, Path("/media"), Path("/Volumes")]
    return [place for folder in folders if folder.is_dir() for place in sorted(folder.iterdir())]


def boot_drives(among: Iterable[Path]) -> list[BootDrive]:
    """The drives of boards among these folders."""
    found = []
    for place in among:
        try:
            text = (place / INFO).read_bytes()[:INFO_BYTES].decode("utf-8", "replace")
        except OSError:
            continue
        said = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        found.append(BootDrive(place, shown(said.get("Board-ID", "an unknown board"), 40)))
    return found


def copy_image(image: Path, drive: BootDrive) -> None:
    """Copy a program onto the drive; the board leaves its boot mode by itself. Raises PortError."""
    with image.open("rb") as file:
        head = file.read(BLOCK_BYTES)
    if not head.startswith(UF2_MAGIC):
        raise PortError(f"{image}: expected a UF2 image for {drive.board}, found something else")
    family = int.from_bytes(head[FAMILY_AT : FAMILY_AT + 4], "little")
    meant = FAMILIES.get(family)
    if meant and meant != drive.board:
        raise PortError(f"{image}: the image is for {meant}, and the board is {drive.board}")
    target = drive.path / image.name
    try:
        with image.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as err:
        # The board restarts with the last block, and its drive may be gone before the file is closed.
        if drive.path.exists() and target.exists():
            raise PortError(f"{drive.path}: {(err.strerror or str(err)).lower()}") from None
