"""The states of a board, and the way from one to another.

    off ── power ──► app ── Ctrl-C ──► repl ── machine.bootloader() ──► bootloader
                      ▲                  │
                      ├──── reset ───────┤
    rescue ◄── reset ─┴─ failures noted ─┘

Each way is one that a board has: who has no cable has no prompt, and only a chip with a loader of its own gets there.
"""

from collections.abc import Callable
from enum import StrEnum

from fleet.provisioning.cable import BACK_WITHIN_S
from fleet.provisioning.raw_repl import RawRepl
from hil_tests.target import Board

BEGUN = r"boot \d+: |not enrolled"
# What the application says first: of a device, and of a board that is nobody yet.
FAILED = """\
with open("main.py") as file:
    start = file.read()
exec(start.replace("main(board)", "board.keep_failures(3) or board.reset('fault')"))
"""
# As after three failures in a row: the start of the firmware, which counts them where the application would run.
LOADER = "import machine; print(int(hasattr(machine, 'bootloader')))"


class State(StrEnum):
    """Where a board can stand."""

    UNKNOWN = "unknown"
    OFF = "off"
    BOOTLOADER = "bootloader"
    REPL = "repl"
    APP = "app"
    RESCUE = "rescue"


class NoWay(Exception):
    """This board cannot be brought there; the text says what would be needed."""

    def __init__(self, board: str, state: State, needed: str) -> None:
        super().__init__(f"{board}: expected a way to {state.value}, found none: it needs {needed}")
        self.state = state


class Strategy:
    """Brings a board into a state, and knows in which it is."""

    def __init__(self, board: Board, state: State = State.UNKNOWN) -> None:
        self.board, self.state = board, state

    def go(self, state: State) -> None:
        """Bring it there; nothing happens where it is there already. Raises NoWay."""
        if state is self.state:
            return
        ways: dict[State, Callable[[], None]] = {
            State.OFF: self._off,
            State.APP: self._app,
            State.REPL: self._repl,
            State.BOOTLOADER: self._bootloader,
            State.RESCUE: self._rescue,
        }
        self.board.log.note(f"{self.state.value} → {state.value}")
        ways[state]()
        self.state = state

    def _off(self) -> None:
        self._needs("power", State.OFF)
        self.board.power(False)

    def _app(self) -> None:
        """By power where it was off or may be in rescue, which only that ends at once; else by reset."""
        if self.state is State.OFF:
            self.board.power(True)
        elif "power" in self.board.has:
            self.board.power(False)
            self.board.power(True)
        else:
            self._needs("reset", State.APP)
            self.board.reset()

    def _repl(self) -> None:
        self._at_the_prompt(State.REPL, lambda _: None)

    def _bootloader(self) -> None:
        def enter(repl: RawRepl) -> None:
            if b"1" not in repl.run(LOADER):
                raise NoWay(self.board.name, State.BOOTLOADER, "a loader of the chip that MicroPython can start")
            repl.leave("import machine; machine.bootloader()")

        self._at_the_prompt(State.BOOTLOADER, enter)

    def _rescue(self) -> None:
        self._at_the_prompt(State.RESCUE, lambda repl: repl.leave(FAILED))

    def _at_the_prompt(self, state: State, do: Callable[[RawRepl], None]) -> None:
        self._needs("cable", state)
        self.board.power(True)
        with self.board.cable() as cable:
            cable.open(BACK_WITHIN_S)
            repl = RawRepl(cable)
            repl.enter()
            do(repl)

    def _needs(self, what: str, state: State) -> None:
        if what not in self.board.has:
            raise NoWay(self.board.name, state, what)
