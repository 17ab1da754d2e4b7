"""The columns that are read of somebody's table: a whitelist. Every other column stays unread.

Headings are matched without regard to case, diacritics, spaces and what stands in brackets. Where two columns of a file
would serve, the earlier name in the list wins.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

Cell = str | int | float | bool | date | None

HEADING_WITHIN_ROWS = 20
# Exports set the office's name, a title and the period above the table.

IN_BRACKETS = re.compile(r"\([^)]*\)")
LOST = "?"
# What a program writes for a letter that the chosen encoding does not have.


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of table: the names of each, the first one its own, and those that must be there."""

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]

    @cached_property
    def known(self) -> dict[str, tuple[str, ...]]:
        """The names as headings are compared."""
        return {column: tuple(folded(name) for name in names) for column, names in self.names.items()}

    def name(self, column: str) -> str:
        """What the column is called."""
        return self.names[column][0]


@dataclass(frozen=True)
class Heading:
    """The row of headings: where each known column stands, counted from 0, and what it is called in this file."""

    row: int
    places: dict[str, int]
    names: dict[str, str]
    all_names: tuple[str, ...]
    width: int
    missing: tuple[str, ...]


def folded(text: str) -> str:
    """Only the plain letters and digits, in small: `Mã hồ sơ (*)` is `mahoso`."""
    apart = unicodedata.normalize("NFD", IN_BRACKETS.sub("", text).lower().replace("đ", "d"))
    return "".join([c for c in apart if c.isascii() and (c.isalnum() or c == LOST)])


def find_heading(rows: Sequence[Sequence[Cell]], columns: Columns) -> Heading | None:
    """The row, among the first ones of a table, with the most known columns; None if no cell is a known heading."""
    best: Heading | None = None
    for number, row in enumerate(rows[:HEADING_WITHIN_ROWS], start=1):
        heading = heading_of(number, [text if isinstance(text, str) else "" for text in row], columns)
        if heading.places and (best is None or weight(heading) > weight(best)):
            best = heading
    return best


def has_headings(rows: Sequence[Sequence[Cell]], columns: Columns) -> bool:
    """Whether the first rows have the headings of all required columns."""
    heading = find_heading(rows, columns)
    return heading is not None and not heading.missing


def headings_in(rows: Sequence[Sequence[Cell]], columns: Columns) -> int:
    """How many of the known columns the best row has."""
    heading = find_heading(rows, columns)
    return len(heading.places) if heading else 0


def letters_were_lost(rows: Sequence[Sequence[Cell]], columns: Columns) -> bool:
    """Whether this has the headings only if `?` may stand for any letter (`M? h? so`)."""
    if has_headings(rows, columns):
        return False
    for row in rows[:HEADING_WITHIN_ROWS]:
        cells = [folded(text) for text in row if isinstance(text, str)]
        if all(any(fits(columns.known[column], cell) for cell in cells) for column in columns.required):
            return True
    return False


def heading_of(number: int, texts: list[str], columns: Columns) -> Heading:
    cells = [folded(text) for text in texts]
    places = {}
    for column, known in columns.known.items():
        for name in known:
            if name in cells:
                places[column] = cells.index(name)
                break
    names = {column: texts[place] for column, place in places.items()}
    missing = tuple(column for column in columns.required if column not in places)
    return Heading(number, places, names, tuple(text for text in texts if text.strip()), len(texts), missing)


def weight(heading: Heading) -> tuple[int, int]:
    return -len(heading.missing), len(heading.places)


def fits(known: tuple[str, ...], cell: str) -> bool:
    return any(
        len(name) == len(cell) and all(c in (LOST, letter) for c, letter in zip(cell, name, strict=True))
        for name in known
    )
