"""The other end of a cable: MicroPython's own REPL on a pseudo-terminal, or a peer that follows a script."""

import os
import select
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port

LOOK_S = 0.02


class Terminal:
    """A pseudo-terminal whose name stays the same: a link, as `/dev/serial/by-id` has them, to where the board is."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        self.path = os.ttyname(self.near)
        link.unlink(missing_ok=True)
        link.symlink_to(self.path)

    def close(self) -> None:
        """The board is unplugged: its port is gone, and the name leads nowhere."""
        self.link.unlink(missing_ok=True)
        for one in (self.far, self.near):
            os.close(one)


def cable_to(link: Path, **options: object) -> Cable:
    return Cable(Port(str(link), str(link)), **options)  # type: ignore[arg-type]


@contextmanager
def bare_board(folder: Path, link: Path, hw: str = "e6614c311b7e6f35") -> Iterator[subprocess.Popen[bytes]]:
    """MicroPython's unix VM at its prompt, in a folder that is its flash."""
    terminal = Terminal(link)
    folder.mkdir(parents=True, exist_ok=True)
    board = subprocess.Popen(
        [sys.executable, "-m", "micropython_unix"],
        stdin=terminal.far,
        stdout=terminal.far,
        stderr=terminal.far,
        cwd=folder,
        env=dict(os.environ, MOTCUA_HW=hw, MICROPYPATH=".frozen:lib:"),
        start_new_session=True,
    )
    try:
        yield board
    finally:
        board.kill()
        board.wait()
        terminal.close()


class Peer:
    """A board that does what a test says: `answer(heard)` gets all bytes so far and says what to send, or None."""

    def __init__(self, link: Path, answer: Callable[["Peer", bytes], None]) -> None:
        self.terminal = Terminal(link)
        self.heard = b""
        self.answer = answer
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def say(self, data: bytes) -> None:
        os.write(self.terminal.far, data)

    def move(self, link: Path) -> None:
        """It comes back under another path."""
        old = self.terminal
        self.terminal = Terminal(link)
        for one in (old.far, old.near):
            os.close(one)

    def stop(self) -> None:
        self._ends.set()
        self._thread.join()
        self.terminal.close()

    def _run(self) -> None:
        while not self._ends.is_set():
            far = self.terminal.far
            if select.select([far], [], [], LOOK_S)[0]:
                self.heard += os.read(far, 4096)
                self.answer(self, self.heard)
