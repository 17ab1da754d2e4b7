"""A board at a serial port: a real one, or what stands for one. Everything goes by its cable.

Two never hold a port at once: while somebody has the cable, what the board says is not in its log. A port may vanish at
a reset and come back under another name; the log goes on there.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from fleet.provisioning import installing
from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.claims import Claim
from fleet.provisioning.ports import PortError
from fleet.provisioning.raw_repl import RawRepl
from hil_tests.drivers.at_cable import Enrolling
from hil_tests.lines_heard import LinesHeard

LISTEN_S = 0.1
BACK_S = 0.5


class SerialBoard:
    """`cable_now` makes a cable to wherever the board is; `switch` cuts and gives its power, where something can."""

    kind = "serial"

    def __init__(
        self,
        name: str,
        cable_now: Callable[[], Cable],
        enrolling: Enrolling,
        switch: Callable[[bool], None] | None = None,
    ) -> None:
        self.name, self.hw = name, ""
        self.tested: tuple[tuple[str, str, str], ...] = ()  # (part, result, found) of its self-test
        self.log = LinesHeard(name)
        self.has = frozenset({"cable", "reset", *(["power"] if switch else [])})
        self._cable_now, self._enrolling, self._switch = cable_now, enrolling, switch
        self._on = switch is None
        self._listening: threading.Thread | None = None
        self._stop = threading.Event()

    def power(self, on: bool) -> None:
        """By whatever switches it."""
        if self._switch is None or on == self._on:
            return
        self.log.note("power on" if on else "power off")
        self._on = on
        if not on:
            self._be_quiet()
        self._switch(on)
        if on:
            self._listen()

    def reset(self) -> None:
        """Stop what runs and let MicroPython reset the chip: so it is on every board, whatever its bridge can do."""
        self.log.note("reset")
        with self.cable() as cable:
            cable.open(BACK_WITHIN_S)
            repl = RawRepl(cable)
            repl.enter()
            installing.restart(repl)
            cable.close()

    def enrol(self, claim: Claim) -> None:
        """As a technician does it at the bench."""
        self.power(True)
        with self.cable() as cable:
            done = self._enrolling.enrol(cable, claim, self.log.note)
        self.hw, self.tested = done.hw, done.parts

    @contextmanager
    def cable(self) -> Iterator[Cable]:
        """Its cable; the log is not read meanwhile."""
        self._be_quiet()
        cable = self._cable_now()
        try:
            yield cable
        finally:
            cable.close()
            if self._on:
                self._listen()

    def close(self) -> None:
        """Let go of the port; a board that somebody's switch holds loses its power."""
        self._be_quiet()
        self.power(False)

    def _listen(self) -> None:
        self._stop.clear()
        self._listening = threading.Thread(target=self._hear, daemon=True)
        self._listening.start()

    def _be_quiet(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            self._stop.set()
            listening.join()

    def _hear(self) -> None:
        cable = self._cable_now()
        with suppress(PortError):
            cable.open()
        while not self._stop.is_set():
            try:
                self.log.hear(cable.read(LISTEN_S))
            except PortError:
                with suppress(PortError):
                    cable.open(0)
                    continue
                self._stop.wait(BACK_S)
        cable.close()
