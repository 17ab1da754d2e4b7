"""What a release says about its images: one for each board and bytecode."""

import hashlib
from typing import Any

from tuf.api.metadata import TargetFile, Targets

from fleet.domain.images import ABI, BOARD, FIRMWARE, SHA256, Image
from fleet.domain.release_roles import RoleRefused


def target_of(image: Image) -> TargetFile:
    """An image as a release says it."""
    custom = {"board": image.board, "mpy": image.mpy, "firmware": image.firmware, "minimum": image.minimum}
    return TargetFile(image.length, {"sha256": image.sha256}, image.path, {"custom": custom})


def check(image: Image, data: bytes) -> None:
    """Raises RoleRefused unless these bytes are the image."""
    found = len(data), hashlib.sha256(data).hexdigest()
    if found != (image.length, image.sha256):
        expected = f"{image.length} bytes with the hash {image.sha256[:16]}"
        raise RoleRefused(f"{image.path}: expected {expected}, found {found[0]} with {found[1][:16]}")


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
