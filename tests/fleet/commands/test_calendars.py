"""motcua calendar."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua, Window, readable

FILE = """Mã đơn vị,Loại ngày,Thứ,Từ giờ,Đến giờ,Từ ngày,Ghi chú
tan-an,giờ làm việc,T2-T6,07:30,11:30,,
tan-an,giờ làm việc,T2-T7,13:00,16:30,,
tan-an,không hẹn,T6,,,,Ngày không viết
tan-an,nghỉ,,,,24/11/2026,Ngày Văn hóa Việt Nam
"""


@pytest.fixture
def office(motcua: Motcua, data: Path) -> Path:
    """A folder with an office that has hours of its own."""
    path = data / "lich.csv"
    path.write_text(FILE)
    taken = motcua("calendar", "import", path, "--data", data)
    assert (taken.exit_code, taken.stdout) == (0, "lich.csv: 4 rules of 1 units, 1 of them changed\n")
    return data


def test_the_days_of_an_office(motcua: Motcua, office: Path) -> None:
    shown = motcua("calendar", "show", "tan-an", "--from", "20/11/2026", "--days", 5, "--data", office).stdout
    assert shown.splitlines() == [
        "T6 20/11/2026  07:30–11:30 13:00–16:30  ngày không hẹn  Ngày không viết",
        "T7 21/11/2026  13:00–16:30",
        "CN 22/11/2026  nghỉ",
        "T2 23/11/2026  07:30–11:30 13:00–16:30",
        "T3 24/11/2026  nghỉ  Ngày Văn hóa Việt Nam",
    ]


def test_only_what_is_special_of_everywhere(motcua: Motcua, office: Path) -> None:
    shown = motcua("calendar", "show", "--special", "--from", "2026-08-20", "--days", 20, "--data", office).stdout
    assert shown.splitlines() == [
        "T2 31/08/2026  nghỉ  Quốc khánh",
        "T3 01/09/2026  nghỉ  Quốc khánh",
        "T4 02/09/2026  nghỉ  Quốc khánh",
    ]


def test_out_and_in_again_is_the_same(motcua: Motcua, office: Path) -> None:
    (office / "again.csv").write_bytes(motcua("calendar", "export", "--data", office).stdout_bytes)
    taken = motcua("calendar", "import", office / "again.csv", "--data", office)
    assert taken.stdout == "again.csv: 4 rules of 1 units, 0 of them changed\n"


def test_what_is_wrong_is_said(motcua: Motcua, office: Path) -> None:
    refused = motcua("calendar", "show", "nowhere", "--data", office)
    assert (refused.exit_code, "found 'nowhere'" in refused.stderr) == (1, True)
    (office / "bad.csv").write_text("Mã đơn vị,Loại ngày\ntan-an,nghỉ\n")
    refused = motcua("calendar", "import", office / "bad.csv", "--data", office)
    assert refused.exit_code == 1
    assert "Dòng 2, cột “Từ ngày”: ô trống; cần một giá trị, vì loại ngày là" in " ".join(refused.stderr.split())


def test_it_fits_a_window(window: Window, office: Path) -> None:
    code, shown = window("calendar", "show", "tan-an", "--data", office)
    assert (code, readable(shown)) == (0, True)
