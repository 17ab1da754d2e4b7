"""The bench of pages, with a small office and few rounds: pages answer, open ones are told, figures are printed."""

import asyncio
import json
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.store.database import Store
from tests.bench import pages_live, pages_lobby, pages_views
from tests.bench.large_office import count_days, fill
from tests.bench.pages_process import SHIPPED, served
from tests.fleet.office import with_tables


def test_pages_of_a_small_office_are_measured_and_open_ones_hear_of_each_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_views, "WARM", 3)
    monkeypatch.setattr(pages_live, "FIRST_S", 0.0)
    monkeypatch.setattr(pages_live, "PAUSE_S", (0.0, 0.0))
    address = with_tables(tmp_path)
    office = fill(Store(address), days=3, visits=40, province=1)
    assert count_days(office.store, office.id)[0] == 4
    ahead_ms = office.now_ms - now_ms()
    crowd = pages_live.listeners(office, "all sorts", 10)
    with served(address, tmp_path, ahead_ms) as process:
        pages_views.warm(process, f"/offices/{office.id}", office.sessions["supervisor"], {"page": "office"})
        asyncio.run(pages_live.watched(office, process, crowd, ahead_ms, 2, {"server": SHIPPED, "crowd": 10}))
    office.store.close()
    *views, live = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["name"], line["of"]) for line in views] == [("page_server_ms", of) for of in ("p50", "p99")]
    assert all(line["value"] > 0 and line["kb"] > 1 for line in views)
    assert (live["name"], live["n"]) == ("live_p99_ms", 20)
    assert live["sent_kb_an_event"] > 0


def test_what_a_lobby_is_sent_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages_lobby.measure(with_tables(tmp_path), visits=200, minutes=2)
    figure = json.loads(capsys.readouterr().out)
    assert figure["name"] == "lobby_bytes_per_s"
    assert figure["sent"] > 0 and figure["value"] > 18, "a beat alone is that much"
