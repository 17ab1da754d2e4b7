"""motcua archive, as people type it."""

from pathlib import Path

import pytest

from fleet.flows.presence import welcome
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.flows.test_purge import a_day
from tests.fleet.office import PLAN, hello

OCTOBER = 1_760_000_000_000  # 2025-10-09


@pytest.fixture
def filled(data: Path) -> Path:
    """The small office, with a day of a month that is over."""
    store = Store(f"sqlite:///{data / 'motcua.sqlite'}")
    for device in PLAN.devices:
        welcome(store, device.id, hello(), OCTOBER)
    a_day(store, "aa", start=OCTOBER)
    store.close()
    (data / "archive").mkdir()
    return data


def test_a_month_is_archived_listed_and_verified(motcua: Motcua, window: Window, filled: Path) -> None:
    folder = filled / "archive"
    made = motcua("archive", "--month", "2025-10", "--into", folder, "--data", filled)
    assert made.stdout.splitlines()[0] == "events-2025-10.parquet: 35 rows, 0.0 MiB"
    assert "was there" in motcua("archive", "--month", "2025-10", "--into", folder, "--data", filled).stdout
    code, shown = window("archive", "list", folder)
    assert code == 0 and readable(shown) and "visits-2025-10.parquet" in shown
    assert "events-2025-10.parquet: whole, 35 rows" in motcua("archive", "verify", folder).stdout.splitlines()
    (folder / "events-2025-10.json").unlink()
    spoilt = motcua("archive", "verify", folder)
    assert spoilt.exit_code == 1 and "events-2025-10.parquet: its manifest is missing" in spoilt.stdout


def test_what_cannot_be_archived_is_said(motcua: Motcua, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ("--into", filled / "archive", "--data", filled)
    for arguments, why in (
        (("--month", "2025", *folder), "expected a month as 2026-03"),
        (("--month", "March", *folder), "expected a day, week"),
        (("--month", "2099-01", *folder), "expected a month that is over"),
        (("--month", "2025-10", "--data", filled), "MOTCUA_ARCHIVE"),
        (folder, "--month: expected a month"),
        (("--month", "2025-10", "--into", filled / "none", "--data", filled), "expected a folder for archives"),
        (("verify", filled / "none"), "expected a folder of archives"),
    ):
        refused = motcua("archive", *arguments)
        assert refused.exit_code == 1 and why in refused.stderr, arguments
    monkeypatch.setenv("MOTCUA_ARCHIVE", str(filled / "archive"))
    assert motcua("archive", "list").stdout == "no archives\n"


def test_a_purge_says_what_it_archived_and_what_waits(
    motcua: Motcua, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_ARCHIVE", str(filled / "none"))
    waits = motcua("purge", "--data", filled)
    assert "nothing is deleted" in waits.stderr and "events " not in waits.stdout
    monkeypatch.setenv("MOTCUA_ARCHIVE", str(filled / "archive"))
    assert "events-2025-10.parquet: 35 rows" in motcua("purge", "--data", filled).stdout
