"""Cables: the traps of a serial line, each on a pseudo-terminal."""

import errno
import termios
import threading
from pathlib import Path
from typing import Any

import pytest
import serial

from fleet.provisioning import cable as cables
from fleet.provisioning.boards_known import ANY, JTAG, KINDS
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port, PortBusy, PortError, PortGone, PortStalled
from tests.fleet.provisioning.far_end import Terminal, cable_to


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    one = Terminal(tmp_path / "board")
    yield one
    one.close()


@pytest.mark.parametrize(
    "kind", [ANY, *{kind.way: kind for kind in KINDS.values()}.values()], ids=lambda kind: kind.way
)
def test_the_reset_lines_are_at_rest_before_the_port_is_opened(
    kind: Any, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    """Else an ESP32 restarts, or stays in its boot mode; but a board that makes its port itself waits for DTR."""
    done: list[tuple[str, object]] = []

    class Watched(serial.Serial):
        def _update_dtr_state(self) -> None:
            done.append(("dtr", self._dtr_state))

        def _update_rts_state(self) -> None:
            done.append(("rts", self._rts_state))

        def open(self) -> None:
            done.append(("open", (self.dtr, self.rts, self.exclusive)))
            super().open()

    monkeypatch.setattr(cables.serial, "Serial", Watched)
    cables.opened(terminal.path, kind).close()
    high = kind.way == "native"
    assert done == [("open", (high, False, True)), ("dtr", high), ("rts", False)]
    assert KINDS[0x303A, 0x1001].way == JTAG and not KINDS[0x303A, 0x1001].raises_dtr


def test_a_port_that_another_bench_holds_says_so(terminal: Terminal) -> None:
    first, second = cable_to(terminal.link), cable_to(terminal.link)
    first.open()
    with pytest.raises(PortBusy, match="another program holds it"):
        second.open(within_s=30)  # it does not wait for the other one
    first.close()
    second.open()
    second.close()


def test_a_board_that_is_not_there_is_said_so_and_rights_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(PortGone, match="no board is there"):
        cable_to(tmp_path / "nothing").open()
    said = str(cables.why("/dev/ttyUSB0", OSError(errno.EACCES, "Permission denied")))
    assert "dialout" in said and "/dev/ttyUSB0" in said
    locked = "could not open port 'COM7': PermissionError(13, 'Access denied')"
    busy = cables.why("COM7", serial.SerialException(locked))
    assert isinstance(busy, PortBusy)
    assert isinstance(cables.why("x", OSError(errno.ENXIO, "gone")), PortGone)


@pytest.mark.parametrize("problem", [OSError(errno.EIO, "Input/output error"), termios.error(errno.EIO, "the same")])
def test_a_board_that_goes_while_its_port_is_opened_is_gone(
    problem: Exception, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen on a pseudo-terminal whose board began anew at that moment: pyserial lets such errors through."""

    def goes(_: serial.Serial) -> None:
        raise problem

    monkeypatch.setattr(serial.Serial, "_update_dtr_state", goes)
    with pytest.raises(PortGone, match="no board is there"):
        cables.opened(terminal.path, ANY)


def test_a_board_comes_back_under_another_path_after_its_reset(tmp_path: Path) -> None:
    """Native USB: the port vanishes and returns as another one; it is found by what it says of itself."""
    where: dict[str, str | None] = {}
    first = Terminal(tmp_path / "one")
    where["key"] = first.path
    cable = Cable(Port(first.path, "key"), find=lambda port: where[port.key])
    cable.open()
    where["key"] = None
    first.close()
    with pytest.raises(PortGone):
        cable.write(b"?" * 10_000)
        cable.read(1.0)
        cable.read(1.0)
    second = Terminal(tmp_path / "two")
    back = threading.Timer(0.1, where.__setitem__, ("key", second.path))
    back.start()
    cable.reopen(within_s=30)
    second_path = second.path
    assert cable.path == second_path
    cable.close()
    second.close()
    where["key"] = None
    with pytest.raises(PortGone):
        cable.reopen(within_s=0)


def test_a_board_that_reads_nothing_ends_the_wait(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cables, "WRITE_S", 0.05)
    cable = cable_to(terminal.link)
    cable.open()
    with pytest.raises(PortStalled, match="takes nothing"):
        for _ in range(100):
            cable.write(b"x" * 4096)
    cable.close()


def test_a_line_that_was_never_opened_is_no_crash(tmp_path: Path) -> None:
    cable = cable_to(tmp_path / "x")
    cable.close()
    with pytest.raises(PortError, match="not open"):
        cable.read(0)
