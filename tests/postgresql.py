"""A private PostgreSQL: the system's own programs, a folder of its own, a port of 127.0.0.1, a password.

PostgreSQL refuses to run as root, so root lends it the account that came with its package. It ends with the process
that started it, even when that is killed; what it then leaves behind goes with the next one's start.
"""

import itertools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from fleet.laptop.broker import die_with_parent, free_port
from tests.quick_folder import quick_folder

WHERE_DEBIAN_KEEPS_IT = Path("/usr/lib/postgresql")
ACCOUNTS = ("postgres", "nobody")
USER = "motcua"
NAME = "motcua-postgresql-"
PASSWORD = "password"
WITH_TABLES = "empty"
# The database of a seed that others are copied from before they are filled.
INITDB = ("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
PROOF = "scram-sha-256"
QUICK_PROOF = "password"
# To prove a password by SCRAM takes each new connection 4 ms of the processor's time (2026-11-23).
READY_WITHIN_S = 60
LOOK_EVERY_S = 0.02
PORTS_TRIED = 3
FORGETFUL = ("fsync=off", "full_page_writes=off", "autovacuum=off", "jit=off", "shared_buffers=16MB")
# What a test has stored need not outlive a power cut; and each copy made and dropped looks through all buffers.
ICU_SINCE = 15
VIETNAMESE = "LOCALE_PROVIDER icu ICU_LOCALE 'vi-VN' TEMPLATE template0"
# Sorted otherwise than SQLite does, so that nothing may depend on it.
FILES_SINCE = 15
BY_FILES = "STRATEGY FILE_COPY"
# Block by block, with a log of each, a copy took twice the processor's time: 39 ms, and so 18 ms (2026-11-23).


class PostgresqlFailed(RuntimeError):
    """PostgreSQL is not installed, or did not start; the text says what to do, or has its last words."""


def find_programs() -> Path:
    """The folder of `initdb` and `postgres`; the newest where there are several. Raises PostgresqlFailed."""
    found = sorted(WHERE_DEBIAN_KEEPS_IT.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise PostgresqlFailed("the tests need PostgreSQL:  sudo apt-get install postgresql")
    return (found[-1] if found else Path(str(on_path)).resolve()).parent


def unprivileged() -> dict[str, Any]:
    """For a child of root: another account."""
    if os.geteuid() != 0:
        return {}
    known = {one.pw_name: one for one in pwd.getpwall()}
    account = next(known[name] for name in ACCOUNTS if name in known)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def make_folder(where: str | None, name: str = NAME) -> Path:
    """A new folder, named after this process; what processes left there that were killed goes."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}{os.getpid()}-", dir=where))
    for left in folder.parent.glob(f"{name}*"):
        owner = left.name.removeprefix(name).partition("-")[0]
        if owner.isdecimal() and not is_alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return folder


def is_alive(process: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


class PostgreSQL:
    """A server of its own. `durable`: with everything a real one does to outlive a power cut (for figures).

    `seed`: what another one left, with which this one begins; whatever is filled then has its tables already.
    """

    def __init__(self, durable: bool = False, seed: Path | None = None) -> None:
        self.programs = find_programs()
        self.account = unprivileged()
        self.folder = make_folder(None if durable else quick_folder())
        self.seed = seed
        self.password = (seed / PASSWORD).read_text() if seed else secrets.token_hex(16)
        self.settings = () if durable else FORGETFUL
        self.proof = PROOF if durable else QUICK_PROOF
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.databases = itertools.count(1)
        self.templates = {WITH_TABLES} if seed else set()
        self.left: list[str] = []

    def start(self) -> "PostgreSQL":
        """Make its folder, start it, and wait until it answers. Raises PostgresqlFailed."""
        try:
            self.fill_folder()
            for tried in range(1, PORTS_TRIED + 1):
                self.port = free_port()
                try:
                    self.launch()
                    break
                except PostgresqlFailed:  # somebody was faster at that port
                    if tried == PORTS_TRIED:
                        raise
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """Start the server, and wait until it answers. Raises PostgresqlFailed."""
        told = (f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200")
        chosen = [word for setting in (*told, *self.settings) for word in ("-c", setting)]
        self.process = self.run("postgres", "-D", self.data, *chosen)
        url = make_url(self.address("postgres")).set(drivername="postgresql+psycopg")
        self.engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        until_s = time.monotonic() + READY_WITHIN_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until_s:
                self.halt()
                raise PostgresqlFailed(f"PostgreSQL did not start: {self.last_words()}")
            time.sleep(LOOK_EVERY_S)

    def halt(self) -> None:
        """As a power cut would: connections break, and what is committed stays."""
        if self.process is not None:
            self.engine.dispose()
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(READY_WITHIN_S)
            self.process = None

    def leave_seed(self, folder: Path) -> None:
        """End it in good order; what it has goes into this folder, and is a seed of others."""
        assert self.process is not None
        self.engine.dispose()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(READY_WITHIN_S)
        self.process = None
        shutil.move(self.data, folder / self.data.name)
        (folder / PASSWORD).write_text(self.password)

    def stop(self) -> None:
        """End it, and take its folder away."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, template: str = "", name: str = "", lies_at: str = "") -> str:
        """The address of a new database; a copy, if a template is named. `lies_at`: in this tablespace."""
        name = name or f"m{next(self.databases)}"
        empty = VIETNAMESE if self.version() >= ICU_SINCE else "TEMPLATE template0"
        way = BY_FILES if self.version() >= FILES_SINCE else ""
        where = f" TABLESPACE {lies_at}" if lies_at else ""
        self.do(f"CREATE DATABASE {name} " + (f"TEMPLATE {template} {way}" if template else empty) + where)
        return self.address(name)

    def copy(self, template: str, fill: Callable[[str], None] | None) -> str:
        """The address of a new copy of a template, which `fill` made when it was first asked for.

        A seed's tables are there already; where nothing fills it, it has none.
        """
        if template not in self.templates:
            begun = self.database(WITH_TABLES if self.seed and fill else "", name=template)
            if fill is not None:
                fill(begun)
            self.templates.add(template)
        while self.left:
            self.do(f"DROP DATABASE {self.left.pop()} WITH (FORCE)")
        return self.database(template)

    @contextmanager
    def tablespace(self, folder: Path) -> Iterator[str]:
        """The name of one in this folder; its databases go with it."""
        name = f"small{next(self.databases)}"
        self.do(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        yield name
        there = f"SELECT oid FROM pg_tablespace WHERE spcname = '{name}'"  # noqa: S608 (our own name)
        lie = f"SELECT string_agg(datname, ' ') FROM pg_database WHERE dattablespace = ({there})"  # noqa: S608
        for one in str(self.do(lie) or "").split():
            self.do(f"DROP DATABASE {one} WITH (FORCE)")
        self.do(f"DROP TABLESPACE {name}")

    def leave(self, address: str) -> None:
        """Nobody needs this database any more; it goes when the next is made, after those who leave it now."""
        self.left.append(str(make_url(address).database))

    def bytes_of(self, address: str) -> bytes:
        """All that lies on the disk of this database, and the log of what was written."""
        self.do("CHECKPOINT")
        number = self.do(f"SELECT oid FROM pg_database WHERE datname = '{make_url(address).database}'")  # noqa: S608
        files = [*(self.data / "base" / str(number)).iterdir(), *(self.data / "pg_wal").glob("0*")]
        return b"".join(path.read_bytes() for path in files)

    def address(self, name: str) -> str:
        """The address of a database of this server, as an operator would write it."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def do(self, statement: str) -> Any:
        """Tell the server itself something, without a transaction; the first value of its answer, if it has one."""
        with self.engine.connect() as connection:
            answer = connection.exec_driver_sql(statement)
            return answer.scalar() if answer.returns_rows else None

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            return bool(self.do("SELECT 1"))
        except OperationalError:
            return False

    def version(self) -> int:
        """15 of 15.4."""
        return int((self.data / "PG_VERSION").read_text())

    @property
    def data(self) -> Path:
        """Where it keeps its databases."""
        return self.folder / "data"

    def fill_folder(self) -> None:
        """What initdb makes, or the seed has. Raises PostgresqlFailed."""
        secret = self.folder / PASSWORD
        secret.write_text(self.password)
        if self.account:
            for path in (self.folder, secret):
                os.chown(path, self.account["user"], self.account["group"])
        if self.seed is not None:
            subprocess.run(["cp", "-a", self.seed / self.data.name, self.data], check=True)
            return
        made = self.run("initdb", "-D", self.data, "-U", USER, "--pwfile", secret, "-A", self.proof, *INITDB)
        if made.wait(READY_WITHIN_S) != 0:
            raise PostgresqlFailed(f"initdb failed: {self.last_words()}")

    def run(self, program: str, *arguments: object) -> "subprocess.Popen[bytes]":
        """Start one of its programs under its account; what it says goes to a file."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self.programs / program), *map(str, arguments)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                preexec_fn=die_with_parent,
                **self.account,
            )

    def last_words(self) -> str:
        """The end of what it said."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]
