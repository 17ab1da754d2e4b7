"""motcua procedures."""

from pathlib import Path

import pytest

from fleet.laptop.furnishing import PROCEDURES_FILE
from tests.fleet.commands.conftest import Motcua, Window, readable


@pytest.fixture
def catalogue(motcua: Motcua, data: Path) -> Path:
    """A folder with the sample's catalogue in it."""
    taken = motcua("procedures", "import", PROCEDURES_FILE, "--data", data)
    assert (taken.exit_code, taken.stdout) == (0, "thu-tuc.csv: 64 procedures new, 0 changed, 0 unchanged\n")
    return data


def test_words_in_any_order_without_diacritics(motcua: Motcua, catalogue: Path) -> None:
    shown = motcua("procedures", "search", "sinh", "lai", "--data", catalogue).stdout
    assert shown == "1.004884  Đăng ký lại khai sinh  A\n"
    assert motcua("procedures", "search", "xyz", "--data", catalogue).stdout == "nothing found\n"
    served = motcua("procedures", "search", "khai tử lại", "--office", "tan-an", "--data", catalogue).stdout
    assert served == "1.005461  Đăng ký lại khai tử  A  Quầy 1  Quầy 2\n"
    elsewhere = motcua("procedures", "search", "tro cap hang thang", "--office", "tan-an", "--data", catalogue).stdout
    assert all(line.endswith("  not served here") for line in elsewhere.splitlines())
    assert len(motcua("procedures", "search", "--most", 3, "--data", catalogue).stdout.splitlines()) == 3


def test_one_procedure_whole(motcua: Motcua, catalogue: Path) -> None:
    shown = motcua("procedures", "show", "1.001193", "--office", "tan-an", "--data", catalogue).stdout
    for words in ("Đăng ký khai sinh", "trong ngày", "Giấy chứng sinh", "A · Hộ tịch", "Quầy 1, Quầy 2", "Không"):
        assert words in shown


def test_out_and_in_again_is_the_same(motcua: Motcua, catalogue: Path) -> None:
    (catalogue / "again.csv").write_bytes(motcua("procedures", "export", "--data", catalogue).stdout_bytes)
    taken = motcua("procedures", "import", catalogue / "again.csv", "--whole", "--data", catalogue)
    assert taken.stdout == "again.csv: 0 procedures new, 0 changed, 64 unchanged, 0 removed\n"


def test_an_office_is_given_a_service(motcua: Motcua, catalogue: Path) -> None:
    shown = motcua("procedures", "offer", "tan-an", "lao-dong", "--data", catalogue).stdout
    assert shown.splitlines()[-1] == "C  lao-dong  Lao động – Người có công"
    served = motcua("procedures", "search", "cuu chien binh", "--office", "tan-an", "--data", catalogue).stdout
    assert served.endswith("  C  no counter calls for it\n")


def test_dossiers_of_unknown_procedures_are_listed(motcua: Motcua, catalogue: Path) -> None:
    assert "every procedure" in motcua("procedures", "missing", "--data", catalogue).stdout
    path = catalogue / "ho-so.csv"
    path.write_text("Mã hồ sơ,Ngày nhận,Mã TTHC,Tên TTHC\nH29-261002-0001,02/10/2026,1.999999,Việc mới\n")
    motcua("dossiers", "import", path, "--data", catalogue)
    assert motcua("procedures", "missing", "--data", catalogue).stdout == "1.999999  1 dossiers  Việc mới\n"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("show", "1.999999"), "code: expected the code of a procedure of the catalogue, found '1.999999'"),
        (("search", "x", "--office", "nowhere"), "office: expected one of tan-an, found 'nowhere'"),
        (("offer", "tan-an", "nothing"), "service: expected one of ho-tich, dat-dai, lao-dong, found 'nothing'"),
    ],
)
def test_what_is_not_there_is_said(motcua: Motcua, catalogue: Path, asked: tuple[str, ...], words: str) -> None:
    refused = motcua("procedures", *asked, "--data", catalogue)
    assert refused.exit_code == 1 and words in " ".join(refused.stderr.split())


def test_a_bad_row_is_named(motcua: Motcua, data: Path) -> None:
    path = data / "bad.csv"
    path.write_text("Mã TTHC,Tên thủ tục,Thời hạn giải quyết\n1.012766,Đất đai,15 ngày\n")
    refused = motcua("procedures", "import", path, "--data", data)
    assert refused.exit_code == 1
    assert "Dòng 2, cột “Thời hạn giải quyết”: có “15 ngày”; cần số ngày làm việc" in " ".join(refused.stderr.split())


def test_it_fits_a_window(window: Window, catalogue: Path) -> None:
    code, shown = window("procedures", "show", "2.001023", "--data", catalogue)
    assert (code, readable(shown)) == (0, True)
