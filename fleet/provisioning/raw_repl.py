"""MicroPython's raw REPL: scripts that run on a board, sent by raw-paste, so that none of their bytes is lost.

Raw-paste: the board says how many bytes it takes (its window) and allows as many again with each 0x01; 0x04 from it
means that it wants no more. Then come what the script printed, 0x04, its error, 0x04 and `>`.
"""

from collections.abc import Callable

from fleet.provisioning.cable import Cable
from fleet.provisioning.untrusted import shown

STOP = b"\r\x03\x03"
RAW, FRIENDLY, END = b"\x01", b"\x02", b"\x04"
PASTE = b"\x05A\x01"
BANNER = b"raw REPL; CTRL-B to exit\r\n"
PROMPT = b">"
QUIET_S = 0.2
SETTLE_S = 2.0
# A board in its start talks for a second or two; who interrupts it too early is not heard.
ANSWER_S = 3.0
ENTER_S = 20.0
SCRIPT_S = 30.0
ROM_SIGNS = (b"invalid header", b"ets_main.c", b"flash read err", b"No bootable app", b"waiting for download")
# What the loaders of Espressif's chips say where no program is, or is waited for.


class ReplError(Exception):
    """The board does not do what MicroPython does."""


class NoMicroPython(ReplError):
    """Nobody answers as MicroPython would; `heard` is what came instead."""

    def __init__(self, path: str, heard: bytes) -> None:
        empty = any(sign in heard for sign in ROM_SIGNS)
        said = "the chip has no program" if empty else f"heard {shown(heard)}" if heard.strip() else "heard nothing"
        super().__init__(f"{path}: expected MicroPython's prompt, {said}")
        self.heard = heard


class ScriptFailed(ReplError):
    """A script raised on the board; `error` is the last line of its trace."""

    def __init__(self, trace: bytes) -> None:
        lines = [line for line in trace.decode("utf-8", "replace").splitlines() if line.strip()]
        self.error = shown(lines[-1]) if lines else "no reason"
        super().__init__(f"the board says: {self.error}")


class RawRepl:
    """The raw REPL at a cable."""

    def __init__(self, cable: Cable) -> None:
        self.cable = cable
        self._heard = b""

    def enter(self, within_s: float = ENTER_S) -> None:
        """Stop whatever runs and get the raw prompt. Raises NoMicroPython, PortError."""
        ends, heard = self.cable.clock() + within_s, b""
        while True:
            self.cable.write(STOP)
            heard = (heard + self.cable.quiet(QUIET_S, SETTLE_S))[-2000:]
            self._heard = b""
            self.cable.write(RAW)
            try:
                self._until(BANNER + PROMPT, ANSWER_S)
                return
            except ReplError:
                heard = (heard + self._heard)[-2000:]
            if self.cable.clock() >= ends:
                raise NoMicroPython(self.cable.path, heard)

    def run(self, script: str, within_s: float = SCRIPT_S, said: Callable[[], None] | None = None) -> bytes:
        """What the script prints. `said` is called whenever the board says anything. Raises ReplError, PortError."""
        self._heard = b""
        self.cable.write(PASTE)
        answer = self._take(2, ANSWER_S)
        if answer != b"R\x01":
            raise ReplError(
                f"{self.cable.path}: expected raw-paste, which MicroPython has since 1.14, found {shown(answer)}"
            )
        self._paste(script.encode())
        printed = self._until(END, within_s, said)
        trace = self._until(END, ANSWER_S)
        self._until(PROMPT, ANSWER_S)
        if trace:
            raise ScriptFailed(trace)
        return printed

    def leave(self, reset: str) -> None:
        """Run this script, by which the board begins anew; nobody waits for its end."""
        self._heard = b""
        self.cable.write(PASTE)
        if self._take(2, ANSWER_S) == b"R\x01":
            self._paste(reset.encode())

    def _paste(self, data: bytes) -> None:
        step = int.from_bytes(self._take(2, ANSWER_S), "little")
        window = step
        while data:
            while window == 0 or self._heard:
                said = self._take(1, ANSWER_S)
                if said == b"\x01":
                    window += step
                elif said == END:
                    self.cable.write(END)
                    return  # it wants no more; why follows
                else:
                    raise ReplError(f"{self.cable.path}: expected leave to send more, found {shown(said)}")
            self.cable.write(data[:window])
            data, window = data[window:], max(0, window - len(data))
            self._heard += self.cable.read(0)
        self.cable.write(END)
        self._drop_windows()

    def _drop_windows(self) -> None:
        """Leave that came after the last byte was sent, up to the board's word that it has all."""
        while True:
            said = self._take(1, ANSWER_S)
            if said == END:
                return
            if said != b"\x01":
                raise ReplError(f"{self.cable.path}: expected the end of the paste, found {shown(said)}")

    def _take(self, count: int, within_s: float) -> bytes:
        ends = self.cable.clock() + within_s
        while len(self._heard) < count:
            left = ends - self.cable.clock()
            if left <= 0:
                raise ReplError(f"{self.cable.path}: expected {count} bytes more, found {shown(self._heard)}")
            self._heard += self.cable.read(left)
        taken, self._heard = self._heard[:count], self._heard[count:]
        return taken

    def _until(self, mark: bytes, within_s: float, said: Callable[[], None] | None = None) -> bytes:
        """All before the mark. With `said`, which is called whenever something comes, the time counts from then."""
        ends = self.cable.clock() + within_s
        while mark not in self._heard:
            left = ends - self.cable.clock()
            if left <= 0:
                raise ReplError(f"{self.cable.path}: expected {shown(mark)} within {within_s:g} s")
            data = self.cable.read(left)
            self._heard += data
            if data and said is not None:
                ends = self.cable.clock() + within_s
                said()
        before, _, self._heard = self._heard.partition(mark)
        return before
