"""motcua compare."""

from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua

ASKED = ("compare", "tinh", "--period", "2026-Q3")


def test_a_quarter_is_said_in_groups(compared: Path, motcua: Motcua, tmp_path: Path) -> None:
    table = tmp_path / "so-sanh.csv"
    told = motcua(*ASKED, "--by", "satisfaction", "--csv", table, "--data", compared.parent)
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert lines[0] == "Tỉnh · Quý III/2026 · tính đến hết ngày 30/09/2026 · 6 bộ phận một cửa"
    assert "rõ ràng kém hơn: 1" in lines and lines[lines.index("rõ ràng kém hơn: 1") + 1].startswith("  Xã 4: 50,0 %")
    assert "thang 5 mức; 0 đánh giá trên thang khác không gộp vào" in lines
    rows = table.read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + 3 * 6 + 2 * 6, "three measures and two quantiles of six offices"
    assert {len(row.split(",")) for row in rows} == {26}


def test_waits_in_english_as_places_were(compared: Path, motcua: Motcua) -> None:
    told = motcua(*ASKED, "--by", "waits", "--as-was", "--language", "en", "--data", compared.parent).output
    assert "7 offices · as they were" in told and "one target for all: 15 minutes" in told
    assert "Xã 5: half waited up to" in told and "drawn towards all" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "expected the id of a known unit"),
        (("tinh", "--by", "luck"), "expected one of waits, satisfaction, on-time, all"),
        (("tinh", "--of", "counter"), "expected one of office, branch, centre, district"),
        (("tinh", "--period", "2026-W30"), "expected a month, quarter or year"),
        (("tinh", "--period", "2099"), "expected one that has begun"),
        (("tinh", "--period", "soon"), "found 'soon'"),
        (("tinh", "--service", "x", "--period", "2026-Q3"), "--service: expected the id of one"),
        (("tinh", "--language", "fr"), "expected vi or en"),
    ],
)
def test_what_is_wrong_is_said(compared: Path, motcua: Motcua, arguments: tuple[str, ...], said: str) -> None:
    told = motcua("compare", *arguments, "--data", compared.parent)
    assert told.exit_code != 0 and said in " ".join(told.output.split())
