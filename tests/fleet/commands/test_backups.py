"""motcua backup, backups and restore; and docs/backup.md, typed line by line."""

import re
from datetime import datetime
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit

import pytest

from fleet.commands import backups
from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.office import NINE, with_tables
from tests.typed_guides import DOCS, words_after

GUIDES = ("backup.md", "backup.vi.md")
NAMED = re.compile(r"motcua-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.zip")
NO_ROOM_BYTES = 4096


@pytest.mark.usefixtures("ready_tables")
def test_what_is_saved_is_listed_checked_and_restored(
    motcua: Motcua, window: Window, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "giữ"
    folder.mkdir()
    code, shown = window("backup", folder, "--days", 7, "--data", data)
    assert code == 0 and "fleet-key: keep a copy" in shown
    (made,) = folder.iterdir()
    assert made.name in motcua("backups", "list", folder).stdout
    assert "whole" in motcua("backups", "check", made).stdout
    assert "found one; --replace" in motcua("restore", made, "--data", data).stderr
    code, shown = window("restore", made, "--data", tmp_path / "mới")
    assert code == 0 and "no new numbers until tp-1 told" in shown.replace("\n", " ")
    assert motcua("restored", "--look", "--data", tmp_path / "mới").stdout.startswith("tan-an: no new numbers")
    (folder / "hỏng.zip").write_bytes(made.read_bytes()[:1000])
    assert "hỏng.zip: expected a whole backup" in motcua("backups", "list", folder).stdout
    assert motcua("backups", "check", folder / "hỏng.zip").exit_code == 1
    code, shown = window("backups", "list", folder)
    assert code == 0 and readable(shown)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "x.zip", "--data", "nowhere"), "no database in"),
        (("backup", "x"), "x: expected a folder that is there, or a new file"),
        (("backup", "x/y.zip", "--days", "2"), "--days, --weeks, --months: expected a folder"),
        (("backups", "list", "nowhere"), "nowhere: expected a folder, found none"),
        (("backups", "check", "nowhere"), "nowhere: no such file"),
        (("restore", "nowhere"), "nowhere: expected a file, found none"),
    ],
)
def test_what_cannot_be_is_said(
    motcua: Motcua, data: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)
    refused = motcua(*words, *(() if "--data" in words or words[0] == "backups" else ("--data", ".")))
    assert refused.exit_code == 1 and said in refused.stderr


@pytest.mark.usefixtures("ready_tables")
def test_a_full_disk_is_said_and_leaves_what_was_there(
    motcua: Motcua, window: Window, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with monkeypatch.context() as earlier:  # the next one has another name
        earlier.setattr(backups, "now_ms", lambda: NINE)
        assert motcua("backup", folder, "--data", data).exit_code == 0
    (made,) = folder.iterdir()
    for words in (("backup", folder), ("restore", made, "--replace")):
        before = (data / "motcua.sqlite").read_bytes()
        code, shown = window(
            *words, "--data", data, first=lambda: setrlimit(RLIMIT_FSIZE, (NO_ROOM_BYTES, NO_ROOM_BYTES))
        )
        assert code == 1 and "motcua: the database cannot be used: " in shown and "Traceback" not in shown
        assert [one.name for one in folder.iterdir()] == [made.name]
        assert (data / "motcua.sqlite").read_bytes() == before
        assert not list(data.glob("restoring*"))


@pytest.mark.usefixtures("ready_tables")
def test_each_step_of_the_guides_does_what_it_says(
    motcua: Motcua, data: Path, postgresql_of_guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)
    (data / "backups").mkdir()
    made = NAMED.search((DOCS / GUIDES[0]).read_text("utf-8"))
    assert made is not None
    moment_ms = int(datetime.strptime(f"{made[1]}+0000", "%Y-%m-%dT%H-%M-%SZ%z").timestamp() * 1000)
    monkeypatch.setattr(backups, "now_ms", lambda: moment_ms)
    lines = words_after(GUIDES[0], "motcua")
    assert len(lines) >= 6 and lines == words_after(GUIDES[1], "motcua"), "one run shows what both say"
    for line in lines:
        words = [word.replace("postgresql://motcua@db/motcua", postgresql_of_guide) for word in line]
        done = motcua(*words, "--data", ".") if words[0] != "backups" else motcua(*words)
        assert done.exit_code == 0, f"{line}: {done.stderr}"


@pytest.fixture
def postgresql_of_guide(request: pytest.FixtureRequest) -> str:
    """A database that is not there yet."""
    return str(request.getfixturevalue("postgresql").database())


@pytest.mark.usefixtures("ready_tables")
def test_a_new_database_is_no_reason_to_lose_it(motcua: Motcua, data: Path, tmp_path: Path) -> None:
    made = tmp_path / "b.zip"
    motcua("backup", made, "--data", data)
    address = with_tables(tmp_path / "new")
    done = motcua("restore", made, "--database", address, "--replace", "--data", data)
    assert done.exit_code == 0 and "what was there before: " in done.stdout
    store = Store(address)
    assert store.is_up_to_date()
    store.close()
