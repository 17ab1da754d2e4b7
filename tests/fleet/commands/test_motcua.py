"""The command itself: its help, its version, and what it says where nothing is set up."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from fleet.store.database import Store
from fleet.store.places import offices
from tests.fleet.commands.conftest import Motcua, Window, readable

COMMANDS = ("run", "serve", "receive", "link", "send", "migrate", "visits", "devices", "dossiers", "users", "contract")
NEED_DATABASE = [
    ["devices"],
    ["devices", "enrol", "nut-9", "--role", "rating", "--office", "tan-an"],
    ["devices", "revoke", "q-1"],
    ["devices", "broker-files", "--fleet-password", "x"],
    ["visits"],
    ["dossiers", "import", "nothing.csv"],
    ["users", "add", "lan", "--role", "clerk"],
    ["users", "password", "lan"],
    ["serve"],
    ["receive"],
    ["link"],
    ["send"],
]


def test_the_help_fits_a_window_and_names_every_command(window: Window) -> None:
    code, shown = window("--help")
    assert code == 0
    assert readable(shown)
    for command in COMMANDS:
        assert f"│ {command} " in shown


@pytest.mark.parametrize("command", [["devices", "enrol"], ["dossiers", "import"], ["users", "add"]])
def test_the_help_of_a_command_fits_a_window(window: Window, command: list[str]) -> None:
    code, shown = window(*command, "--help")
    assert (code, readable(shown)) == (0, True)
    assert "--data" in shown


def test_the_version_is_that_of_the_package() -> None:
    done = subprocess.run([sys.executable, "-m", "fleet", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"motcua {version('motcua')}\n"


def test_an_unknown_command_is_refused(motcua: Motcua) -> None:
    result = motcua("coffee")
    assert result.exit_code == 2
    assert "No such command 'coffee'" in result.stderr


@pytest.mark.parametrize("command", NEED_DATABASE, ids=" ".join)
def test_without_a_database_it_says_how_to_make_one(motcua: Motcua, tmp_path: Path, command: list[str]) -> None:
    result = motcua(*command, "--data", tmp_path)
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert said.startswith("motcua: no database in ")
    assert said.endswith("`motcua run` or `motcua migrate` makes one")
    assert list(tmp_path.iterdir()) == [], "asking makes nothing"


def test_migrate_makes_a_database_and_may_be_repeated(motcua: Motcua, tmp_path: Path) -> None:
    for _ in range(2):
        result = motcua("migrate", "--data", tmp_path)
        assert (result.exit_code, result.stdout) == (0, "the database is up to date\n")
    store = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    with store.reading() as connection:
        assert offices(connection) == []
    store.close()
    assert motcua("devices", "--data", tmp_path).exit_code == 0


def test_a_setting_that_is_none_is_said_in_a_sentence(motcua: Motcua, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_BROKER_PROTOCOL", "4")
    result = motcua("devices")
    assert result.exit_code == 1
    assert result.stderr == "motcua: MOTCUA_BROKER_PROTOCOL: input should be '5' or '3.1.1', found '4'\n"


def test_the_folder_may_come_from_the_environment(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATA", str(data))
    assert "q-1" in motcua("devices").stdout


def test_the_contract_is_printed_for_other_programs(motcua: Motcua) -> None:
    result = motcua("contract")
    assert result.exit_code == 0
    assert result.stdout.startswith("{") and '"asyncapi": "3.0.0"' in result.stdout
