"""Which driver the settings name, and what is said of settings that lack something."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.__main__ import app
from fleet.provisioning.access import AccessFailed, access_of
from fleet.provisioning.access_dynsec import AccessDynsec
from fleet.provisioning.access_files import KEYS, AccessFiles
from fleet.settings import Settings


def test_nothing_is_told_where_a_person_keeps_the_lists() -> None:
    assert access_of(Settings()) is None


def test_files_are_kept_where_the_settings_say(tmp_path: Path) -> None:
    access = access_of(Settings(broker_access="files", broker_access_files=tmp_path, broker_access_reload="true"))
    assert isinstance(access, AccessFiles) and access.folder == tmp_path


def test_dynamic_security_has_a_file_of_shared_keys_beside_it_if_one_is_named(tmp_path: Path) -> None:
    alone = access_of(Settings(broker_access="dynsec"))
    assert isinstance(alone, AccessDynsec) and alone.keys is None
    both = access_of(Settings(broker_access="dynsec", broker_access_files=tmp_path, broker_access_reload="true"))
    assert isinstance(both, AccessDynsec) and both.keys is not None and both.keys.names == (KEYS,)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"MOTCUA_BROKER_ACCESS": "files"}, "MOTCUA_BROKER_ACCESS_FILES: expected the folder of Mosquitto's lists"),
        (
            {"MOTCUA_BROKER_ACCESS": "files", "MOTCUA_BROKER_ACCESS_FILES": "x"},
            "MOTCUA_BROKER_ACCESS_RELOAD: expected Mosquitto's pid file or a command, found nothing",
        ),
        (
            {"MOTCUA_BROKER_ACCESS": "dynsec", "MOTCUA_BROKER_ACCESS_FILES": "x"},
            "MOTCUA_BROKER_ACCESS_RELOAD: expected Mosquitto's pid file or a command, found nothing",
        ),
    ],
)
def test_the_sender_says_what_its_settings_lack(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    for command in ("send", "run"):
        said = CliRunner().invoke(
            app, [command, "--data", str(tmp_path)], env={**environment, "MOTCUA_BROKER_HOST": "127.0.0.1"}
        )
        assert said.exit_code == 1
        assert sentence in " ".join(said.output.split())
    with pytest.raises(AccessFailed):
        access_of(Settings(broker_access="files"))


def test_whom_the_registry_does_not_know_is_named_and_goes_when_a_person_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "passwords").write_text("q-1:$7$a\nq-2:$7$b\n")
    environment = {
        "MOTCUA_DATA": str(tmp_path / "data"),
        "MOTCUA_BROKER_ACCESS": "files",
        "MOTCUA_BROKER_ACCESS_FILES": str(folder),
        "MOTCUA_BROKER_ACCESS_RELOAD": "true",
        "MOTCUA_BROKER_HOST": "127.0.0.1",
        "MOTCUA_BROKER_PORT": "1",
    }

    def says(*words: str) -> tuple[int, str]:
        said = CliRunner().invoke(app, ["devices", "strangers", *words], env=environment)
        return said.exit_code, " ".join(said.output.split())

    CliRunner().invoke(app, ["migrate"], env=environment)
    assert says() == (0, "q-1 q-2 2 in all; `motcua devices strangers --confirm` ends their right")
    assert "q-1" in (folder / "passwords").read_text()
    code, said = says("--confirm")
    assert (folder / "passwords").read_text() == ""
    assert code == 1 and "q-1 was not cut off: no broker to be reached" in said, "the list comes first"
    assert says() == (0, "the registry knows everybody whom the broker lets in")
