"""A cable: a port, opened so that the board is not disturbed.

The laws of a cable: it is opened with DTR and RTS at rest, for behind a bridge they reset the board or hold it in its
boot mode; nobody else has it at the same time; no call waits for ever; and a board that was reset may come back under
another name, so it is looked for by what its USB says of itself.
"""

import errno
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import serial

from fleet.provisioning.boards_known import Kind
from fleet.provisioning.ports import Port, PortBusy, PortError, PortGone, PortStalled, place_of

log = logging.getLogger(__name__)

BAUD = 115_200
LOOK_S = 0.05
WRITE_S = 5.0
# A board that takes nothing for so long does not read; without an end the call would hang with it.
BACK_WITHIN_S = 15.0
# A chip is back on USB within 2 s; Windows has been seen to need 9 to know it again.


GONE: tuple[type[Exception], ...] = (OSError,)
# What pyserial raises where a port cannot be opened, or goes away while it is: not only errors of its own.
with suppress(ImportError):  # Windows has no such module
    import termios

    GONE += (termios.error,)


class Wire(Protocol):
    """What a cable needs of pyserial's port."""

    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...
    def close(self) -> None: ...


def opened(path: str, kind: Kind) -> Wire:
    """The port, ours alone, its lines at rest. Raises PortError."""
    line = serial.Serial()
    line.port, line.baudrate = path, BAUD
    line.timeout, line.write_timeout = LOOK_S, WRITE_S
    line.exclusive = True
    line.dtr, line.rts = kind.raises_dtr, False
    try:
        line.open()
    except GONE as err:
        raise why(path, err) from None
    return line


def why(path: str, err: Exception) -> PortError:
    """What pyserial said, as what a person can do about it."""
    number, said = err.args[0] if err.args else None, str(err)
    if number in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in said or "PermissionError(13" in said:
        return PortBusy(f"port {path}: another program holds it; close the other bench or serial monitor")
    if number in (errno.EACCES, errno.EPERM):
        return PortError(
            f"port {path}: no right to open it; add your user to its group (on Linux: "
            "`sudo usermod -aG dialout $USER`, then sign in again)"
        )
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO):
        return PortGone(f"port {path}: no board is there")
    return PortError(f"port {path}: {said}")


class Cable:
    """The line to one board. `find` says where the board is now, `open_at` opens a path; both as of this computer."""

    def __init__(
        self,
        port: Port,
        find: Callable[[Port], str | None] = place_of,
        open_at: Callable[[str, Kind], Wire] = opened,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.port = port
        self.path = port.path
        self.clock = clock
        self._find = find
        self._open_at = open_at
        self._line: Wire | None = None

    def open(self, within_s: float = 0.0) -> None:
        """Open it where the board is now; a board that is away may come back within this time. Raises PortError."""
        self.close()
        ends = self.clock() + within_s
        while True:
            path = self._find(self.port)
            try:
                if path is None:
                    raise PortGone(f"port {self.path}: no board is there")
                self._line, self.path = self._open_at(path, self.port.kind), path
                return
            except PortBusy:
                raise
            except PortError:
                # A port that has just come back may be there before its rights are.
                if self.clock() >= ends:
                    raise
            time.sleep(LOOK_S)

    def reopen(self, within_s: float = BACK_WITHIN_S) -> None:
        """After a reset: let go, and take it again wherever it comes back. Raises PortError."""
        self.open(within_s)

    def read(self, within_s: float) -> bytes:
        """What the board says next, however little; nothing if it is silent for so long. Raises PortGone."""
        ends = self.clock() + within_s
        while True:
            line = self._held()
            try:
                waiting = line.in_waiting
                data = line.read(max(1, waiting)) if waiting or within_s > 0 else b""
            except (serial.SerialException, OSError, TypeError) as err:
                # TypeError: pyserial reads on a descriptor that another thread has closed.
                raise self._lost(err) from None
            if data or self.clock() >= ends:
                return data

    def write(self, data: bytes) -> None:
        """Send all of this. Raises PortStalled, PortGone."""
        line = self._held()
        try:
            line.write(data)
        except serial.SerialTimeoutException:
            raise PortStalled(
                f"port {self.path}: the board takes nothing for {WRITE_S:g} s; unplug it and plug it in again"
            ) from None
        except (serial.SerialException, OSError) as err:
            raise self._lost(err) from None

    def quiet(self, for_s: float, at_most_s: float) -> bytes:
        """What the board says until it is silent for a moment, or for the longest time that we listen."""
        heard, ends = b"", self.clock() + at_most_s
        while self.clock() < ends:
            data = self.read(for_s)
            heard += data
            if not data:
                break
        return heard

    def check(self) -> None:
        """Raise PortGone if the board is no longer there; what it says stays to be read."""
        try:
            _ = self._held().in_waiting
        except (serial.SerialException, OSError, TypeError) as err:
            raise self._lost(err) from None

    def close(self) -> None:
        """Let go of it."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(serial.SerialException, OSError):
                line.close()

    def _held(self) -> Wire:
        if self._line is None:
            raise PortGone(f"port {self.path}: it is not open")
        return self._line

    def _lost(self, err: Exception) -> PortGone:
        self.close()
        log.debug("port %s: %s", self.path, err)
        return PortGone(f"port {self.path}: the board went away")
