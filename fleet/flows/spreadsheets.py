"""The rows of a spreadsheet's bytes: XLSX, or text with separators.

A stranger's file is bounded before it is opened: its size, what it unpacks to, and the width of a row.
"""

import io
import warnings
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from fleet.domain.columns import HEADING_WITHIN_ROWS, Cell, Columns, find_heading, has_headings, headings_in
from fleet.domain.dossier_columns import DOSSIERS
from fleet.domain.file_errors import BadFile, refused, shortened
from fleet.domain.vietnamese_encodings import TCVN3, out_of_font
from fleet.flows.separated_text import ENCODING_NAMES, ENCODINGS, UTF16_MARKS, rows_of_text

COLUMNS_AT_MOST = 256
SHEET_ROWS_AT_MOST = 1 << 20
# Excel's own limit. A workbook of a few bytes may claim a row with a number of ten digits.

MIB = 1 << 20
UNPACKED_AT_MOST = 512 * MIB
PART_AT_MOST = 128 * MIB
# A sheet is read as a stream; every other part of a workbook (its texts, its styles) is held in memory.

SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"{\\rtf", "word"),
)
MARKUP = ((b"<?xml", "xml"), (b"<!doctype html", "html"), (b"<html", "html"), (b"<table", "html"), (b"<meta", "html"))
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIPPED = (("word/", "word"), ("content.xml", "ods"), ("xl/workbook.bin", "xlsb"))

PLAIN = (str, int, float, bool, date)
Rows = Iterator[Sequence[Cell]]


def rows_of(raw: bytes, encoding: str | None = None, columns: Columns = DOSSIERS) -> Rows:
    """The rows of the table in these bytes, from the first row of its sheet; raises BadFile if there is none.

    `columns` are those by which the table is found. `encoding` is one of ENCODINGS for a text that is not in UTF-8;
    without it an older one is recognised and refused.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise refused("no_such_encoding", encoding=shortened(encoding), known=", ".join(ENCODINGS))
    if not raw.strip():
        raise refused("empty")
    if kind := kind_of(raw):
        raise refused("kind", kind=kind)
    is_workbook = raw.startswith(b"PK\x03\x04")
    rows = rows_of_workbook(raw, encoding, columns) if is_workbook else rows_of_text(raw, encoding, columns)
    for number, row in enumerate(rows):
        if number == SHEET_ROWS_AT_MOST:
            raise refused("too_many_rows", most=f"{SHEET_ROWS_AT_MOST:,}")
        yield row


def kind_of(raw: bytes) -> str | None:
    """What these bytes are, if they are certainly no text with separators."""
    for signature, kind in SIGNATURES:
        if raw.startswith(signature):
            return "encrypted" if kind == "xls" and ENCRYPTED in raw else kind
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in MARKUP:
        if start.startswith(mark):
            return "html" if b"<html" in start else kind
    if start.startswith(b"mime-version:"):
        return "html"
    if raw.startswith((b"PK\x03\x04", *UTF16_MARKS)):
        return None
    return "binary" if b"\0" in raw[:4096] else None


def rows_of_workbook(raw: bytes, encoding: str | None, columns: Columns) -> Rows:
    """The rows of the first sheet that has the headings; else the first ones of the sheet that has most of them."""
    from openpyxl import load_workbook  # takes a while to load, and most processes never read a workbook

    check_unpacked(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl leaves aside
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
            sheets = [(sheet, first_rows(sheet, encoding)) for sheet in book.worksheets]
            for sheet, rows in sheets:
                heading = find_heading(rows, columns)
                if heading is not None and not heading.missing:
                    yield from rows_of_sheet(sheet, encoding, max(heading.places.values()) + 1)
                    return
            if encoding is None and any(has_headings(list(map(in_unicode, rows)), columns) for _, rows in sheets):
                raise refused("encoding", encoding=ENCODING_NAMES[TCVN3], option=TCVN3)
            yield from max((rows for _, rows in sheets), key=lambda rows: headings_in(rows, columns), default=[])
    except BadFile:
        raise
    except Exception:
        # openpyxl lets through whatever it stumbles over: KeyError, ValueError, ParseError, zlib.error ...
        raise refused("damaged") from None


def first_rows(sheet: Any, encoding: str | None) -> list[Sequence[Cell]]:
    return list(islice(rows_of_sheet(sheet, encoding, COLUMNS_AT_MOST), HEADING_WITHIN_ROWS))


def rows_of_sheet(sheet: Any, encoding: str | None, width: int) -> Rows:
    sheet.reset_dimensions()  # many exporters write wrong ones
    for row in sheet.iter_rows(max_col=width, values_only=True):
        cells = [cell if cell is None or isinstance(cell, PLAIN) else str(cell) for cell in row]
        yield in_unicode(cells) if encoding == TCVN3 else cells


def in_unicode(row: Sequence[Cell]) -> list[Cell]:
    return [out_of_font(cell) if isinstance(cell, str) else cell for cell in row]


def check_unpacked(raw: bytes) -> None:
    """Refuse an archive that is no workbook, or a bomb: Python unpacks no more of a part than it declares."""
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except BadZipFile:
        raise refused("damaged") from None
    names = [part.filename for part in parts]
    for start, kind in ZIPPED:
        if any(name.startswith(start) for name in names):
            raise refused("kind", kind=kind)
    if "xl/workbook.xml" not in names:
        raise refused("kind", kind="archive")
    if sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise refused("swollen", most=str(UNPACKED_AT_MOST // MIB))
    if any(part.file_size > PART_AT_MOST for part in parts if not part.filename.startswith("xl/worksheets/")):
        raise refused("swollen", most=str(PART_AT_MOST // MIB))
