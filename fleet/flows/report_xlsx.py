"""A report as a workbook: a sheet for each table, its figures as numbers, and the dossiers behind each cell."""

import io

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from fleet.domain.figures import shown_day, shown_period
from fleet.domain.indicator_texts import FORMULAS, NAMES, PARTS, said
from fleet.domain.report import Report
from fleet.domain.report_tables import NOTHING, Figure, Kind, Table, dossiers_of, heads, tables
from fleet.domain.report_texts import say

FORMATS = {Kind.COUNT: "#,##0", Kind.SHARE: "0.0%", Kind.MINUTES: "0.0", Kind.DAYS: "0.00", Kind.POINTS: "0.00"}
FONT = "Times New Roman"
HEAD = PatternFill("solid", start_color="E8EEF4")
LINE = Side(style="thin", color="808080")
GRID = Border(LINE, LINE, LINE, LINE)
WIDEST, NARROWEST = 60, 9
ROWS_AT_MOST = 200_000
# Of dossiers; a sheet holds a million rows, and a file of so many still opens.


def as_xlsx(report: Report, language: str, with_dossiers: bool = True) -> bytes:
    """The whole workbook."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    title = f"{report.name} · {shown_period(report.period, language)}"
    book.properties.title = title
    book.properties.creator = "motcua"
    for table in tables(report, language):
        sheet = book.create_sheet(sheet_name(table.title))
        write(sheet, table, title)
        if table.key == "times" and len(table.rows) > 1:
            sheet.add_chart(chart(sheet, table), f"A{len(table.rows) + 5 + len(table.notes)}")
    if with_dossiers:
        dossiers(book.create_sheet(say("sheet.dossiers", language)), report, language)
    how(book.create_sheet(say("sheet.how", language)), report, language)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(sheet: Worksheet, table: Table, title: str) -> None:
    """A table below its title; the headings stay in sight."""
    head(sheet, title, table.title)
    heading(sheet, 3, table.columns)
    for at, row in enumerate(table.rows, start=4):
        for column, figure in enumerate(row, start=1):
            cell = sheet.cell(at, column, value_of(figure))
            cell.border, cell.font = GRID, Font(name=FONT)
            if figure.kind in FORMATS:
                cell.number_format = FORMATS[figure.kind]
            cell.alignment = Alignment(wrap_text=figure.kind == Kind.TEXT, vertical="top")
    for at, note in enumerate(table.notes, start=5 + len(table.rows)):
        sheet.cell(at, 1, note).font = Font(name=FONT, italic=True, size=9)
    for column in range(1, len(table.columns) + 1):
        words = [table.columns[column - 1], *(str(row[column - 1].value or "") for row in table.rows)]
        longest = max(len(word) if isinstance(word, str) else 0 for word in words)
        sheet.column_dimensions[letter(column)].width = min(WIDEST, max(NARROWEST, longest + 2))
    printed(sheet)


def head(sheet: Worksheet, title: str, subtitle: str) -> None:
    """What this is of, in the first two rows."""
    sheet.cell(1, 1, title).font = Font(name=FONT, bold=True, size=13)
    sheet.cell(2, 1, subtitle).font = Font(name=FONT, bold=True)


def heading(sheet: Worksheet, at: int, columns: tuple[str, ...]) -> None:
    """A row of headings; below it rows move, it stays."""
    for column, name in enumerate(columns, start=1):
        cell = sheet.cell(at, column, name)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), HEAD, GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.freeze_panes = f"A{at + 1}"
    sheet.print_title_rows = f"{at}:{at}"


def printed(sheet: Worksheet) -> None:
    """On A4, as wide as the page, with its number below."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = sheet.HeaderFooter.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "&P / &N"


def chart(sheet: Worksheet, table: Table) -> BarChart:
    """Visits by time, as a chart that the workbook draws itself."""
    made = BarChart()
    made.type, made.legend, made.title = "col", None, f"{table.columns[1]} · {table.title}"
    made.height, made.width = 8, 20
    last = 3 + len(table.rows)
    made.add_data(Reference(sheet, min_col=2, min_row=4, max_row=last), titles_from_data=False)
    made.set_categories(Reference(sheet, min_col=1, min_row=4, max_row=last))
    made.x_axis.delete = made.y_axis.delete = False
    return made


def dossiers(sheet: Worksheet, report: Report, language: str) -> None:
    """The dossiers behind each cell of an official indicator."""
    head(sheet, f"{report.name} · {shown_period(report.period, language)}", said("not_official", language))
    heading(sheet, 3, heads("dossiers", language))
    for at, (item, cell, code) in enumerate(dossiers_of(report), start=4):
        if at > ROWS_AT_MOST:
            break
        for column, value in enumerate((item, PARTS[cell][language], code), start=1):
            sheet.cell(at, column, value).font = Font(name=FONT)
    for name, width in (("A", 10), ("B", 38), ("C", 34)):
        sheet.column_dimensions[name].width = width
    sheet.auto_filter.ref = f"A3:C{max(4, sheet.max_row)}"
    printed(sheet)


def how(sheet: Worksheet, report: Report, language: str) -> None:
    """How each figure is worked out."""
    lines = [say(key, language) for key in ("how.wait", "how.within", "how.satisfied", "how.nine")]
    lines += [f"{item.value} {NAMES[item][language]}: {text[language]}" for item, text in FORMULAS.items()]
    lines.append(say("source", language, day=shown_day(report.made_on), hotline=report.hotline or NOTHING))
    for at, line in enumerate(lines, start=1):
        cell = sheet.cell(at, 1, line)
        cell.alignment, cell.font = Alignment(wrap_text=True, vertical="top"), Font(name=FONT)
    sheet.column_dimensions["A"].width = 110
    printed(sheet)


def value_of(figure: Figure) -> str | float | int | None:
    """A figure as a workbook calculates with it: minutes as minutes; a dash where nothing is said."""
    if figure.value is None:
        return NOTHING
    if isinstance(figure.value, str):
        return figure.value
    if figure.kind == Kind.COUNT:
        return int(figure.value)
    return float(figure.value) / 60 if figure.kind == Kind.MINUTES else float(figure.value)


def sheet_name(title: str) -> str:
    """A title without what the name of a sheet must not hold."""
    return "".join(c if c not in r"[]:*?/\\" else "-" for c in title)[:31]


def letter(column: int) -> str:
    """The letter of a column of a narrow table."""
    return chr(ord("A") + column - 1)
