"""The bench of pages, with a small office and few rounds: each page answers, and each figure is printed."""

import json
from pathlib import Path

import pytest

from tests.bench import pages_views
from tests.fleet.office import with_tables


def test_a_page_of_a_small_office_is_measured_cold_and_warm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_views, "PAGES", {"office": pages_views.PAGES["office"]})
    monkeypatch.setattr(pages_views, "COLD", 1)
    monkeypatch.setattr(pages_views, "WARM", 3)
    pages_views.measure("sqlite", with_tables(tmp_path), tmp_path, days=3, visits=40, province=1)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["name"], line["of"]) for line in lines] == [("page_server_ms", of) for of in ("cold", "p50", "p99")]
    assert all(line["value"] > 0 and line["days"] == 4 for line in lines)
