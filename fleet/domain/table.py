"""The rows of a table below its headings, and what is wrong where there are none."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

from fleet.domain.cells import Refused, text_of
from fleet.domain.columns import HEADING_WITHIN_ROWS, Cell, Columns, Heading, find_heading
from fleet.domain.file_errors import BadFile, FileError, RowError, shortened

T = TypeVar("T")

HEADINGS_SHOWN = 20

COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?")


def read_lines(
    rows: Iterable[Sequence[Cell]], columns: Columns, read: Callable[[dict[str, Cell]], T], most: int
) -> list[tuple[int, T]]:
    """What each row of a whole table says, with the row's number; raises BadFile with all rows that say nothing."""
    rest = iter(rows)
    first = list(islice(rest, HEADING_WITHIN_ROWS))
    heading = find_heading(first, columns)
    if heading is None or heading.missing:
        raise BadFile((heading_error(heading, columns),))
    lines: list[tuple[int, T]] = []
    errors: list[RowError | FileError] = []
    for number, width, cells in known_cells(heading, chain(first[heading.row :], rest)):
        if len(lines) + len(errors) == most:
            raise BadFile((FileError("too_many_lines", {"most": f"{most:,}"}),))
        if width > heading.width:
            errors.append(RowError(number, "", str(width), "width", str(heading.width)))
            continue
        try:
            lines.append((number, read(cells)))
        except Refused as err:
            column = heading.names.get(err.column) or columns.name(err.column)
            errors.append(RowError(number, shortened(column), err.found, err.expected, err.detail))
    if errors:
        raise BadFile(tuple(errors))
    return lines


def known_cells(heading: Heading, rows: Iterable[Sequence[Cell]]) -> Iterator[tuple[int, int, dict[str, Cell]]]:
    """The rows below the heading: number, width, and known cells; without those that have none of them."""
    for number, row in enumerate(rows, start=heading.row + 1):
        cells = {column: row[place] for column, place in heading.places.items() if place < len(row)}
        if number == heading.row + 1 and all(COLUMN_NUMBER.fullmatch(text_of(cell) or "0") for cell in cells.values()):
            continue  # the columns' own numbers, (1) (2) (3), as forms have them
        if any(text_of(cell) for cell in cells.values()):
            yield number, width_of(row), cells


def width_of(row: Sequence[Cell]) -> int:
    """The cells of a row up to the last that has something in it."""
    width = len(row)
    while width and not text_of(row[width - 1]):
        width -= 1
    return width


def heading_error(heading: Heading | None, columns: Columns) -> FileError:
    """What is missing. Where no heading at all is known, no cell is shown: the first row may be a person's."""
    expected = ", ".join(f"“{columns.name(column)}”" for column in columns.names if column in columns.required)
    if heading is None:
        return FileError("no_heading", {"most": str(HEADING_WITHIN_ROWS), "expected": expected})
    found = ", ".join(f"“{shortened(name)}”" for name in heading.all_names[:HEADINGS_SHOWN])
    missing = ", ".join(f"“{columns.name(column)}”" for column in heading.missing)
    return FileError("missing", {"missing": missing, "found": found, "expected": expected})
