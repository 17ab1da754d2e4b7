"""motcua release build: images of the firmware, and the release that names them, ready to be signed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.progress import Progress

from fleet.commands.release_root import Folder, Refusals
from fleet.commands.release_shown import fingerprint, release_shown
from fleet.commands.shared import Refused, err, out, say
from fleet.domain.images import Image
from fleet.domain.release_drafts import release_draft
from fleet.domain.release_images import images_of, target_of
from fleet.domain.signed_documents import SignedDocument, of_metadata
from fleet.laptop.application_image import Built, manifest
from fleet.laptop.application_image import build as build_image
from fleet.laptop.firmware_tree import FirmwareError
from fleet.laptop.package import BOARDS, PackageError, compiler_versions
from fleet.laptop.slot_sizes import slot_bytes
from fleet.release_folder import RELEASE, FolderRefused, ReleaseFolder


def build(
    folder: Folder,
    board: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(BOARDS)}; several times; none: each that has slots.")
    ] = None,
    minimum: Annotated[int, typer.Option(min=0, help="Only for devices that run this sequence or a later one.")] = 0,
    sequence: Annotated[int | None, typer.Option(min=1, help="Its sequence; none: the one after the last.")] = None,
    again: Annotated[
        int | None, typer.Option(help="Release the images of this older sequence once more: the way back.")
    ] = None,
) -> None:
    """Build images from these sources, and a release of them that is to be signed."""
    here = ReleaseFolder(folder)
    with refusing():
        here.chain()
        number = next_sequence(here, sequence)
        if again is None:
            built = images_built(board or [one for one in BOARDS if slot_bytes(one) is not None], minimum)
        else:
            built = images_again(here, again, number, board, minimum)
        draft = drafted(here, number, built)
        path = here.keep(RELEASE, draft, number)
    out.print(release_shown(here.release(number), ()))
    say(f"{path}: to be signed; fingerprint {fingerprint(draft)}")


def drafted(here: ReleaseFolder, number: int, built: Sequence[Built]) -> SignedDocument:
    """The release of these images, which lie in the folder then, with what people read. Raises RoleRefused."""
    draft = of_metadata(release_draft(number, [one.image for one in built]))
    for one in built:
        here.keep_image(one.image, one.data)
    here.keep_manifest(number, manifest_of(number, built))
    return draft


def next_sequence(here: ReleaseFolder, wanted: int | None) -> int:
    """The sequence of a new release; it only grows. Raises FolderRefused."""
    numbers = here.numbers(RELEASE)
    last = numbers[-1] if numbers else 0
    if last and not here.document(RELEASE, last).signatures:
        raise FolderRefused(f"{here.file(RELEASE, last)}: nobody has signed it; sign it first, or delete it")
    if wanted is not None and wanted <= last:
        raise FolderRefused(f"sequence: expected one after {last}, which is the last, found {wanted}")
    return last + 1 if wanted is None else wanted


def images_built(boards: Sequence[str], minimum: int) -> list[Built]:
    """An image for each of these boards. Raises PackageError, FirmwareError."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        tasks = {board: progress.add_task(board, total=None) for board in boards}
        return [
            build_image(
                board,
                minimum,
                lambda done, of, task=task: progress.update(task, completed=done, total=of),  # type: ignore[misc]
            )
            for board, task in tasks.items()
        ]


def images_again(here: ReleaseFolder, older: int, number: int, board: list[str] | None, minimum: int) -> list[Built]:
    """The images of an older release, unchanged. Raises one of Refusals."""
    if board or minimum:
        raise FolderRefused("again: expected the images as they were, found --board or --minimum")
    if older >= number:
        raise FolderRefused(f"again: expected a sequence before {number}, found {older}")
    here.signed_release(older, here.chain())
    return [Built(image, here.image(image)) for image in images_of(here.release(older))]


def manifest_of(sequence: int, built: Sequence[Built]) -> dict[str, Any]:
    """What is in the images of a release, for people."""
    compiler, _ = compiler_versions()
    images = {one.image.path: {**said_of(one.image), "files": manifest(one.data)} for one in built}
    return {"sequence": sequence, "mpy_cross": compiler, "images": images}


def said_of(image: Image) -> dict[str, Any]:
    """What a release says of it."""
    return {"bytes": image.length, "sha256": image.sha256, **target_of(image).custom}


@contextmanager
def refusing() -> Iterator[None]:
    """Somebody builds or checks. Raises Refused."""
    try:
        yield
    except (*Refusals, PackageError, FirmwareError) as problem:
        raise Refused(str(problem)) from None
