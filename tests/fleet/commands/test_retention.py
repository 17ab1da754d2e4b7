"""motcua purge, motcua retention, and what motcua dossiers forgets and tells."""

import json
from datetime import date
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.dossier import Dossier
from fleet.store import dossiers
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable

CODE = "H29.27.05-161002-0001"


@pytest.fixture
def mirrored(data: Path) -> Path:
    """The small office, with a dossier of ten years ago."""
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    with store.writing() as connection:
        dossiers.save_dossiers(connection, [Dossier(CODE, "H29.27.05", date(2016, 10, 2), state="Đã trả")], now_ms())
    store.close()
    return data


def test_what_is_over_is_forgotten_once(motcua: Motcua, mirrored: Path) -> None:
    assert motcua("purge", "--data", mirrored).stdout == "dossiers       1\n"
    assert motcua("purge", "--data", mirrored).stdout == "nothing was over\n"


def test_how_long_what_is_kept(motcua: Motcua, window: Window, mirrored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = window("retention", "show", "--data", mirrored)
    assert code == 0 and readable(shown)
    assert "never" in shown and "MOTCUA_KEEP_EVENTS_DAYS" in shown and "0 day keys" in shown
    motcua("purge", "--data", mirrored)
    monkeypatch.setenv("MOTCUA_KEEP_VISITS_DAYS", "31")
    shown = motcua("retention", "show", "--data", mirrored).stdout
    assert "never" not in shown
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("visits")] == ["31"]


def test_too_few_days_are_refused(motcua: Motcua, mirrored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_KEEP_VISITS_DAYS", "1")
    refused = motcua("purge", "--data", mirrored)
    assert refused.exit_code == 1 and "MOTCUA_KEEP_VISITS_DAYS" in refused.stderr


def test_a_dossier_is_told_and_then_forgotten(motcua: Motcua, mirrored: Path) -> None:
    told = motcua("dossiers", "export", CODE, "--data", mirrored)
    assert json.loads(told.stdout)["dossier"]["state"] == "Đã trả"
    erased = motcua("dossiers", "erase", CODE, "--data", mirrored)
    assert erased.exit_code == 0 and "dossier         1" in erased.stdout and "Visits stay" in erased.stdout
    for what in ("export", "erase"):
        gone = motcua("dossiers", what, CODE, "--data", mirrored)
        assert (gone.exit_code, gone.stderr) == (1, f"motcua: nothing is known of {CODE}\n")
    refused = motcua("dossiers", "erase", "Nguyễn Văn A", "--data", mirrored)
    assert refused.exit_code == 1 and "expected a dossier code" in refused.stderr
