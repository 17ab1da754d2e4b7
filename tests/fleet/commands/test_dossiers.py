"""motcua dossiers import."""

import unicodedata
from pathlib import Path

import pytest

from fleet.store.database import Store
from fleet.store.rows import one, sql
from tests.fleet.commands.conftest import Motcua, Window, readable

HEADINGS = "Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả,Họ tên người nộp"
GOOD = "H29.27.05-261002-0001,02/10/2026,05/10/2026,Nguyễn Văn Mô Phỏng"
NAME = "Mô Phỏng"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def file(folder: Path, *lines: str, encoding: str = "utf-8-sig", name: str = "ho-so.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def with_tones_apart(text: str) -> str:
    """The text as Windows-1258 can write it: tones are marks of their own, behind their vowel."""
    apart = ""
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in marks if mark in TONES), "")
        apart += unicodedata.normalize("NFC", marks.replace(tone, "")) + tone if tone else letter
    return apart


def stored(data: Path) -> int:
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.reading() as connection:
        found = one(connection, sql("SELECT COUNT(*) AS n FROM dossiers"))
    store.close()
    return int(found.n)


def test_a_good_file_is_taken_and_again_changes_nothing(motcua: Motcua, data: Path) -> None:
    path = file(data, HEADINGS, GOOD, GOOD.replace("0001", "0002"))
    first = motcua("dossiers", "import", path, "--data", data)
    assert (first.exit_code, first.stdout) == (0, "ho-so.csv: 2 dossiers read; 2 new, 0 changed, 0 unchanged\n")
    again = motcua("dossiers", "import", path, "--data", data)
    assert again.stdout == "ho-so.csv: 2 dossiers read; 0 new, 0 changed, 2 unchanged\n"
    assert stored(data) == 2


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "Dòng 3, cột “Ngày tiếp nhận”"),
        ("en", "Row 3, column “Ngày tiếp nhận”"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(motcua: Motcua, data: Path, language: str, sentence: str) -> None:
    path = file(data, HEADINGS, GOOD, "H29.27.05-261002-0002,31/02/2026,,x")
    result = motcua("dossiers", "import", path, "--language", language, "--data", data)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert stored(data) == 0


def test_the_sentences_fit_a_window(window: Window, data: Path) -> None:
    path = file(data, HEADINGS, *(f"bad-{number},32/01/2026,,{NAME}" for number in range(60)))
    code, shown = window("dossiers", "import", path, "--language", "en", "--data", data)
    assert (code, readable(shown)) == (1, True)
    assert "… and 10 more errors." in shown
    assert NAME not in shown, "no name reaches a message"


def test_a_file_of_windows_1258_is_told_and_taken_when_asked(motcua: Motcua, data: Path) -> None:
    path = file(data, *(with_tones_apart(line) for line in (HEADINGS, GOOD)), encoding="cp1258")
    told = motcua("dossiers", "import", path, "--language", "en", "--data", data)
    assert told.exit_code == 1
    assert "Windows-1258" in told.stderr and "--encoding cp1258" in told.stderr
    taken = motcua("dossiers", "import", path, "--encoding", "cp1258", "--data", data)
    assert (taken.exit_code, stored(data)) == (0, 1)


def test_a_file_that_is_not_there_is_told(motcua: Motcua, data: Path) -> None:
    result = motcua("dossiers", "import", data / "[nothing].csv", "--language", "en", "--data", data)
    assert (result.exit_code, result.stderr) == (1, "The file can not be opened: No such file or directory.\n")


def test_a_folder_is_no_file(motcua: Motcua, data: Path) -> None:
    result = motcua("dossiers", "import", data, "--language", "en", "--data", data)
    assert result.exit_code == 1
    assert "can not be opened" in result.stderr


@pytest.mark.parametrize(("option", "value"), [("--encoding", "klingon"), ("--language", "fr")])
def test_an_encoding_or_language_that_there_is_not_is_told(motcua: Motcua, data: Path, option: str, value: str) -> None:
    path = file(data, "x", GOOD)
    result = motcua("dossiers", "import", path, option, value, "--data", data)
    assert result.exit_code in (1, 2)
    assert value in result.stderr
    assert stored(data) == 0
