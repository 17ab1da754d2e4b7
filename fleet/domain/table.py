"""The rows of a table below its headings, and what is wrong where there are none."""

import re
from collections.abc import Iterable, Iterator, Sequence

from fleet.domain.cells import text_of
from fleet.domain.columns import HEADING_WITHIN_ROWS, Cell, Columns, Heading
from fleet.domain.file_errors import FileError, shortened

HEADINGS_SHOWN = 20

COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?")


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
