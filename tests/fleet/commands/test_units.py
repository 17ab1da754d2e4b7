"""motcua org."""

from pathlib import Path

import pytest

from fleet.laptop.furnishing import UNITS_FILE
from tests.fleet.commands.conftest import Motcua, Window, readable


@pytest.fixture
def province(motcua: Motcua, tmp_path: Path) -> Path:
    """A folder with the sample's tree in it."""
    motcua("migrate", "--data", tmp_path)
    taken = motcua("org", "import", UNITS_FILE, "--data", tmp_path)
    assert (taken.exit_code, taken.stdout) == (0, "don-vi.csv: 39 units new, 0 changed, 0 unchanged\n")
    return tmp_path


def test_out_and_in_again_is_the_same(motcua: Motcua, province: Path) -> None:
    first = motcua("org", "export", "--data", province).stdout_bytes
    (province / "again.csv").write_bytes(first)
    taken = motcua("org", "import", province / "again.csv", "--whole", "--data", province)
    assert taken.stdout == "again.csv: 0 units new, 0 changed, 39 unchanged, 0 removed\n"
    assert motcua("org", "export", "--data", province).stdout_bytes == first


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("vi", "Dòng 2, cột “Đơn vị cấp trên”: có “x”; cần mã của"), ("en", "Row 2, column “Đơn vị cấp trên”: found “x”")],
)
def test_a_bad_row_is_named(motcua: Motcua, province: Path, language: str, sentence: str) -> None:
    path = province / "bad.csv"
    path.write_text("Mã đơn vị,Loại đơn vị,Tên đơn vị,Đơn vị cấp trên\nc,trung tâm,C,x\n")
    refused = motcua("org", "import", path, "--language", language, "--data", province)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert sentence in " ".join(refused.stderr.split())


def test_the_tree_of_a_day(motcua: Motcua, province: Path) -> None:
    then = motcua("org", "show", "--at", "30/06/2025", "--data", province).stdout
    now = motcua("org", "show", "--at", "2025-07-01", "--data", province).stdout
    assert "Tỉnh Bình Dương  (tỉnh binh-duong)\n" in then and "binh-duong" not in now
    assert "\n    Bộ phận Một cửa phường Bến Nghé  (điểm tiếp nhận ben-nghe)\n" in now
    unit = motcua("org", "show", "quan-1", "--data", province).stdout
    assert unit.startswith("… – 01/07/2025  Quận 1\ntoday  tt-p-sai-gon (share not known), ")


def test_whose_a_dossier_is(motcua: Motcua, province: Path) -> None:
    codes = ("000.31.27.H29-250301-0001", "H29.27.05.13-261008-0975", "G09-250101-0001")
    shown = motcua("org", "whose", *codes, "--office", "ben-nghe", "--data", province).stdout.splitlines()
    assert shown[0].endswith("(trước 01/7/2025)  →  ubnd-p-sai-gon  the office's own")
    assert shown[1].endswith("đất đai khu vực 1  of another organisation")
    assert shown[2] == "G09-250101-0001  no organisation of that day is known"


def test_what_was_received_for_whom(motcua: Motcua, province: Path) -> None:
    shown = motcua("org", "received", "ben-nghe", "--from", "2026-01-01", "--to", "31/01/2026", "--data", province)
    assert shown.stdout == "no dossiers were scanned there from 2026-01-01 to 2026-01-31\n"
    refused = motcua("org", "received", "nowhere", "--data", province)
    assert (refused.exit_code, "found 'nowhere'" in refused.stderr) == (1, True)


def test_what_compares(motcua: Motcua, province: Path) -> None:
    shown = motcua("org", "series", "--before", "2025-06-30", "--data", province).stdout.splitlines()
    assert "ba-ria-vung-tau + binh-duong + tp-hcm  →  tp-hcm" in shown
    one = motcua("org", "series", "tp-hcm", "--before", "2025-06-30", "--data", province).stdout
    assert one == "tp-hcm  ←  tp-hcm, ba-ria-vung-tau, binh-duong\n"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("show", "nowhere"), "unit: expected the id of a known unit, found 'nowhere'"),
        (("show", "--at", "1.7.25"), "expected a day as YYYY-MM-DD or DD/MM/YYYY, found '1.7.25'"),
        (("whose", "H29"), "dossier code: expected a dossier code such as"),
        (("series", "--before", "2099-01-01"), "before: expected a day not after"),
        (("series", "nowhere", "--before", "2020-01-01"), "unit: expected the id of a known unit"),
    ],
)
def test_what_is_not_there_is_said(motcua: Motcua, province: Path, asked: tuple[str, ...], words: str) -> None:
    refused = motcua("org", *asked, "--data", province)
    assert refused.exit_code == 1 and words in " ".join(refused.stderr.split())


def test_it_fits_a_window(window: Window, province: Path) -> None:
    code, shown = window("org", "show", "--data", province)
    assert (code, readable(shown)) == (0, True)
