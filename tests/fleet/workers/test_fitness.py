"""How a process says that it lives and can do its work, to whoever asks and to systemd."""

import json
import logging
import socket
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from fleet.commands.watched import watched
from fleet.domain.link_lag import LinkLag
from fleet.laptop.broker import free_port
from fleet.logs import JsonLines, request
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.workers.fitness import Fitness
from fleet.workers.linker import Linker
from fleet.workers.sender import Sender
from fleet.workers.systemd import Watchdog
from tests.sqlite_files import SqliteFiles


@pytest.fixture
def store(sqlite_files: SqliteFiles, tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'motcua.sqlite'}")
    store.migrate()
    return store


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as said:
            return said.status, said.read().decode()
    except HTTPError as said:
        return said.code, said.read().decode()


def test_a_process_without_a_broker_lives_and_says_what_it_lacks(store: Store, tmp_path: Path) -> None:
    nobody = free_port()
    settings = Settings(data=tmp_path, broker_host="127.0.0.1", broker_port=nobody, watch_port=free_port())
    linker, sender = Linker(store), Sender(store, settings)
    tried = threading.Event()
    complain = sender.broker.complain
    sender.broker.complain = lambda trouble: (complain(trouble), tried.set())[0]  # type: ignore[method-assign, func-returns-value]
    for worker in (linker, sender):
        worker.start()
    try:
        assert tried.wait(60)
        with watched("send", settings, store, [linker, sender]):
            assert answer(settings.watch_port, "/health/live") == (200, '{"live": true, "hung": []}')
            status, text = answer(settings.watch_port, "/health/ready")
            told = json.loads(text)
            found = {one["part"]: one["found"] for one in told["parts"]}
            assert (status, told["ready"], told["process"]) == (503, False, "send")
            assert found.pop("sender").startswith(f"no broker at 127.0.0.1:{nobody}")
            assert found == {"database": "ok", "migrations": "ok", "linker": "ok"}
            figures = answer(settings.watch_port, "/metrics")[1]
            assert "motcua_ready 0.0" in figures and 'motcua_build_info{process="send"' in figures
            assert 'motcua_devices{presence="online"} 0.0' in figures and "motcua_link_lag_seconds 0.0" in figures
            assert answer(settings.watch_port, "/else")[0] == 404
            linker.round_began_s -= 2 * linker.hung_after_s
            linker.stop()
            linker.stopping.clear()  # its thread has ended, and nobody told it to
            assert answer(settings.watch_port, "/health/live") == (503, '{"live": false, "hung": ["linker"]}')
    finally:
        for worker in (sender, linker):
            worker.stop()
        store.close()


def test_a_database_that_is_no_database_is_told(store: Store, tmp_path: Path) -> None:
    fitness = Fitness("link", store, [])
    assert all(not one.found for one in fitness.parts())
    store.close()
    (tmp_path / "motcua.sqlite").write_bytes(b"no database at all" * 300)
    for beside in tmp_path.glob("motcua.sqlite-*"):
        beside.unlink()
    assert [(one.name, one.found) for one in fitness.parts()] == [("database", "file is not a database")]


def test_systemd_is_told_of_the_beginning_of_life_and_of_the_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "150000")
        with watched("link", Settings(data=tmp_path), store, []):
            heard = {line.recv(100) for _ in range(3)}
        while (last := line.recv(100)) == b"WATCHDOG=1":
            pass
        assert (heard, last) == ({b"READY=1", b"WATCHDOG=1"}, b"STOPPING=1")
        hangs = Watchdog(Fitness("link", store, [], {"pages": lambda: "answers nobody"}))
        hangs.stopping.set()
        hangs.round()
        line.setblocking(False)
        with pytest.raises(BlockingIOError):
            line.recv(100)
    store.close()


def test_what_a_linker_works_on_is_not_behind() -> None:
    lag = LinkLag()
    assert lag.seen({("tan-an", "2026-11-23", 1)}, 1_000) == 0
    assert lag.seen({("tan-an", "2026-11-23", 1), ("other", "2026-11-23", 0)}, 61_000) == 60
    assert lag.seen({("tan-an", "2026-11-23", 2)}, 62_000) == 0


def test_a_line_for_programs_names_its_request_and_no_row() -> None:
    request.set("a-request")
    said = "duplicate key\nDETAIL:  Key (holder)=(abc\ndef) already exists.\n[SQL: INSERT]\nmore"
    try:
        raise ValueError(said)
    except ValueError as problem:
        told = (ValueError, problem, problem.__traceback__)
    finally:
        record = logging.LogRecord("fleet.x", logging.ERROR, "", 1, "%d failed", (3,), None)
    record.exc_info = told
    line = json.loads(JsonLines("serve").format(record))
    request.set("")
    assert (line["request"], line["message"], line["level"], line["process"]) == (
        "a-request",
        "3 failed",
        "error",
        "serve",
    )
    assert "duplicate key" in line["problem"] and "abc" not in line["problem"]
