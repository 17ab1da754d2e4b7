"""motcua indicators."""

from datetime import date
from pathlib import Path

import pytest

from fleet.domain.dossier import Dossier
from fleet.store import dossiers
from fleet.store.database import Store
from fleet.store.rows import run_each, sql
from tests.fleet.commands.conftest import Motcua
from tests.fleet.office import OFFICE

SCAN = sql("""
    INSERT INTO visit_dossiers (office, day, visit, code, scanned_ms) VALUES (:office, :day, :visit, :code, 0)""")
CODES = [f"H29.27.05-251001-{n:04d}" for n in range(8)]


@pytest.fixture
def mirrored(data: Path) -> Path:
    """Eight dossiers of October 2025: seven on time, one late."""
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    first, due = date(2025, 10, 1), date(2025, 10, 8)
    known = [Dossier(code, "H29.27.05", first, due, agency="UBND", field="Hộ tịch", finished_on=due) for code in CODES]
    known[0] = Dossier(CODES[0], "H29.27.05", first, due, agency="UBND", field="Đất đai", finished_on=date(2025, 10, 9))
    with store.writing() as connection:
        dossiers.save_dossiers(connection, known, 1_760_000_000_000)
        rows = [{"office": OFFICE, "day": "2025-10-01", "visit": code, "code": code} for code in CODES]
        run_each(connection, SCAN, rows)
    store.close()
    return data


def test_the_month_in_vietnamese(motcua: Motcua, mirrored: Path) -> None:
    shown = motcua("indicators", OFFICE, "--month", "2025-10", "--data", mirrored).stdout
    for line in (
        "Phường Tân An · Tháng 10/2025 · tính đến 31/10/2025",
        "hồ sơ được quét tại quầy (chưa khai báo cơ quan của đơn vị)",
        "Công khai, minh bạch (18): chỉ Cổng Dịch vụ công quốc gia biết",
        "  2.1  Tỷ lệ hồ sơ giải quyết đúng hạn: 87,50 %",
        "            7  đã xong đúng hạn  [2.1/on_time]",
        "       Đất đai: 0,00 %",
        "  2.2  Thời gian giải quyết trung bình (ngày làm việc): 5,13",
        "  3.3  Tỷ lệ hồ sơ nộp trực tuyến: NA (không có hồ sơ để tính)",
        "không quá 87,50 % (5,83 / 6 điểm)",
        "  1  Tổng thời gian giải quyết so với thời gian quy định: 0,88 / 2 (n = 8) · từ hồ sơ",
        "  7  Thái độ của cán bộ, công chức, viên chức: chưa đủ 5 câu trả lời · hỏi người dân, mỗi lượt một câu",
        "  3,75 / 6 điểm của các tiêu chí đã biết; chưa xếp loại",
        "không phải chỉ số SIPAS",
    ):
        assert line in shown


def test_in_english_with_its_formulas(motcua: Motcua, mirrored: Path) -> None:
    options = ("--quarter", "2025-Q4", "--language", "en", "--formulas")
    shown = motcua("indicators", OFFICE, *options, "--data", mirrored).stdout
    assert "Quarter 4 of 2025" in shown and "at most 87.50 % (5.83 of 6 points)" in shown
    assert "share × 6 ÷ 90 %" in shown and "nor SIPAS" in shown


def test_the_dossiers_behind_a_cell_one_a_line(motcua: Motcua, mirrored: Path) -> None:
    shown = motcua("indicators", OFFICE, "--month", "2025-10", "--dossiers", "2.1/late", "--data", mirrored).stdout
    assert shown == f"{CODES[0]}\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("nowhere",), "there is none of id 'nowhere'"),
        ((OFFICE, "--month", "10/2026"), "--month: expected a day, week, month, quarter or year as 2026-10-08"),
        ((OFFICE, "--month", "2026"), "--month: expected a month, found the year '2026'"),
        ((OFFICE, "--year", "2099"), "--year: expected one that has begun"),
        ((OFFICE, "--month", "2025-10", "--year", "2025"), "expected one period, found --month and --year"),
        ((OFFICE, "--dossiers", "2.1/lost"), "--dossiers: expected one of 2.1/on_time"),
        ((OFFICE, "--language", "fr"), "language: expected vi or en"),
    ],
)
def test_what_it_does_not_take_is_said(motcua: Motcua, mirrored: Path, options: tuple[str, ...], said: str) -> None:
    told = motcua("indicators", *options, "--data", mirrored)
    assert told.exit_code == 1
    assert said in " ".join(told.output.split())
