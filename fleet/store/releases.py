"""Releases of the firmware: roots of trust, what was published, and images by their hash."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.store import rows
from fleet.store.rows import every, one, portions, run, sql

ROOT_VERSIONS = sql("SELECT version FROM release_roots")
SEQUENCES = sql("SELECT sequence FROM releases")
ADD_ROOT = sql("INSERT INTO release_roots (version, document) VALUES (:version, :document)")
ROOTS = sql("SELECT document FROM release_roots ORDER BY version")
ROOT = sql("SELECT document FROM release_roots WHERE version = :version")
COLUMNS = 'sequence, version_text, document, made_ms, "by", note, holds_ms'
ADD = sql(f"""
    INSERT INTO releases ({COLUMNS})
    VALUES (:sequence, :version_text, :document, :made_ms, :by, :note, NULL)""")  # noqa: S608 (our own constant)
ALL = sql(f"SELECT {COLUMNS} FROM releases ORDER BY sequence DESC")  # noqa: S608
GET = sql(f"SELECT {COLUMNS} FROM releases WHERE sequence = :sequence")  # noqa: S608
HOLDING = sql(f"SELECT {COLUMNS} FROM releases WHERE holds_ms IS NOT NULL ORDER BY sequence DESC LIMIT :most")  # noqa: S608
SEQUENCES_FOR_ALL = sql("SELECT sequence FROM releases WHERE holds_ms IS NOT NULL")
LAST = sql("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM releases")
SET_HOLDS = sql("UPDATE releases SET holds_ms = :now_ms WHERE sequence = :sequence AND holds_ms IS NULL")
ADD_IMAGE = sql("""
    INSERT INTO release_images (sha256, board, length, data) VALUES (:sha256, :board, :length, :data)
    ON CONFLICT DO NOTHING""")
IMAGE = sql("SELECT data FROM release_images WHERE sha256 = :sha256")
IMAGES = sql("SELECT sha256, board, length FROM release_images ORDER BY sha256")
ADD_RETURN = sql("""
    INSERT INTO release_returns (device, sequence, at_ms) VALUES (:device, :sequence, :at_ms)
    ON CONFLICT (device, sequence) DO UPDATE SET at_ms = excluded.at_ms""")
RETURNS = sql("SELECT sequence, at_ms FROM release_returns WHERE device = :device")
FELL_WITH = sql("SELECT device FROM release_returns WHERE sequence = :sequence")
FORGET_IMAGES = sql("DELETE FROM release_images WHERE sha256 IN :hashes").bindparams(
    bindparam("hashes", expanding=True)
)


@dataclass(frozen=True)
class ReleaseRow:
    """A release as it is kept. `document` as devices get it; `holds_ms`: since when it is for everybody."""

    sequence: int
    version_text: str
    document: bytes
    made_ms: int
    by: str
    note: str
    holds_ms: int | None = None


@dataclass(frozen=True)
class ImageRow:
    """An image that is here, without its bytes."""

    sha256: str
    board: str
    length: int


def add_root(connection: Connection, version: int, document: bytes) -> None:
    """Keep the next root."""
    run(connection, ADD_ROOT, version=version, document=document)


def roots(connection: Connection) -> list[bytes]:
    """The documents of all roots, from the first on."""
    return [bytes(row.document) for row in every(connection, ROOTS)]


def root(connection: Connection, version: int) -> bytes | None:
    """The document of one root."""
    row = one(connection, ROOT, version=version)
    return None if row is None else bytes(row.document)


def root_versions(connection: Connection) -> list[int]:
    """The versions of all roots."""
    return [row.version for row in every(connection, ROOT_VERSIONS)]


def sequences(connection: Connection) -> list[int]:
    """The sequences of all releases."""
    return [row.sequence for row in every(connection, SEQUENCES)]


def add(connection: Connection, row: ReleaseRow) -> None:
    """Keep a new release; it is for nobody yet."""
    run(connection, ADD, **vars(row))


def releases(connection: Connection) -> list[ReleaseRow]:
    """All releases, the last first."""
    return [as_release(row) for row in every(connection, ALL)]


def release(connection: Connection, sequence: int) -> ReleaseRow | None:
    """One release."""
    row = one(connection, GET, sequence=sequence)
    return None if row is None else as_release(row)


def holding(connection: Connection, most: int) -> list[ReleaseRow]:
    """The last that are for every device of their boards, the newest first."""
    return [as_release(row) for row in every(connection, HOLDING, most=most)]


def sequences_for_all(connection: Connection) -> set[int]:
    """The sequences of all that are, or were, for every device of their boards."""
    return {row.sequence for row in every(connection, SEQUENCES_FOR_ALL)}


def last_sequence(connection: Connection) -> int:
    """The highest sequence that was published; 0: none."""
    row = one(connection, LAST)
    return 0 if row is None else int(row.sequence)


def holds(connection: Connection, sequence: int, now_ms: int) -> None:
    """From now on this release is for everybody whom it fits."""
    run(connection, SET_HOLDS, sequence=sequence, now_ms=now_ms)


def has_returned(connection: Connection, device: str, sequence: int, at_ms: int) -> None:
    """This device could not live with this release."""
    run(connection, ADD_RETURN, device=device, sequence=sequence, at_ms=at_ms)


def returns(connection: Connection, device: str) -> dict[int, int]:
    """The releases with which a device could not live, and when it last went back from each."""
    return {row.sequence: row.at_ms for row in every(connection, RETURNS, device=device)}


def fell_with(connection: Connection, sequence: int) -> frozenset[str]:
    """The devices that could not live with this release."""
    return frozenset(row.device for row in every(connection, FELL_WITH, sequence=sequence))


def add_image(connection: Connection, sha256: str, board: str, data: bytes) -> None:
    """Keep an image; it may be here already."""
    run(connection, ADD_IMAGE, sha256=sha256, board=board, length=len(data), data=data)


def image(connection: Connection, sha256: str) -> bytes | None:
    """The bytes of an image; None: it is not here, or not here any more."""
    row = one(connection, IMAGE, sha256=sha256)
    return None if row is None else bytes(row.data)


def images(connection: Connection) -> list[ImageRow]:
    """The images that are here."""
    return [ImageRow(*row) for row in every(connection, IMAGES)]


def forget_images(connection: Connection, hashes: Collection[str]) -> int:
    """These images go; how many there were."""
    return sum(rows.run(connection, FORGET_IMAGES, hashes=some) for some in portions(hashes))


def as_release(row: object) -> ReleaseRow:
    """A row of COLUMNS as a value; PostgreSQL's driver gives bytes of its own kind."""
    sequence, version_text, document, *rest = list(row)  # type: ignore[call-overload]
    return ReleaseRow(sequence, version_text, bytes(document), *rest)
