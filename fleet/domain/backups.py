"""A backup: one file that tells what it holds. It knows no kind of database: rows are values, table by table.

Beside its tables it has a manifest: the schema they are of, when they were read, and of each table how many rows there
are and their SHA-256. What is not in it is named there, too, so that nobody looks for it after a fire.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
LEFT_OUT = ("alembic_version", "schema_reach", "day_keys", "halfway", "sessions")
# The schema stands in the manifest, and its migrations say how far it reaches. Day keys are in no backup, wherever an
# older schema had them. Who signed out, or was signed out, must not be signed in again by a restore, nor half-way.
NOT_IN_IT = (
    "day keys: never keep a copy; the fleet makes new ones",
    "fleet-key: keep a copy of that file where no backup lies; without it no device with a key is welcomed",
    "passwords of the fleet at the broker and at the mail server, keys of releases: keep them in a safe",
    "sessions: after a restore everybody signs in again",
    "files: recorded voices, the broker's files, certificates",
)


class BadBackup(ValueError):
    """This file is no whole backup, or not one that this program can restore."""


@dataclass(frozen=True)
class SavedTable:
    """One table: its key, by which its rows are ordered; the kind of each column; how many rows, and their hash."""

    name: str
    key: tuple[str, ...]
    columns: dict[str, str]
    rows: int
    sha256: str

    @property
    def place(self) -> str:
        """Where its rows are in the file: a JSON list a line."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: of which schema, by which program, and the state of which moment."""

    schema: str
    program: str
    database: str
    made_ms: int
    generations: dict[str, int]
    settings: dict[str, Any]
    tables: tuple[SavedTable, ...]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(one.rows for one in self.tables)


def manifest_text(manifest: Manifest) -> str:
    """The manifest as it stands in the file."""
    told = {"format": FORMAT, **asdict(manifest), "not_in_it": NOT_IN_IT}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read_manifest(text: str) -> Manifest:
    """The manifest again. Raises BadBackup."""
    try:
        told = json.loads(text)
        if told.pop("format") != FORMAT:
            raise BadBackup(f"expected a backup of format {FORMAT}, found one of a newer motcua; restore it with that")
        told.pop("not_in_it")
        return Manifest(**{**told, "tables": tuple(table_of(one) for one in told["tables"])})
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        if isinstance(problem, BadBackup):
            raise
        raise BadBackup("its manifest: expected that of a backup, found something else") from None


def table_of(told: dict[str, Any]) -> SavedTable:
    """A table as the manifest tells of it."""
    return SavedTable(**{**told, "key": tuple(told["key"])})


def check_schema(manifest: Manifest, newest: str) -> None:
    """Raises BadBackup where this program is older than the backup."""
    if manifest.schema > newest:
        raise BadBackup(
            f"expected a schema up to {newest}, found {manifest.schema} of motcua {manifest.program}; "
            "restore it with that program or a newer one"
        )


def check_rows(table: SavedTable, rows: int, sha256: str) -> None:
    """Raises BadBackup where these are not the rows that were saved."""
    if rows != table.rows:
        raise BadBackup(f"{table.name}: expected {table.rows} rows, found {rows}")
    if sha256 != table.sha256:
        raise BadBackup(f"{table.name}: expected rows whose SHA-256 is {table.sha256}, found {sha256}")
