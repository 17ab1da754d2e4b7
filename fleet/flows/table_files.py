"""Tables as files: all in one text with separators, one figure a row, or a workbook with a sheet for each."""

import io
from collections.abc import Sequence

from fleet.domain.report_tables import Figure, Kind, Table
from fleet.flows.compare_csv import safe
from fleet.flows.report_csv import number
from fleet.flows.separated_text import as_text

HEADINGS = ("table", "row", "figure", "value", "measured_in")
UNITS = {Kind.MINUTES: "min", Kind.SHARE: "share", Kind.COUNT: "count"}


def tables_csv(tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> bytes:
    """The figures of these tables; before each what it is `about`, as (heading, value)."""
    names, values = [name for name, _ in about], [safe(value) for _, value in about]
    rows = [
        [*values, safe(table.title), safe(str(name.value or "")), safe(column), value_of(figure), unit_of(figure)]
        for table in tables
        for name, *figures in table.rows
        for column, figure in zip(table.columns[1:], figures, strict=True)
    ]
    return as_text([[*names, *HEADINGS], *rows])


def value_of(figure: Figure) -> str:
    """Minutes as minutes; empty where nothing is said."""
    if figure.value is None or isinstance(figure.value, str):
        return safe(figure.value or "")
    return number(figure.value / 60 if figure.kind is Kind.MINUTES else figure.value)


def unit_of(figure: Figure) -> str:
    """What a figure is measured in; of words nothing."""
    return UNITS.get(figure.kind, "")


def tables_xlsx(tables: Sequence[Table], title: str) -> bytes:
    """A sheet for each table. What writes a workbook takes a while to load, so it is loaded when one is asked for."""
    from openpyxl import Workbook

    from fleet.flows.report_xlsx import sheet_name, write

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    book.properties.title, book.properties.creator = title, "motcua"
    for table in tables:
        write(book.create_sheet(sheet_name(table.title)), as_text_only(table), title)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_text_only(table: Table) -> Table:
    """The same with words that no spreadsheet takes for formulas."""
    rows = tuple(
        tuple(Figure(one.kind, safe(one.value)) if isinstance(one.value, str) else one for one in row)
        for row in table.rows
    )
    return Table(table.key, table.title, tuple(map(safe, table.columns)), rows, tuple(map(safe, table.notes)))
