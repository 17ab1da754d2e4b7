"""Many boards at once: whoever is plugged in is worked at, each in a thread of its own, without a key being pressed.

A board that is unplugged and plugged in again begins again, and goes on where it was. One that failed stays as it is,
with what to do about it, until somebody has taken its cable out.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fleet.provisioning.boards_known import BRIDGE
from fleet.provisioning.boot_drives import BootDrive
from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.means import Means
from fleet.provisioning.one_board import OneBoard
from fleet.provisioning.ports import Port, PortError
from fleet.provisioning.results import Note, Result

LOOK_S = 0.25
TRIES = 3
PASSING = frozenset({"silent", "stalled", "install"})
# Troubles of a line or of a computer that does much else: what a technician would do is begin again, so we do.

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """How far the board at a port is; `tried`: why the tries before came to nothing."""

    port: str
    device: str = ""
    place: str = ""
    step: str = "looking"
    note: Note = ""
    share: float | None = None
    since_s: float = 0.0
    result: Result | None = None
    tried: tuple[str, ...] = ()


@dataclass
class Batch:
    """The bench at work. `ports` and `drives` say what is plugged in now; `cable_to` makes a cable of a port.

    `changed` is called, by whichever thread, when a line is another; `finished` with each result.
    """

    means: Means
    ports: Callable[[], list[Port]]
    cable_to: Callable[[Port], Cable] = Cable
    drives: Callable[[], list[BootDrive]] = list
    fill: Callable[[BootDrive], None] | None = None
    changed: Callable[[Line], None] = lambda line: None
    finished: Callable[[Result], None] = lambda result: None
    clock: Callable[[], float] = time.monotonic
    lines: dict[str, Line] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._running: dict[str, threading.Thread] = {}
        self._done: dict[str, float] = {}  # when each was seen last
        self._restarting: set[str] = set()
        self._filled: set[str] = set()

    def run(self, enough: Callable[["Batch"], bool]) -> list[Result]:
        """Work until that is enough, or until `end` was called; the last result of each board."""
        while not self._ended.is_set():
            self._look()
            if enough(self):
                break
            self._ended.wait(LOOK_S)
        for thread in list(self._running.values()):
            thread.join()
        return self.last_results()

    def end(self) -> None:
        """Take no more boards; those that have begun are brought to their end."""
        self._ended.set()

    def busy(self) -> bool:
        """Whether any board is being worked at."""
        with self._lock:
            return any(thread.is_alive() for thread in self._running.values())

    def enrolled(self) -> int:
        """How many boards are devices of the fleet by now."""
        return sum(result.good for result in self.last_results())

    def last_results(self) -> list[Result]:
        """What became of each board last, in the order in which they came."""
        with self._lock:
            last: dict[str, Result] = {}
            for result in self.results:
                before = last.get(result.hw or result.port)
                if before is None or not (before.good and result.good):  # who is enrolled here stays so
                    last[result.hw or result.port] = result
        # A port that found no board's number, and later another way to it, is told by its number alone.
        named = {result.port for result in last.values() if result.hw}
        return [result for result in last.values() if result.hw or result.port not in named]

    def _look(self) -> None:
        there = {port.key: port for port in self.ports()}
        self._forget_gone(there)
        for key, port in there.items():
            if key not in self._running and key not in self._done:
                thread = threading.Thread(target=self._work, args=(port,), daemon=True, name=f"bench {port.path}")
                self._running[key] = thread
                thread.start()
        self._fill_drives()

    def _forget_gone(self, there: dict[str, Port]) -> None:
        """Whose cable is out begins when it is in again. A device whose port is its own restarts when it gets its first
        configuration, and is away for a moment: that is nobody's cable."""
        for key, seen in list(self._done.items()):
            if key in there:
                self._done[key] = self.clock()
            elif key not in self._restarting or self.clock() - seen >= BACK_WITHIN_S:
                del self._done[key]
                self._restarting.discard(key)

    def _fill_drives(self) -> None:
        drives = {drive.key: drive for drive in self.drives()}
        self._filled &= set(drives)
        for key, drive in drives.items():
            if key not in self._filled:
                self._filled.add(key)
                self._take_image(drive)

    def _take_image(self, drive: BootDrive) -> None:
        path = str(drive.path)
        if self.fill is None:
            why = f"{drive.board} waits for its first program"
            self._tell(Line(path, step="failed", result=Result(path, "failed", why=why, advice="no_micropython")))
            return
        self._tell(Line(path, step="flashing"))
        try:
            self.fill(drive)
            with self._lock:
                self.lines.pop(path, None)
        except (PortError, OSError) as problem:
            result = Result(path, "failed", why=str(problem), advice="no_micropython")
            self._tell(Line(path, step="failed", result=result))

    def _work(self, port: Port) -> None:
        result = self._tried(port)
        with self._lock:
            self.results.append(result)
            self._done[port.key] = self.clock()
            if result.good and port.kind.way != BRIDGE:
                self._restarting.add(port.key)
            self._running.pop(port.key, None)
        self._tell(told(result), port.key)
        self.finished(result)

    def _tried(self, port: Port) -> Result:
        """The last of as many tries as it takes, and why those before came to nothing."""
        began, tried = self.clock(), list[str]()

        def report(step: str, note: Note, share: float | None) -> None:
            page = board.page
            device, place = ("", "") if page is None else (page.claim.device, page.claim.place)
            seconds = self.clock() - began
            self._tell(Line(board.cable.path, device, place, step, note, share, seconds, tried=tuple(tried)), port.key)

        board = OneBoard(self.cable_to(port), self.means, report)
        while True:
            result = self._once(board, port)
            if result.advice not in PASSING or len(tried) + 1 == TRIES or self._ended.is_set():
                return replace(result, tried=tuple(tried), seconds=round(self.clock() - began, 1))
            tried.append(result.why)
            log.warning("%s is tried again after %s s: %s", port.path, result.seconds, result.why)
            report("again", result.why, None)

    def _once(self, board: OneBoard, port: Port) -> Result:
        try:
            return board.work()
        except Exception as problem:  # a fault of ours at one board is no fault of the others
            log.exception("the work at %s ended", port.path)
            return Result(port.path, "failed", why=f"{type(problem).__name__}: {problem}", advice="silent")

    def _tell(self, line: Line, key: str | None = None) -> None:
        with self._lock:
            self.lines[key or line.port] = line
        self.changed(line)


def told(result: Result) -> Line:
    """The line of a board at which the work is over."""
    one = result
    return Line(one.port, one.device, one.place, one.outcome, one.why, None, one.seconds, one, one.tried)
