"""What a release says about its images: one for each board and bytecode, each known by its length and its hash."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tuf.api.metadata import TargetFile, Targets

from fleet.domain.release_roles import RoleRefused

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

    def target(self) -> TargetFile:
        """As a release says it."""
        custom = {"board": self.board, "mpy": self.mpy, "firmware": self.firmware, "minimum": self.minimum}
        return TargetFile(self.length, {"sha256": self.sha256}, self.path, {"custom": custom})

    def check(self, data: bytes) -> None:
        """Raises RoleRefused unless these bytes are the image."""
        found = len(data), hashlib.sha256(data).hexdigest()
        if found != (self.length, self.sha256):
            expected = f"{self.length} bytes with the hash {self.sha256[:16]}"
            raise RoleRefused(f"{self.path}: expected {expected}, found {found[0]} with {found[1][:16]}")


def image_of(board: str, mpy: str, firmware: str, data: bytes, minimum: int = 0) -> Image:
    """What is to be said about these bytes."""
    return Image(board, mpy, firmware, len(data), hashlib.sha256(data).hexdigest(), minimum)


def images_of(release: Targets) -> list[Image]:
    """The images of a release. Raises RoleRefused."""
    images = [read_target(path, target) for path, target in sorted(release.targets.items())]
    kinds = [(image.board, image.mpy) for image in images]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise RoleRefused(f"release: expected one image for {kind[0]} with bytecode {kind[1]}, found several")
    if not images:
        raise RoleRefused("release: expected an image, found none")
    if release.delegations is not None:
        raise RoleRefused("release: expected no delegations, found some")
    return images


def read_target(path: str, target: TargetFile) -> Image:
    """What a release says about one image. Raises RoleRefused."""
    custom: Any = target.custom if isinstance(target.custom, dict) else {}
    fields: list[Any] = [custom.get(name) for name in ("board", "mpy", "firmware", "minimum")]
    sha256: Any = target.hashes.get("sha256")
    for value, form in zip((*fields[:3], sha256), (BOARD, ABI, FIRMWARE, SHA256), strict=True):
        if not isinstance(value, str) or not form.fullmatch(value):
            raise RoleRefused(f"{path}: expected {form.pattern}, found {value!r}")
    if type(fields[3]) is not int or fields[3] < 0:
        raise RoleRefused(f"{path}: expected the least sequence before it, found {fields[3]!r}")
    image = Image(fields[0], fields[1], fields[2], target.length, sha256, fields[3])
    if image.path != path:
        raise RoleRefused(f"{path}: expected the name {image.path}, found another one")
    return image


def image_for(images: Iterable[Image], board: str, mpy: str) -> Image | None:
    """The image that this kind of device runs; None where the release has none for it."""
    return next((image for image in images if (image.board, image.mpy) == (board, mpy)), None)
