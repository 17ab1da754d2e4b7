"""Why a file can not be taken, in the words of the person who tries.

An error shows a value only from a column that is read, only if it has the form of what belongs there, and shortened: a
name or a number that slipped into the wrong column is told by its length.
"""

from dataclasses import dataclass, field

from fleet.domain.calendar_sentences import CALENDAR_EXPECTED
from fleet.domain.claim_sentences import CLAIM_EXPECTED
from fleet.domain.dossier_sentences import ADVICE, EXPECTED, KINDS, PROBLEMS
from fleet.domain.org_sentences import ORG_EXPECTED
from fleet.domain.procedure_sentences import PROCEDURE_EXPECTED

SHOWN_AT_MOST = 40
ERRORS_SHOWN = 50

LANGUAGES = ("vi", "en")
ALL_EXPECTED = {**EXPECTED, **ORG_EXPECTED, **CALENDAR_EXPECTED, **PROCEDURE_EXPECTED, **CLAIM_EXPECTED}


@dataclass(frozen=True)
class RowError:
    """One cell that can not be taken, or with no `column` a whole row. `row` as the spreadsheet counts it.

    A text as `row` is the id of something that was known before the file, and does not go with it. `found` None is an
    empty cell, a number a text of so many characters that is not shown.
    """

    row: int | str
    column: str
    found: str | int | None
    expected: str
    detail: str = ""


@dataclass(frozen=True)
class FileError:
    """What is wrong with the whole file."""

    problem: str
    values: dict[str, str] = field(default_factory=dict)


class BadFile(Exception):
    """A file of which nothing was stored. `errors` are the first ones of `count`."""

    def __init__(self, errors: tuple[RowError | FileError, ...], count: int | None = None) -> None:
        self.errors = errors[:ERRORS_SHOWN]
        self.count = len(errors) if count is None else count
        super().__init__(" ".join(self.said("en")))

    def said(self, language: str) -> list[str]:
        """The sentences for a person, in `vi` or `en`."""
        sentences = [said(error, language) for error in self.errors]
        if self.count > len(self.errors):
            more = self.count - len(self.errors)
            sentences.append(f"… và {more} lỗi nữa." if language == "vi" else f"… and {more} more errors.")
        return sentences


def refused(problem: str, **values: str) -> BadFile:
    """The exception for a problem of the whole file."""
    return BadFile((FileError(problem, values),))


def said(error: RowError | FileError, language: str) -> str:
    """The error as a sentence in `vi` or `en`."""
    which = LANGUAGES.index(language)
    if isinstance(error, FileError):
        values = dict(error.values)
        if kind := values.get("kind") or values.get("option"):
            values.update(kind=KINDS.get(kind, ("", ""))[which], advice=ADVICE[kind][which])
        return PROBLEMS[error.problem][which].format(**values)
    expected = ALL_EXPECTED[error.expected][which].format(detail=error.detail)
    column = f", {('cột', 'column')[which]} “{error.column}”" if error.column else ""
    if error.found is None:
        found = ("ô trống", "found nothing")[which]
    elif isinstance(error.found, int):
        found = (f"có một chuỗi dài {error.found} ký tự", f"found a text of length {error.found}")[which]
    else:
        found = (f"có “{error.found}”", f"found “{error.found}”")[which]
    row = ("Dòng", "Row")[which] if isinstance(error.row, int) else ("Đã có trong hệ thống:", "Already known:")[which]
    return f"{row} {error.row}{column}: {found}; {('cần', 'expected')[which]} {expected}."


def shortened(text: str) -> str:
    """At most SHOWN_AT_MOST characters of a stranger's text, fit for a log."""
    plain = text[: SHOWN_AT_MOST + 1]
    if not plain.isprintable():
        plain = "".join([c if c.isprintable() else " " for c in plain])
    return plain if len(plain) <= SHOWN_AT_MOST else plain[:SHOWN_AT_MOST] + "…"
