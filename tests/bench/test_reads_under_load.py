"""The bench of reads under load, with few visits: all is answered, and all that was written is there."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.bench import reads_under_load
from tests.bench.large_office import fill
from tests.fleet.office import with_tables


@pytest.mark.timeout(600)
def test_pages_are_read_while_others_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads_under_load, "VISITS", 60)
    monkeypatch.setattr(reads_under_load, "SECONDS", 0.6)
    monkeypatch.setattr(reads_under_load, "DAYS", 2)
    monkeypatch.setattr(reads_under_load, "fill", partial(fill, visits=30, province=1))
    reads_under_load.measure("sqlite", with_tables(tmp_path), tmp_path, percent=(50,))
    most, *read, failed, worked = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["name"] for one in (most, failed, worked)] == ["written_most_per_s", "read_failed", "read_cpu_ms"]
    assert [line["page"] for line in read] == list(reads_under_load.PAGES)
    assert failed["value"] == 0
    assert all(line["statuses"] == {"200": line["n"]} and line["written_hz"] > 0 for line in read), read
