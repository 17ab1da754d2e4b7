"""Dossiers out of the rows of a provincial system's export: all of them, or what is wrong with the file.

Only the columns of the whitelist are looked at; a row with nothing in them is no dossier and is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

from fleet.domain.cells import Refused, read_count, read_day, read_text, shown_day
from fleet.domain.channels import read_channel
from fleet.domain.columns import HEADING_WITHIN_ROWS, Cell, find_heading
from fleet.domain.dossier_cells import read_code
from fleet.domain.dossier_columns import DOSSIERS
from fleet.domain.file_errors import ERRORS_SHOWN, FileError, RowError, shortened
from fleet.domain.table import heading_error, known_cells

ROWS_AT_MOST = 500_000


class Dossier(NamedTuple):
    """What motcua knows of a dossier; nobody's name is in it."""

    code: str
    organisation: str
    received_on: date
    due_on: date | None = None
    procedure_code: str = ""
    procedure_name: str = ""
    field: str = ""
    state: str = ""
    agency: str = ""
    finished_on: date | None = None
    returned_on: date | None = None
    supplements: int = 0
    channel: str = ""


@dataclass
class Reading:
    """What a table said: its dossiers by code, or its first errors and how many there are."""

    rows: int = 0
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    errors: list[RowError | FileError] = field(default_factory=list)
    error_count: int = 0

    def refuse(self, error: RowError | FileError) -> None:
        """Count an error, and keep it if it is among the first."""
        self.error_count += 1
        if len(self.errors) < ERRORS_SHOWN:
            self.errors.append(error)


def read_dossiers(rows: Iterable[Sequence[Cell]], today: date) -> Reading:
    """Read a whole table, from the first row of its sheet; `today` is the day in Việt Nam."""
    rest = iter(rows)
    first = list(islice(rest, HEADING_WITHIN_ROWS))
    reading = Reading()
    heading = find_heading(first, DOSSIERS)
    if heading is None or heading.missing:
        reading.refuse(heading_error(heading, DOSSIERS))
        return reading
    seen: dict[str, int] = {}
    for number, width, cells in known_cells(heading, chain(first[heading.row :], rest)):
        reading.rows += 1
        if reading.rows > ROWS_AT_MOST:
            reading.refuse(FileError("too_many_rows", {"most": f"{ROWS_AT_MOST:,}"}))
            return reading
        if width > heading.width:  # cells slipped to the right: a name may stand where the state should
            reading.refuse(RowError(number, "", str(width), "width", str(heading.width)))
            continue
        try:
            dossier = read_dossier(cells, today)
            earlier = reading.dossiers.setdefault(dossier.code, dossier)
            if earlier != dossier:
                raise Refused("code", shortened(dossier.code), "same", str(seen[dossier.code]))
            seen.setdefault(dossier.code, number)
        except Refused as err:
            reading.refuse(RowError(number, shortened(heading.names[err.column]), err.found, err.expected, err.detail))
    return reading


def read_dossier(cells: dict[str, Cell], today: date) -> Dossier:
    """The dossier of one row; raises Refused at its first bad cell."""
    code = read_code(cells.get("code"), today)
    received_on = read_day("received_on", cells.get("received_on"))
    if received_on is None:
        raise Refused("received_on", None, "present")
    if received_on > today:
        raise Refused("received_on", shown_day(received_on), "day_past")
    due_on = read_day("due_on", cells.get("due_on"))
    if due_on is not None and due_on < received_on:
        raise Refused("due_on", shown_day(due_on), "due_after", shown_day(received_on))
    finished_on, returned_on = (after(received_on, name, cells) for name in ("finished_on", "returned_on"))
    return Dossier(
        code=code.text,
        organisation=code.organisation,
        received_on=received_on,
        due_on=due_on,
        procedure_code=read_text("procedure_code", cells.get("procedure_code")),
        procedure_name=read_text("procedure_name", cells.get("procedure_name")),
        field=read_text("field", cells.get("field")),
        state=read_text("state", cells.get("state")),
        agency=read_text("agency", cells.get("agency")),
        finished_on=finished_on,
        returned_on=returned_on,
        supplements=read_count("supplements", cells.get("supplements")),
        channel=read_channel(cells.get("channel")),
    )


def after(received_on: date, column: str, cells: dict[str, Cell]) -> date | None:
    """A day of which there may be one, not before the dossier was received."""
    day = read_day(column, cells.get(column))
    if day is not None and day < received_on:
        raise Refused(column, shown_day(day), "due_after", shown_day(received_on))
    return day
