"""The bench of years, with few visits: sums and scan agree, and each figure is printed."""

import json
from pathlib import Path

import pytest

from tests.bench.history import measure

FIGURES = {"dashboard_ms", "years_ms", "report_ms", "naive_ratio", "visit_row_us", "visit_sums_us"}


def test_sums_and_a_scan_of_few_visits_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure("sqlite", f"sqlite:///{tmp_path / 'motcua.sqlite'}", 1_300)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"] for line in lines} == FIGURES
    assert all(line["value"] > 0 and line["visits"] >= 1_300 for line in lines)
