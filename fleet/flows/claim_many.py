"""Many devices are to be enrolled: a file of them becomes claims, whole or not at all, and is looked at before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from fleet.domain.claim_rules import CLAIMS_AT_MOST, named, wrong_with
from fleet.domain.claim_table import WANTED, read_wanted, rows_of_example
from fleet.domain.claims import ClaimFile, Wanted
from fleet.domain.file_errors import BadFile, FileError, RowError
from fleet.domain.table import read_lines
from fleet.flows.claim import known_now, make_within
from fleet.flows.import_dossiers import FILE_NAME_AT_MOST, read_bytes
from fleet.flows.separated_text import as_text
from fleet.flows.spreadsheets import rows_of
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.dossiers import record_import

Lines = list[tuple[int, Wanted]]


@dataclass(frozen=True)
class Tried:
    """What a file asks for, before anything is made: each device under the name that it would have."""

    file: str
    wanted: tuple[Wanted, ...]


def claim_file(
    store: Store, path: Path, by: str, hours: float, now_ms: int, encoding: str | None = None
) -> list[ClaimFile]:
    """Make the claims that this CSV or XLSX file asks for, or raise BadFile and make none."""
    return claim_content(store, path.name, read_bytes(path), by, hours, now_ms, encoding)


def claim_content(
    store: Store,
    file: str,
    content: bytes,
    by: str,
    hours: float,
    now_ms: int,
    encoding: str | None = None,
    offices: Iterable[str] | None = None,
) -> list[ClaimFile]:
    """Make the claims that the content of a file asks for. `offices` are those at which `by` may act; None: all."""
    lines = read(content, encoding)
    with store.writing() as connection:
        try:
            files = make_within(connection, lines, by, hours, now_ms, offices)
        except BadFile as problem:
            raise in_words_of_the_table(problem) from None
        record_import(connection, file[:FILE_NAME_AT_MOST], by, len(files), len(files), 0, now_ms)
    return files


def try_content(
    store: Store,
    file: str,
    content: bytes,
    now_ms: int,
    encoding: str | None = None,
    offices: Iterable[str] | None = None,
) -> Tried:
    """What the content of a file asks for; nothing is made. Raises BadFile with all that is wrong."""
    lines = read(content, encoding)
    with store.reading() as connection:
        errors = wrong_with(lines, known_now(connection, now_ms, offices))
        if errors:
            raise in_words_of_the_table(BadFile(tuple(errors)))
        found = named([one for _, one in lines], devices.kinds(connection))
    return Tried(file, tuple(found))


def read(content: bytes, encoding: str | None) -> Lines:
    """The rows of a file that ask for something. Raises BadFile."""
    lines = read_lines(rows_of(content, encoding, WANTED), WANTED, read_wanted, CLAIMS_AT_MOST)
    if not lines:
        raise BadFile((FileError("empty"),))
    return lines


def example() -> bytes:
    """A file to begin with, as a spreadsheet opens it."""
    return as_text(rows_of_example())


def in_words_of_the_table(problem: BadFile) -> BadFile:
    """The same with the columns called as the table calls them."""
    errors = tuple(
        replace(one, column=WANTED.name(one.column))
        if isinstance(one, RowError) and one.column in WANTED.names
        else one
        for one in problem.errors
    )
    return BadFile(errors, problem.count)
