"""Releases of the firmware: the roots by which they are trusted, what was published, and the images of boards."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from fleet.store.tables import ms


class ReleaseRoot(SQLModel, table=True):
    """A root of trust, for ever: its document as devices get it."""

    __tablename__ = "release_roots"

    version: int = Field(primary_key=True)
    document: bytes


class FirmwareRelease(SQLModel, table=True):
    """A release, for ever: its document as devices get it. `sequence` only grows, `version_text` is for people.

    `holds_ms`: since when it is for every device of its boards, those that come later among them; None: it is not.
    """

    __tablename__ = "releases"

    sequence: int = Field(primary_key=True)
    version_text: str = Field(max_length=32)
    document: bytes
    made_ms: int = ms()
    by: str = ""
    note: str = ""
    holds_ms: int | None = ms(default=None)


class ReleaseReturn(SQLModel, table=True):
    """A device went back from this release by itself, `at_ms` for the last time."""

    __tablename__ = "release_returns"

    device: str = Field(foreign_key="devices.id", primary_key=True, max_length=32)
    sequence: int = Field(primary_key=True, sa_type=BigInteger, index=True)
    at_ms: int = ms()


class ReleaseImage(SQLModel, table=True):
    """The image of a board, by the SHA-256 of its bytes. It goes when no release that matters needs it any more."""

    __tablename__ = "release_images"

    sha256: str = Field(primary_key=True, max_length=64)
    board: str = Field(max_length=32)
    length: int
    data: bytes
