"""`motcua`, called in this process or as a person calls it: in a window of 80 columns."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import Result
from typer.testing import CliRunner

from fleet.__main__ import app, main
from fleet.clock import now_ms
from fleet.commands import shared
from tests.fleet.office import open_office

COLUMNS = 80
HOUR_MS = 3_600_000
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

Motcua = Callable[..., Result]
Window = Callable[..., tuple[int, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the small office in it."""
    store, _ = open_office(tmp_path, now_ms() - HOUR_MS)
    store.close()
    return tmp_path


@pytest.fixture
def motcua(monkeypatch: pytest.MonkeyPatch) -> Motcua:
    """Calls a command in this process."""
    for name in [name for name in os.environ if name.startswith("MOTCUA_")]:
        monkeypatch.delenv(name)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)

    return call


@pytest.fixture
def window() -> Window:
    """Calls a command in a terminal of 80 columns, after its process did `first`: its exit code, what it showed."""

    def call(*arguments: object, first: Callable[[], object] = lambda: None) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        child = os.fork()
        if child == 0:
            be_motcua(theirs, [str(one) for one in arguments], first)
        os.close(theirs)
        shown = read_all(ours)
        os.close(ours)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code, ESCAPES.sub("", shown).replace("\r\n", "\n").replace("\r", "\n")

    return call


def be_motcua(terminal: int, arguments: list[str], first: Callable[[], object]) -> NoReturn:
    """What `python -m fleet` would be, in a copy of this process: all is imported already, which takes seconds."""
    code: object = 1
    try:
        for name in [name for name in os.environ if name.startswith(("MOTCUA_", "COLUMNS"))]:
            del os.environ[name]
        os.environ["TERM"] = "xterm"
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
        shared.out.width = COLUMNS  # it looked for a window when it was imported
        sys.argv = ["motcua", *arguments]
        first()
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def read_all(terminal: int) -> str:
    """Everything until the other side hangs up."""
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # Linux says so when the last writer is gone
            piece = b""
        if not piece:
            return shown.decode()
        shown += piece


def readable(shown: str) -> bool:
    """Whether every line fits the window."""
    return all(len(line.rstrip()) <= COLUMNS for line in shown.split("\n"))
