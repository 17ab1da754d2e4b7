"""What stands in one cell of a table: a day, a text; or why it is none.

What does not look like a day is not shown in an error: it may be a name or a telephone number.
"""

import re
import unicodedata
from datetime import date, datetime

from fleet.domain.columns import Cell
from fleet.domain.file_errors import shortened

TEXT_AT_MOST = 1000
# Names of procedures run to some 400 characters.
COUNT_AT_MOST = 99
EARLIEST_YEAR = 2000

DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
LIKE_A_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}([ T]+[\d:.]{1,12})?", re.ASCII)
TEXT_FORMULA = re.compile(r'="([^"]*)"')
# Some exports write ="0012" so that Excel leaves the zeros where they are.


class Refused(Exception):
    """A cell is not what its column is for."""

    def __init__(self, column: str, found: str | int | None, expected: str, detail: str = "") -> None:
        super().__init__(expected)
        self.column = column
        self.found = found
        self.expected = expected
        self.detail = detail


def read_day(column: str, cell: Cell, earliest: int = EARLIEST_YEAR) -> date | None:
    """The day in this cell, None if it is empty; the time of day is left aside."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        day: date | None = cell
    else:
        text = text_of(cell)
        if not text:
            return None
        day = day_in(text)
    if day is None or not earliest <= day.year < EARLIEST_YEAR + 100:
        shown = shortened(text_of(cell)) if LIKE_A_DAY.fullmatch(text_of(cell)) else len(text_of(cell))
        raise Refused(column, shown, "day")
    return day


def day_in(text: str) -> date | None:
    if match := DAY.fullmatch(text):
        day, _, month, year = match.groups()
    elif match := ISO_DAY.fullmatch(text):
        year, month, day = match.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_text(column: str, cell: Cell) -> str:
    """The text in this cell, empty if there is none."""
    if column == "procedure_code" and isinstance(cell, float):
        cell = f"{cell:.6f}"  # 1.012760 of a TTHC code that Excel took for a number
    text = text_of(cell)
    if text[:1] in ("=", "+", "@"):
        raise Refused(column, len(text), "formula")
    if len(text) > TEXT_AT_MOST:
        raise Refused(column, len(text), "text", str(TEXT_AT_MOST))
    return text


def read_count(column: str, cell: Cell) -> int:
    """The number in this cell, 0 if it is empty."""
    text = text_of(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text[:9]) > COUNT_AT_MOST:
        raise Refused(column, len(text), "count")
    return int(text)


def text_of(cell: Cell) -> str:
    """A cell as one line of composed letters, without what can not be printed."""
    if cell is None:
        return ""
    text = unicodedata.normalize("NFC", str(cell))
    if not text.isprintable():
        text = "".join([c if c.isprintable() else " " for c in text])
    text = " ".join(text.split())
    wrapped = TEXT_FORMULA.fullmatch(text)
    return wrapped[1].strip() if wrapped else text


def shown_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
