"""motcua doctor: what people and programs are told, and by which number."""

import json
import re
from pathlib import Path

import pytest

from fleet.commands.checks import clocks, disks
from fleet.commands.checks.known import ORDER
from tests.fleet.commands.conftest import Motcua, Window, readable

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(autouse=True)
def a_good_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever machine this is."""
    monkeypatch.setattr(clocks, "is_kept", lambda: True)
    monkeypatch.setattr(disks, "free_of", lambda _: (0.5, 0.5))


def test_the_worst_that_is_found_is_the_number_it_ends_with(motcua: Motcua, data: Path) -> None:
    def ends(*checks: str) -> int:
        return motcua("doctor", *(word for one in checks for word in ("--only", one)), "--data", data).exit_code

    assert ends("database", "mail") == 0
    assert ends("database", "forgetting") == 3
    assert ends("forgetting", "backup", "database") == 4


def test_what_is_wrong_is_told_with_what_to_do(window: Window, data: Path) -> None:
    code, shown = window("doctor", "--only", "database", "--only", "backup", "--data", data)
    assert code == 4 and readable(shown)
    assert "✓  Cơ sở dữ liệu" in shown and "✗  Bản sao lưu cuối" in shown and "→ Chạy `motcua backup" in shown
    code, shown = window("doctor", "--only", "backup", "--language", "en", "--data", data)
    assert "expected: one each day" in shown and "Something is broken" in shown


def test_programs_read_the_same(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_BROKER_PASSWORD", "a secret of the broker")
    told = motcua("doctor", "--json", "--language", "en", "--patience", "0.5", "--data", data)
    found = json.loads(told.stdout)
    assert (found["result"], told.exit_code) == ("bad", 4)
    backup = next(one for one in found["findings"] if one["check"] == "backup")
    assert backup == {
        "check": "backup",
        "result": "bad",
        "found": "there is none",
        "expected": "one each day",
        "remedy": "Type `motcua backup folder`, then have it done each night (docs/backup.md).",
    }
    assert "a secret of the broker" not in told.stdout


def test_what_is_asked_wrongly_is_said(motcua: Motcua, data: Path, tmp_path: Path) -> None:
    assert "--only: expected one of database" in motcua("doctor", "--only", "x", "--data", data).stderr
    assert motcua("doctor", "--only", "database", "--data", tmp_path / "none").exit_code == 4


def test_every_check_stands_in_the_documentation() -> None:
    for page in ("doctor.md", "doctor.vi.md"):
        rows = re.findall(r"^\| `([a-z-]+)` \|", (DOCS / page).read_text("utf-8"), re.MULTILINE)
        assert tuple(rows) == ORDER, page
