"""The columns that are read of a provincial system's export: a whitelist. Every other column stays unread.

Headings are matched without regard to case, diacritics, spaces and what stands in brackets. Where two columns of a file
would serve, the earlier name in the list wins.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | bool | date | None

COLUMNS = {
    "code": ("Mã hồ sơ", "Mã số hồ sơ", "Mã hồ sơ TTHC", "Mã số hồ sơ TTHC", "Số hồ sơ"),
    "received_on": (
        "Ngày tiếp nhận",
        "Ngày nhận",
        "Ngày tiếp nhận hồ sơ",
        "Ngày nhận hồ sơ",
        "Thời gian tiếp nhận",
        "Thời điểm tiếp nhận",
    ),
    "due_on": (
        "Ngày hẹn trả",
        "Ngày hẹn trả kết quả",
        "Ngày hẹn trả KQ",
        "Ngày hẹn trả hồ sơ",
        "Hạn trả kết quả",
        "Hạn trả",
        "Thời gian hẹn trả",
    ),
    "procedure_code": ("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Mã số TTHC", "Mã số thủ tục"),
    "procedure_name": ("Tên thủ tục", "Thủ tục hành chính", "Tên thủ tục hành chính", "Tên TTHC", "Thủ tục", "TTHC"),
    "field": ("Lĩnh vực", "Tên lĩnh vực"),
    "state": ("Trạng thái", "Tình trạng", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Trạng thái xử lý"),
    "agency": ("Đơn vị xử lý", "Cơ quan giải quyết", "Đơn vị giải quyết", "Cơ quan xử lý", "Cơ quan thực hiện"),
}
REQUIRED = ("code", "received_on")

HEADING_WITHIN_ROWS = 20
# Exports set the office's name, a title and the period above the table.

IN_BRACKETS = re.compile(r"\([^)]*\)")
LOST = "?"
# What a program writes for a letter that the chosen encoding does not have.


@dataclass(frozen=True)
class Heading:
    """The row of headings: where each known column stands, counted from 0, and what it is called in this file."""

    row: int
    places: dict[str, int]
    names: dict[str, str]
    all_names: tuple[str, ...]
    width: int

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns that are not there."""
        return tuple(column for column in REQUIRED if column not in self.places)


def folded(text: str) -> str:
    """Only the plain letters and digits, in small: `Mã hồ sơ (*)` is `mahoso`."""
    apart = unicodedata.normalize("NFD", IN_BRACKETS.sub("", text).lower().replace("đ", "d"))
    return "".join([c for c in apart if c.isascii() and (c.isalnum() or c == LOST)])


KNOWN = {column: tuple(folded(name) for name in names) for column, names in COLUMNS.items()}


def find_heading(rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """The row, among the first ones of a table, with the most known columns; None if no cell is a known heading."""
    best: Heading | None = None
    for number, row in enumerate(rows[:HEADING_WITHIN_ROWS], start=1):
        heading = heading_of(number, [text if isinstance(text, str) else "" for text in row])
        if heading.places and (best is None or weight(heading) > weight(best)):
            best = heading
    return best


def has_headings(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first rows have the headings of all required columns."""
    heading = find_heading(rows)
    return heading is not None and not heading.missing


def headings_in(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the known columns the best row has."""
    heading = find_heading(rows)
    return len(heading.places) if heading else 0


def letters_were_lost(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether this has the headings only if `?` may stand for any letter (`M? h? so`)."""
    if has_headings(rows):
        return False
    for row in rows[:HEADING_WITHIN_ROWS]:
        cells = [folded(text) for text in row if isinstance(text, str)]
        if all(any(fits(KNOWN[column], cell) for cell in cells) for column in REQUIRED):
            return True
    return False


def heading_of(number: int, texts: list[str]) -> Heading:
    cells = [folded(text) for text in texts]
    places = {}
    for column, known in KNOWN.items():
        for name in known:
            if name in cells:
                places[column] = cells.index(name)
                break
    names = {column: texts[place] for column, place in places.items()}
    return Heading(number, places, names, tuple(text for text in texts if text.strip()), len(texts))


def weight(heading: Heading) -> tuple[int, int]:
    return -len(heading.missing), len(heading.places)


def fits(known: tuple[str, ...], cell: str) -> bool:
    return any(
        len(name) == len(cell) and all(c in (LOST, letter) for c, letter in zip(cell, name, strict=True))
        for name in known
    )
