"""The bench of years, with few visits: sums and scan agree, and each figure is printed."""

import json
from pathlib import Path

import pytest

from fleet.domain.unit_sums import LEAST_OFFICES
from tests.bench import history, history_reads
from tests.bench.history_made import Size

QUESTIONS = {"dashboard_office_ms", "dashboard_ms", "years_5_ms", "years_10_ms", "report_office_ms", "report_ms"}
ONCE = {"fold_day_ms", "refold_day_ms", "years_with_a_late_visit_ms", "visit_row_us", "visit_sums_us", "visit_opens_us"}
OTHERS = {"report_office_pdf_ms", "report_pdf_ms", "office_sums_mb", "unit_sums_mb", "naive_ratio", "linking_ratio"}
READ = {"dashboard_p99_ms"}


def test_sums_and_a_scan_of_few_visits_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "ROUNDS", 1)
    monkeypatch.setattr(history, "NEW_VISITS", 5)
    monkeypatch.setattr(history_reads, "READS", 1)
    monkeypatch.setattr(history_reads, "FRESH", 0)
    size = Size(visits=1, offices=LEAST_OFFICES, years=1)
    size = Size(LEAST_OFFICES * len(size.days), LEAST_OFFICES, 1)
    history.measure("sqlite", f"sqlite:///{tmp_path / 'motcua.sqlite'}", size, tmp_path)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"] for line in lines} == QUESTIONS | ONCE | OTHERS | READ
    assert [line["read"] for line in lines if line["name"] in READ] == list(history_reads.ASKED)
    assert all(line["value"] > 0 and line["visits"] >= size.visits for line in lines)
