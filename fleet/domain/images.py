"""An image of the firmware: for one board and one bytecode, known by its length and its hash."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

SHA256 = re.compile(r"[0-9a-f]{64}")
BOARD = re.compile(r"[a-z0-9_]{1,32}")
ABI = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
FIRMWARE = re.compile(r"[0-9A-Za-z.+-]{1,32}")


@dataclass(frozen=True)
class Image:
    """One image. `mpy`: the ABI of its bytecode. `minimum`: the least sequence that a device must run before."""

    board: str
    mpy: str
    firmware: str
    length: int
    sha256: str
    minimum: int = 0

    @property
    def path(self) -> str:
        """Its name in the release, and that of its file."""
        return f"{self.board}-{self.sha256[:16]}.rom"


def image_of(board: str, mpy: str, firmware: str, data: bytes, minimum: int = 0) -> Image:
    """What is to be said about these bytes."""
    return Image(board, mpy, firmware, len(data), hashlib.sha256(data).hexdigest(), minimum)


def image_for(images: Iterable[Image], board: str, mpy: str) -> Image | None:
    """The image that this kind of device runs; None where the release has none for it."""
    return next((image for image in images if (image.board, image.mpy) == (board, mpy)), None)
