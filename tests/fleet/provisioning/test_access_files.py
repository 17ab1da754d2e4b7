"""The files of a Mosquitto: what stands in them, who lost a right, and what happens when something is in the way."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.domain.access import AccessFailed, Credential
from fleet.flows.enrol import ACCESS_RULES
from fleet.provisioning.access_files import AccessFiles


class Reloads:
    """Counts how often Mosquitto is told to read its files, and may refuse."""

    def __init__(self) -> None:
        self.n = 0
        self.trouble = ""

    def __call__(self) -> None:
        if self.trouble:
            raise AccessFailed(self.trouble)
        self.n += 1


def one(device: str, hashed: str = "$7$a", psk: str | None = None) -> Credential:
    return Credential(device, hashed, psk=psk)


@pytest.fixture
def reloads() -> Reloads:
    return Reloads()


@pytest.fixture
def files(tmp_path: Path, reloads: Reloads) -> Callable[[], AccessFiles]:
    return lambda: AccessFiles(tmp_path / "broker", reloads, lambda device: None)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "broker").iterdir()}


def test_each_device_stands_in_the_files_of_what_it_has(
    tmp_path: Path, files: Callable[[], AccessFiles], reloads: Reloads
) -> None:
    access = files()
    assert access.in_doubt
    access.put([one("q-2", psk="22"), one("q-1"), one("nut-1", hashed="", psk="33")])
    assert access.apply() == []
    assert texts(tmp_path) == {
        "passwords": "q-1:$7$a\nq-2:$7$a\n",
        "psk": "nut-1:33\nq-2:22\n",
        "access": ACCESS_RULES,
    }
    assert (reloads.n, access.in_doubt) == (1, False)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "broker").iterdir()} == {0o600}


def test_what_is_the_same_is_neither_written_nor_read_again(
    tmp_path: Path, files: Callable[[], AccessFiles], reloads: Reloads
) -> None:
    access = files()
    access.put([one("q-1")])
    access.apply()
    before = (tmp_path / "broker" / "passwords").stat().st_mtime_ns
    access.put([one("q-1")])
    assert access.apply() == []
    assert (reloads.n, (tmp_path / "broker" / "passwords").stat().st_mtime_ns) == (1, before)


def test_who_is_gone_or_has_another_secret_may_not_go_on(files: Callable[[], AccessFiles]) -> None:
    access = files()
    access.put([one("q-1", psk="11"), one("q-2"), one("q-3", psk="33"), one("q-4")])
    access.apply()
    access.remove("q-1")
    access.put([one("q-2", "$7$b"), one("q-3", psk="34"), one("q-5")])
    assert access.apply() == ["q-1", "q-2", "q-3"]
    assert access.apply() == []


def test_who_was_removed_while_nobody_kept_the_door_is_found_in_the_files(files: Callable[[], AccessFiles]) -> None:
    before = files()
    before.put([one("q-1"), one("q-2", psk="22")])
    before.apply()
    after = files()
    after.put([one("q-1")])
    assert after.apply() == ["q-2"]


def test_a_reload_that_failed_is_done_again_and_forgets_nobody(
    files: Callable[[], AccessFiles], reloads: Reloads
) -> None:
    access = files()
    access.put([one("q-1"), one("q-2")])
    access.apply()
    access.remove("q-1")
    reloads.trouble = "no Mosquitto"
    for _ in range(2):
        with pytest.raises(AccessFailed, match="no Mosquitto"):
            access.apply()
    reloads.trouble = ""
    assert access.apply() == ["q-1"]
    assert reloads.n == 2


def test_a_file_that_somebody_deleted_is_made_again(tmp_path: Path, files: Callable[[], AccessFiles]) -> None:
    access = files()
    access.put([one("q-1")])
    access.apply()
    (tmp_path / "broker" / "access").unlink()
    assert access.in_doubt
    access.apply()
    assert texts(tmp_path)["access"] == ACCESS_RULES


def test_a_folder_that_gives_its_group_lets_that_group_read(tmp_path: Path, files: Callable[[], AccessFiles]) -> None:
    (tmp_path / "broker").mkdir()
    (tmp_path / "broker").chmod(0o2750)
    access = files()
    access.put([one("q-1")])
    before = os.umask(0o077)
    try:
        access.apply()
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "broker").iterdir()} == {0o640}


def test_a_folder_that_is_none_is_said_in_a_sentence(tmp_path: Path, files: Callable[[], AccessFiles]) -> None:
    (tmp_path / "broker").write_text("")
    access = files()
    access.put([one("q-1")])
    with pytest.raises(AccessFailed, match=r"broker: file exists|broker.*: not a directory"):
        access.apply()


def test_no_secret_is_shown_where_a_credential_is() -> None:
    shown = repr(Credential("q-1", "$7$secret", password="word", psk="key"))
    assert shown == "Credential(device='q-1')"


def test_who_is_to_be_kept_keeps_the_lines_that_stand_there(tmp_path: Path, files: Callable[[], AccessFiles]) -> None:
    before = files()
    before.put([one("q-1", psk="11"), one("q-2")])
    before.apply()
    access = files()  # of a fleet that knows neither
    assert access.listed() == {"q-1", "q-2"}
    access.keep({"q-1", "q-2"})
    access.put([one("q-3")])
    assert access.apply() == []
    assert texts(tmp_path)["passwords"] == "q-3:$7$a\nq-1:$7$a\nq-2:$7$a\n"
    assert texts(tmp_path)["psk"] == "q-1:11\n"
    access.keep(frozenset())
    assert access.apply() == ["q-1", "q-2"]
