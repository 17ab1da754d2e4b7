"""The rows of a text with separators (CSV), in whatever encoding Vietnamese is written."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

from fleet.domain.columns import (
    HEADING_WITHIN_ROWS,
    Columns,
    find_heading,
    has_headings,
    headings_in,
    letters_were_lost,
)
from fleet.domain.dossier_columns import DOSSIERS
from fleet.domain.file_errors import BadFile, refused
from fleet.domain.vietnamese_encodings import CP1258, OLD_ENCODINGS, TCVN3, decode_old

UTF8 = "utf-8"
MARK = b"\xef\xbb\xbf"
ENCODINGS = (UTF8, *OLD_ENCODINGS)
ENCODING_NAMES = {CP1258: "Windows-1258 (cp1258)", TCVN3: "TCVN3 (ABC)"}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = (",", ";", "\t")
START_CHARACTERS = 64 * 1024


def rows_of_text(raw: bytes, encoding: str | None = None, columns: Columns = DOSSIERS) -> Iterator[list[str]]:
    """The records of a text with separators; raises BadFile where it is none.

    Strict about quotation marks: a stray one would swallow rows unseen.
    """
    text = text_of(raw, encoding, columns)
    if text[:4].lower() == "sep=":
        text = text[5:].lstrip("\r\n")  # a hint for Excel, which shows no row for it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text, columns), strict=True)
    for number in count(1):
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise refused("quotes", row=str(number)) from None


def as_text(rows: Iterable[Sequence[str]]) -> bytes:
    """These rows with commas between. UTF-8 with its mark: so spreadsheets show the accents."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return MARK + text.getvalue().encode()


def text_of(raw: bytes, encoding: str | None, columns: Columns) -> str:
    """The text of these bytes, or a refusal that says which encoding it is in."""
    if encoding in OLD_ENCODINGS:
        text = decode_old(raw, encoding)
        if find_heading(first_rows(text, columns), columns) is None:
            raise refused("not_in_encoding", encoding=ENCODING_NAMES[encoding])
        return text
    try:
        text = raw.decode("utf-16" if raw.startswith(UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        raise refused("not_in_encoding", encoding="UTF-8") if encoding else encoding_of(raw, columns) from None
    if letters_were_lost(first_rows(text, columns), columns):
        raise refused("lost_letters")
    return text


def encoding_of(raw: bytes, columns: Columns) -> BadFile:
    """The refusal for bytes that are not Unicode: the old encoding in which the headings are found names itself."""
    for encoding in OLD_ENCODINGS:
        rows = first_rows(decode_old(raw, encoding), columns)
        if has_headings(rows, columns):
            return refused("encoding", encoding=ENCODING_NAMES[encoding], option=encoding)
        if letters_were_lost(rows, columns):
            return refused("lost_letters")
    return refused("unknown_encoding")


def first_rows(text: str, columns: Columns) -> list[list[str]]:
    start = io.StringIO(text[:START_CHARACTERS], newline="")
    return list(islice(csv.reader(start, delimiter=separator_of(text, columns)), HEADING_WITHIN_ROWS))


def separator_of(text: str, columns: Columns) -> str:
    """The separator with which most headings are known."""
    known = {}
    for separator in SEPARATORS:
        start = io.StringIO(text[:START_CHARACTERS], newline="")
        rows = list(islice(csv.reader(start, delimiter=separator), HEADING_WITHIN_ROWS))
        known[separator] = headings_in(rows, columns)
    return max(SEPARATORS, key=lambda separator: known[separator])
