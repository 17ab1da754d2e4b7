"""docs/install.md: each line is typed below a folder of its own, and makes what the settings of the machine name."""

import os
import secrets
import shlex
import sys
from pathlib import Path

import pytest

from tests.fleet.commands.conftest import Motcua, motcua
from tests.postgresql import PostgreSQL
from tests.typed_guides import Typist, typed

__all__ = ["motcua"]
ROOT = Path(__file__).parents[2]
PAGE = "install.md"
ABOVE = ("MOTCUA_DATA", "MOTCUA_FLEET_KEY_FILE", "MOTCUA_BROKER_PASSWORD_FILE", "MOTCUA_BROKER_ACCESS_FILES")
LISTS = ("access", "fleet", "passwords", "psk")
OF_DEBIAN = ("etc/nginx/sites-enabled", "var/lib", "bin")
PROGRAM = """#!/bin/sh
PYTHONPATH={root} exec {python} -m fleet "$@"
"""


class Debian:
    """A machine below a folder: what a page calls its root, its users and its PostgreSQL."""

    def __init__(self, folder: Path, server: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.owner, self.named = f"o{secrets.token_hex(4)}", f"d{secrets.token_hex(4)}"
        self.database = server.address(self.named)
        self.known = {
            "/opt/motcua/bin/": "",
            "--folder /": f"--folder {folder}",
            " -o motcua -g motcua": "",
            " -o motcua -g mosquitto": "",
            "sudo -u postgres createuser motcua": f"createuser {self.owner}",
            "sudo -u postgres createdb --owner motcua": f"createdb --owner {self.owner}",
            "template0 motcua": f"template0 {self.named}",
            "/etc/": f"{folder}/etc/",
            "/var/lib/": f"{folder}/var/lib/",
        }
        for path in OF_DEBIAN:
            (folder / path).mkdir(parents=True)
        program = folder / "bin" / "motcua"
        program.write_text(PROGRAM.format(root=ROOT, python=sys.executable))
        program.chmod(0o755)
        libpq = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "motcua", "PGPASSWORD": server.password}
        path = f"{folder}/bin:{server.programs}:{os.environ['PATH']}"
        for name, value in {**libpq, "PATH": path}.items():
            monkeypatch.setenv(name, value)

    def begins(self, typist: Typist) -> dict[str, str]:
        """What the command of this machine does before it is ours: its settings, its folder."""
        written = (self.folder / "etc/motcua/motcua.env").read_text()
        settings = dict(one.split("=", 1) for one in shlex.split(typist.meant(written), comments=True))
        settings["MOTCUA_DATABASE"] = self.database
        for name, value in settings.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.chdir(settings["MOTCUA_DATA"])
        return settings


@pytest.mark.usefixtures("ready_tables")
def test_each_line_makes_what_the_settings_of_the_machine_name(
    motcua: Motcua, postgresql: PostgreSQL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian = Debian(tmp_path, postgresql, monkeypatch)
    typist, settings = Typist(motcua, debian.known), dict[str, str]()
    for command, seen in typed(PAGE):
        if command == "motcua migrate":
            settings = debian.begins(typist)
        typist.type(command, seen)
    assert [name for name in ABOVE if not Path(settings[name]).exists()] == []
    modes = {name: Path(settings[name]).stat().st_mode & 0o7777 for name in ABOVE}
    assert modes == dict(zip(ABOVE, (0o700, 0o600, 0o400, 0o2750), strict=True))
    lists = sorted(Path(settings["MOTCUA_BROKER_ACCESS_FILES"]).iterdir())
    assert [(one.name, one.stat().st_mode & 0o777) for one in lists] == [(name, 0o640) for name in LISTS]
    assert "fleet:" in lists[LISTS.index("fleet")].read_text()
    site = tmp_path / "etc/nginx/sites-enabled/motcua"
    assert "server_name mot-cua.tinh.example.vn" in site.read_text()
    owner = f"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '{debian.named}'"  # noqa: S608
    assert postgresql.do(owner) == debian.owner
    postgresql.leave(debian.database)
