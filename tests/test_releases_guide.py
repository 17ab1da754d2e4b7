"""What docs/releases.md tells people to type does what it says, one command after the other."""

from functools import cache
from pathlib import Path

import pytest

from fleet.commands import release_check, release_keys, release_root, shared
from fleet.laptop import application_image
from fleet.release_folder import trust_of
from tests.fleet.commands.conftest import Motcua, motcua
from tests.release_keys import key
from tests.typed_guides import words_after

__all__ = ["motcua"]


def test_both_languages_tell_the_same() -> None:
    assert words_after("releases.md", "motcua") == words_after("releases.vi.md", "motcua")


def test_each_command_of_the_guide_works(motcua: Motcua, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(release_keys, "asked", lambda question, confirm=False: "một câu đủ dài")
    monkeypatch.setattr(release_root, "agreed", lambda: True)
    keys = iter(("an", "binh", "chi", "release", "fleet", "dung", "release 2"))
    monkeypatch.setattr(release_keys, "new_key", lambda: key(next(keys)))
    once = cache(application_image.compiled)
    for builds in (application_image, release_check):
        monkeypatch.setattr(builds, "compiled", lambda board, progress=None: once(board))
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "data"))
    Path("data").mkdir()
    with shared.store_of(shared.settings_of(None)):
        pass  # its tables are made
    said = {}
    for words in words_after("releases.md", "motcua"):
        result = motcua(*words)
        assert result.exit_code == 0, f"{words}: {result.output}"
        said[" ".join(words)] = result.output
    assert "built again from these sources: the same bytes" in "".join(said.values())
    assert "release 3 (" in said["release publish firmware"] and "root 2 is known" in said["release publish firmware"]
    assert Path("build/firmware/pico_w-rating/tree/trust").read_bytes() == trust_of(Path("firmware/1.root.json"))
    assert "3 of 3" not in said["release show firmware"] and "goes" in said["release show firmware"]
