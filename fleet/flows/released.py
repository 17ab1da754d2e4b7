"""Releases as they were published, read from what is kept: the images of each, and which one is for everybody."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from fleet.domain.images import Image
from fleet.domain.release_images import images_of
from fleet.domain.signed_documents import read
from fleet.store import releases
from fleet.store.releases import ReleaseRow

REMEMBERED = 64
KEPT = 5
# Images of so many releases are kept, the last ones, beside those that rollouts are about. An older one is released
# again with its images.


@dataclass(frozen=True)
class Released:
    """A release, and what it has for which board."""

    row: ReleaseRow
    images: tuple[Image, ...]

    @property
    def sequence(self) -> int:
        """Its place in the order of releases."""
        return self.row.sequence


def released(connection: Connection, sequence: int) -> Released | None:
    """One release."""
    row = releases.release(connection, sequence)
    return None if row is None else Released(row, images_in(row.document))


def all_released(connection: Connection) -> list[Released]:
    """All releases, the last first."""
    return [Released(row, images_in(row.document)) for row in releases.releases(connection)]


def for_everybody(connection: Connection) -> list[Released]:
    """Those that are for every device of their boards, the newest first: as many as have their images here."""
    return [Released(row, images_in(row.document)) for row in releases.holding(connection, KEPT)]


@lru_cache(REMEMBERED)
def images_in(document: bytes) -> tuple[Image, ...]:
    """The images that a document names; it was verified before it was kept."""
    return tuple(images_of(read(document).metadata().signed))
