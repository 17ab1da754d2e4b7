"""What `motcua release check` looks at: roots, signatures, images, manifests, and whether sources make these images."""

from collections.abc import Iterator
from dataclasses import dataclass

from tuf.api.metadata import Root

from fleet.commands.release_build import manifest_of
from fleet.commands.release_shown import fingerprint
from fleet.domain.images import Image
from fleet.domain.release_images import images_of
from fleet.domain.release_roles import RoleRefused, Trusted, first_root, next_root
from fleet.domain.signed_documents import SignedDocument
from fleet.laptop import romfs
from fleet.laptop.application_image import Built, compiled, manifest
from fleet.laptop.package import BOARDS
from fleet.laptop.slot_sizes import slot_bytes
from fleet.release_folder import RELEASE, ROOT, Bad, FolderRefused, ReleaseFolder

Wrong = (*Bad, romfs.NoImage)


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and whether it is as it must be."""

    what: str
    found: str
    good: bool = True


def roots_checked(here: ReleaseFolder, trust: SignedDocument | None) -> Iterator[tuple[Finding, Trusted | None]]:
    """Each root by the one before; the first by what was written down of it elsewhere."""
    before: Trusted | None = None
    for number in here.numbers(ROOT) or [1]:
        name = here.file(ROOT, number).name
        try:
            document = here.document(ROOT, number)
            if before is None and trust is not None and trust.signed != document.signed:
                raise RoleRefused(f"expected the root {fingerprint(trust)}, found {fingerprint(document)}")
            wire = document.wire()
            before = first_root(wire) if before is None else next_root(before, wire)
        except Wrong as problem:
            yield Finding(name, str(problem), False), None
            return
        yield Finding(name, f"fingerprint {fingerprint(document)}"), before


def release_checked(here: ReleaseFolder, number: int, chain: list[Trusted], last: bool) -> Iterator[Finding]:
    """One release: who signed it, and all that it names."""
    name = here.file(RELEASE, number).name
    try:
        release = here.release(number)
        images = images_of(release)
        root: Root = here.signed_release(number, chain[-1:] if last else chain)
    except Wrong as problem:
        yield Finding(name, str(problem), False)
        return
    yield Finding(name, f"signed, by root {root.version}; {fingerprint(here.document(RELEASE, number))}")
    built = []
    for image in images:
        try:
            built.append(Built(image, here.image(image)))
            yield Finding(image.path, contents(built[-1]))
        except Wrong as problem:
            yield Finding(image.path, str(problem), False)
    if len(built) == len(images):
        yield manifest_checked(here, number, built)


def contents(built: Built) -> str:
    """How many files are in an image that fits its board. Raises RoleRefused, romfs.NoImage."""
    files, room = romfs.files(built.data), slot_bytes(built.image.board) if built.image.board in BOARDS else None
    if room is not None and built.image.length > room:
        raise RoleRefused(f"{built.image.path}: expected {room} bytes at most, found {built.image.length}")
    return f"{built.image.length:,} bytes, {len(files)} files, as the release says"


def manifest_checked(here: ReleaseFolder, number: int, built: list[Built]) -> Finding:
    """Whether what people read is what is in the images."""
    name = f"{number}.manifest.json"
    try:
        found = here.manifest(number)
    except FolderRefused as problem:
        return Finding(name, str(problem), False)
    expected = manifest_of(number, built)["images"]
    same = isinstance(found, dict) and found.get("images") == expected and found.get("sequence") == number
    said = "says what is in the images" if same else "expected what is in the images, found something else"
    return Finding(name, said, same)


def rebuilt(image: Image, data: bytes) -> Finding:
    """Whether the sources that lie here make this very image. Raises PackageError, FirmwareError."""
    fresh = compiled(image.board)
    if fresh == data:
        return Finding(image.path, "built again from these sources: the same bytes")
    ours, theirs = manifest(fresh), manifest(data)
    names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    return Finding(image.path, f"built again from these sources: others in {', '.join(names[:5])}", False)
