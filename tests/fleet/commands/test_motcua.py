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


@pytest.mark.parametrize("name", ["MOTCUA_LISTEN_PORT", "MOTCUA_BROKER_PORT"])
def test_a_port_that_is_none_is_said(motcua: Motcua, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "70000")
    result = motcua("devices")
    assert (result.exit_code, result.stderr[:40]) == (1, f"motcua: {name}: input should be"[:40])
    assert motcua("run", "--port", "70000").exit_code == 2


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("no address with secret", "expected an address such as sqlite:///"),
        ("mysql+none://fleet:secret@db/motcua", "expected a database whose driver is installed, found mysql+none ("),
        ("postgresql://fleet:secret@db:port/motcua", "expected an address such as sqlite:///"),
        (
            "postgresql+psycopg_async://fleet:secret@db/motcua",
            "expected an address that begins with sqlite: or postgresql:, found postgresql+psycopg_async:",
        ),
    ],
)
def test_an_address_of_no_database_is_said_without_its_password(
    motcua: Motcua, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE", address)
    result = motcua("devices")
    assert result.exit_code == 1
    assert " ".join(result.stderr.split()).startswith(f"motcua: MOTCUA_DATABASE: {said}")
    assert "secret" not in result.stderr


@pytest.mark.parametrize("command", [["run"], ["migrate"], ["devices"], ["send"]], ids=" ".join)
def test_a_folder_that_is_a_file_is_said(motcua: Motcua, tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "var"
    path.write_text("a file")
    result = motcua(*command, "--data", path)
    assert result.exit_code == 1
    assert " ".join(result.stderr.split()).startswith("motcua: data: expected a folder, found the file ")
    result = motcua("migrate", "--data", path / "below")
    assert (result.exit_code, "not a directory" in " ".join(result.stderr.split())) == (1, True)


@pytest.mark.parametrize("command", [["run"], ["migrate"], ["devices"], ["receive"]], ids=" ".join)
def test_a_database_that_is_none_is_said(motcua: Motcua, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "motcua.sqlite").write_bytes(b"no database at all" * 1000)
    result = motcua(*command, "--data", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == "motcua: the database cannot be used: file is not a database\n"


def test_a_server_of_databases_that_is_not_there_is_said(motcua: Motcua, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE", "postgresql://fleet:secret@127.0.0.1:1/motcua")
    result = motcua("devices")
    assert result.exit_code == 1
    assert " ".join(result.stderr.split()) == (
        'motcua: the database cannot be used: connection to server at "127.0.0.1", port 1 failed: '
        "Connection refused; is PostgreSQL running there?"
    )


def test_an_address_of_another_machine_is_said(motcua: Motcua, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LISTEN_HOST", "203.0.113.7")  # kept for documents; no machine has it
    result = motcua("run", "--residents", "0", "--data", tmp_path)
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert said == "motcua: the pages cannot be served at 203.0.113.7, port 8080: cannot assign requested address"


@pytest.mark.parametrize("command", ["receive", "send"])
def test_without_a_broker_nothing_waits_in_silence(motcua: Motcua, data: Path, command: str) -> None:
    result = motcua(command, "--data", data)
    assert result.exit_code == 1
    assert result.stderr == "motcua: MOTCUA_BROKER_HOST: expected the host of the broker, found nothing\n"


def test_what_it_makes_is_for_its_user_alone(tmp_path: Path) -> None:
    data = tmp_path / "srv" / "motcua"
    command = f"umask 022; exec {sys.executable} -m fleet migrate --data {data}"
    subprocess.run(command, shell=True, check=True, capture_output=True)  # noqa: S602 - a mask as shells have it
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "motcua.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_folder_may_come_from_the_environment(motcua: Motcua, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATA", str(data))
    assert "q-1" in motcua("devices").stdout


def test_the_contract_is_printed_for_other_programs(motcua: Motcua) -> None:
    result = motcua("contract")
    assert result.exit_code == 0
    assert result.stdout.startswith("{") and '"asyncapi": "3.0.0"' in result.stdout
