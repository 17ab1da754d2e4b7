"""docs/guides/server.md: each line is typed on a machine of its own, and what stands below it is then seen."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.flows.virtual_device import VirtualDevice
from fleet.store.database import Store
from fleet.store.rows import one, sql
from tests.fleet.commands.conftest import Motcua, motcua
from tests.fleet.office import open_office
from tests.postgresql import PostgreSQL
from tests.typed_guides import Block, Typist, blocks, typed

__all__ = ["motcua"]
PAGE = "guides/server.md"
HOUR_MS = 3_600_000
WITHIN_S = 120
AS_POSTGRES = "sudo -u postgres "
MOMENT = "2026-11-23 10:30:00+07"
EPOCH = sql("SELECT MAX(epoch) AS epoch FROM devices WHERE kind = 'server'")


def to_a_moment() -> list[Block]:
    """The blocks of the section about PostgreSQL's own log."""
    (section,) = {block.section for block in blocks(PAGE) if "pg_basebackup" in "".join(block.lines)}
    return [block for block in blocks(PAGE) if block.section == section]


@pytest.mark.usefixtures("ready_tables")
def test_a_server_is_saved_restored_upgraded_moved_and_recovered(
    motcua: Motcua, postgresql: PostgreSQL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DATA", ".")
    typist = Typist(motcua, {"postgresql://motcua@db/motcua": postgresql.database()})
    apart = {step for block in to_a_moment() for step in block.typed}
    for command, seen in [step for step in typed(PAGE) if step not in apart]:
        if command == "install -m 600 stick/fleet-key fleet-key":
            Path("fleet-key").unlink()  # it is lost
        name, _, value = command.removeprefix("export ").removeprefix("unset ").partition("=")
        if command.startswith("export "):
            monkeypatch.setenv(name, typist.meant(value))
        elif command.startswith("unset "):
            monkeypatch.delenv(name)
        else:
            typist.type(command, seen)
        if command == "motcua migrate" and not Path("stick").exists():
            open_office(tmp_path, now_ms() - HOUR_MS)[0].close()


@pytest.fixture
def archiving() -> Iterator[PostgreSQL]:
    """A server that keeps its log as the page says."""
    server = PostgreSQL()
    place = server.folder / "pg"
    for folder in (place, place / "log"):
        folder.mkdir()
        if server.account:
            os.chown(folder, server.account["user"], server.account["group"])
    (said,) = (block for block in to_a_moment() if block.file and "archive" in block.file)
    told = [line.replace("/srv/pg", str(place)).partition(" = ") for line in said.lines[1:]]
    server.settings = ("fsync=off", *(f"{name}={value.strip(chr(39))}" for name, _, value in told))
    yield server.start()
    server.stop()


@pytest.mark.usefixtures("ready_tables")
def test_postgresql_goes_back_to_the_moment_before_a_mistake(
    motcua: Motcua, archiving: PostgreSQL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, address = archiving.folder / "pg", archiving.database()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOTCUA_DATABASE", address)
    monkeypatch.setenv("MOTCUA_DATA", ".")
    store, _ = open_office(tmp_path, now_ms() - HOUR_MS, address)
    VirtualDevice(store, "send", now_ms())
    epoch = epoch_of_the_fleet(store)
    store.close()
    libpq = {"PGHOST": "127.0.0.1", "PGPORT": str(archiving.port), "PGUSER": "motcua", "PGPASSWORD": archiving.password}
    path = f"{archiving.programs}:{os.environ['PATH']}"
    known = {AS_POSTGRES: "", "/srv/pg": str(place)}
    for block in to_a_moment():
        if block.file and "auto.conf" in block.file:
            known[MOMENT] = mistake(motcua, archiving)
            with Path(Typist(motcua, known).meant(block.file)).open("a") as file:
                file.write(Typist(motcua, known).meant("\n".join(block.lines[1:])) + "\n")
            take_place(archiving)
        for command, seen in block.typed:
            how = {"account": archiving.account} if command.startswith(AS_POSTGRES) else {}
            Typist(motcua, known, env=libpq | {"PATH": path}, **how).type(command, seen)
    listed = motcua("users", "list").output
    assert "truoc" in listed and "sau" not in listed.split()
    store = Store(address)
    assert epoch_of_the_fleet(store) > epoch, "what it said since that moment, it says under another epoch"
    store.close()


def epoch_of_the_fleet(store: Store) -> int:
    with store.reading() as connection:
        found = one(connection, EPOCH)
    assert found is not None
    return int(found.epoch)


def mistake(motcua: Motcua, server: PostgreSQL) -> str:
    """Something good happens, then something bad, and the log of both is kept; the moment between them."""
    motcua("users", "add", "truoc", "--role", "technician")
    moment = str(server.do("SELECT clock_timestamp()"))
    motcua("users", "add", "sau", "--role", "administrator")
    last = server.folder / "pg" / "log" / str(server.do("SELECT pg_walfile_name(pg_switch_wal())"))
    until(last.exists, f"{last} is kept")
    return moment


def take_place(server: PostgreSQL) -> None:
    """PostgreSQL ends, and starts with what was put back."""
    server.halt()
    shutil.move(server.data, server.folder / "lost")
    shutil.move(server.folder / "pg" / "back", server.data)
    server.launch()
    until(lambda: not server.do("SELECT pg_is_in_recovery()"), "it has followed its log")


def until(is_so: Callable[[], object], what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < end, f"expected within {WITHIN_S} s: {what}"
        time.sleep(0.05)
