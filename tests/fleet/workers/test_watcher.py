"""Processes that serve pages from one PostgreSQL hear what others change, and what they missed while deaf they see."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from fleet.clock import now_ms
from fleet.domain.day import later
from fleet.domain.rights import Role
from fleet.flows import sign_in
from fleet.flows.link import Linked, link_marked, shown_of
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.laptop.broker import free_port
from fleet.pages import cookies
from fleet.settings import Settings
from fleet.store import commands, ear, people
from fleet.store.commands import CommandRow
from fleet.store.database import Store
from fleet.store.news import DEVICES
from fleet.store.rows import every, one, sql
from fleet.workers.watcher import Watcher
from protocols import events
from tests.fleet.office import (
    DAY,
    NINE,
    OFFICE,
    NewDatabase,
    Speaker,
    hello,
    migrated,
    open_office,
    open_office_at_nine,
)

EARS = """
    FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN %'"""
PATIENCE_S = 300.0
# Three processes begin, and others with them.
COOKIE, SESSION = cookies.session_name(Settings()), "a-session-of-the-test"


class Listening(Watcher):
    """A watcher of a process of its own; `told` is what its pages hear."""

    def __init__(self, database: str) -> None:
        self.told: queue.Queue[str] = queue.Queue()
        self.listens = threading.Event()
        super().__init__(Store(database), self.told.put)

    def listen(self) -> None:
        super().listen()
        if self.ear is not None:
            self.listens.set()

    def forget(self) -> None:
        """What comes from now on is news."""
        self.listens.clear()
        while not self.told.empty():
            self.told.get()

    def until(self, about: str) -> None:
        """Wait for this."""
        while self.told.get(timeout=PATIENCE_S) != about:
            pass


@contextmanager
def listening(database: str) -> Iterator[Listening]:
    """A watcher at work that hears."""
    made = Listening(database)
    made.start()
    try:
        assert made.listens.wait(PATIENCE_S)
        made.forget()
        yield made
    finally:
        made.stop()
        made.store.close()


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_every_process_hears_and_sees_what_it_missed_while_deaf(new_database: NewDatabase) -> None:
    database = new_database("nine", open_office_at_nine)
    store = Store(database)
    with listening(database) as first, listening(database) as second:
        Morning(store, NINE).calls(1)
        link_marked(store, NINE)
        for one_of_them in (first, second):
            one_of_them.until(OFFICE)
        cut_all(store, 2)
        with store.writing() as connection:
            commands.add(connection, CommandRow("c1", "tp-1", "where", "{}", "lan", NINE, NINE + 60_000))
        for one_of_them in (first, second):
            one_of_them.until(DEVICES)
            assert one_of_them.listens.wait(PATIENCE_S), "each has heard its echo again"
    store.close()


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_who_hears_no_echo_looks(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ear, "say", lambda *_: None)  # as through a pooler that lends connections for a transaction
    monkeypatch.setattr(ear, "ECHO_WITHIN_S", 0.0)
    deaf = Listening(new_database("nine", open_office_at_nine))
    deaf.round()
    assert deaf.ear is None
    deaf.forget()
    with deaf.store.writing() as connection:
        commands.add(connection, CommandRow("c1", "tp-1", "where", "{}", "lan", NINE, NINE + 60_000))
    deaf.listen_due_s = 0.0
    deaf.round()
    assert deaf.told.get_nowait() == DEVICES
    assert caplog.text.count("nothing is heard") == 1, "it is said once"
    deaf.store.close()


def test_open_pages_are_not_told_of_days_long_past() -> None:
    done = [Linked(office, later(DAY, days), 1, 1) for office, days in (("a", 0), ("b", -1), ("c", -2))]
    assert shown_of(done, NINE) == {"a", "b"}


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_a_press_shows_on_the_pages_of_every_process_that_serves(new_database: NewDatabase, tmp_path: Path) -> None:
    database, began_ms = new_database("empty", migrated), now_ms()
    store, _ = open_office(tmp_path, began_ms - 3_600_000, database)
    for device in ("tp-1", "q-1"):
        welcome(store, device, hello(), began_ms)
    sign_in.add_person(store, "lan", "mot-hai-ba-bon", Role.SUPERVISOR, began_ms, office=OFFICE)
    with store.writing() as connection:
        person = one(connection, sql("SELECT id FROM users WHERE name = 'lan'")).id
        token = sign_in.token_hash(SESSION)
        people.add_session(connection, token, person, "csrf", began_ms, began_ms + 86_400_000)
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        for command, port in (("serve", ports[0]), ("serve", ports[1]), ("link", 0)):
            stack.enter_context(process(command, database, tmp_path, port))
        pages = [stack.enter_context(open_page(port)) for port in ports]
        for port in ports:
            until_logged(tmp_path, port, "listens to what other processes change")
        morning = Morning(store, began_ms)
        morning.calls(1)
        for port, page in zip(ports, pages, strict=True):
            until_shown(page, "A001")
            until_logged(tmp_path, port, f"pages of {OFFICE} are told: somebody said so")
        cut_all(store, 2)
        morning.calls(2)
        for page in pages:
            until_shown(page, "A002")
    store.close()


class Morning:
    """Devices of the office, whose events are received as soon as they happen."""

    def __init__(self, store: Store, at_ms: int) -> None:
        self.store, self.at_ms = store, at_ms
        self.printer, self.keypad = Speaker("tp-1"), Speaker("q-1")

    def calls(self, number: int) -> None:
        """Somebody takes this number, and is called."""
        its = {"service": "ho-tich", "number": number, "up": number, "at": self.at_ms + number}
        self.happens(self.printer, events.TicketTaken(lease="l", **its))
        self.happens(self.keypad, events.NumberCalled(**its))

    def happens(self, speaker: Speaker, event: events.Event) -> None:
        """It is received."""
        seq = speaker.does(event)
        receive(self.store, [Arrival(speaker.topic, speaker.batch(seq, oldest=0))], self.at_ms)


def cut_all(store: Store, ears: int) -> None:
    """The server ends the connections of those that listen, when so many do."""
    deadline = time.monotonic() + PATIENCE_S
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while len(every(connection, sql(f"SELECT pid {EARS}"))) < ears:
            assert time.monotonic() < deadline, f"expected {ears} that listen within {PATIENCE_S:.0f} s"
            time.sleep(0.05)
        assert len(every(connection, sql(f"SELECT pg_terminate_backend(pid) {EARS}"))) == ears


@contextmanager
def process(command: str, database: str, folder: Path, port: int) -> Iterator[None]:
    """This command, as an operator starts it."""
    told = {"MOTCUA_DATA": str(folder), "MOTCUA_DATABASE": database, "MOTCUA_LISTEN_PORT": str(port or free_port())}
    environment = os.environ | told | {"MOTCUA_LOG_LEVEL": "debug"}
    with (
        log_of(folder, port).open("wb") as log,
        subprocess.Popen([sys.executable, "-m", "fleet", command], env=environment, stdout=log, stderr=log) as started,
    ):
        try:
            yield
        finally:
            started.kill()


def log_of(folder: Path, port: int) -> Path:
    """What the process at this port says; 0: the one that links."""
    return folder / f"{port}.log"


def until_logged(folder: Path, port: int, line: str) -> None:
    """Wait until the process has said so."""
    deadline = time.monotonic() + PATIENCE_S
    while line not in (said := log_of(folder, port).read_text(errors="replace")):
        assert time.monotonic() < deadline, f"expected {line!r} within {PATIENCE_S:.0f} s, found {said[-2_000:]}"
        time.sleep(0.05)


@contextmanager
def open_page(port: int) -> Iterator[HTTPResponse]:
    """The stream of the office's page, once its process is there."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        try:
            line.request("GET", f"/live/offices/{OFFICE}", headers={"Cookie": f"{COOKIE}={SESSION}"})
            break
        except ConnectionRefusedError:
            line.close()
            assert time.monotonic() < deadline, f"nobody serves at {port} within {PATIENCE_S:.0f} s"
            time.sleep(0.05)
    answer = line.getresponse()
    assert answer.status == 200
    try:
        yield answer
    finally:
        line.close()


def until_shown(page: HTTPResponse, label: str) -> None:
    """Read the stream until a section says this."""
    while label.encode() not in (said := page.readline()):
        assert said, f"the stream ended before it said {label}"
