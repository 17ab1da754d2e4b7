"""The firmware goes onto MicroPython's VM: what differs only, its start last, and the cable pulled at each step."""

import os
from pathlib import Path

import pytest

from fleet.provisioning import installing, raw_repl
from fleet.provisioning.boards_known import Kind
from fleet.provisioning.cable import Wire, opened
from fleet.provisioning.installing import Installed, install
from fleet.provisioning.ports import PortGone
from fleet.provisioning.probing import InstallError, probe
from fleet.provisioning.raw_repl import RawRepl
from tests.fleet.provisioning.far_end import bare_board, cable_to

HW = "e6614c311b7e6f35"
FILES = {
    "lib/firmware/app.mpy": os.urandom(2500),
    "lib/firmware/roles/rating.mpy": os.urandom(1024),
    "lib/firmware/empty.mpy": b"",
    "lib/protocols/message.mpy": os.urandom(700),
    "main.py": b"print('runs')\n",
}
TRUST = os.urandom(3000)
CUT_EVERY = int(os.environ.get("BENCH_CUT_EVERY") or "9")
# Writes between two places where the cable is pulled; 1 is all of them.


class CutAfter:
    """A wire that breaks before its n-th write."""

    def __init__(self, inner: Wire, writes: int) -> None:
        self.inner, self.left = inner, writes

    @property
    def in_waiting(self) -> int:
        return self.inner.in_waiting

    def read(self, size: int) -> bytes:
        return self.inner.read(size)

    def write(self, data: bytes) -> int | None:
        self.left -= 1
        if self.left < 0:
            raise OSError("pulled")
        return self.inner.write(data)

    def close(self) -> None:
        self.inner.close()


def on_flash(flash: Path) -> dict[str, bytes]:
    return {path.relative_to(flash).as_posix(): path.read_bytes() for path in flash.rglob("*") if path.is_file()}


def test_only_what_differs_is_written_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    with bare_board(flash, tmp_path / "tty", HW):
        cable = cable_to(tmp_path / "tty")
        cable.open()
        repl = RawRepl(cable)
        repl.enter()
        found = probe(repl)
        assert (found.hw, found.board, found.start, found.frozen) == (HW, "simulated", False, False)
        told: list[tuple[int, int]] = []
        assert install(repl, FILES, lambda done, of: told.append((done, of))) == Installed(5, 0, 0)
        assert on_flash(flash) == FILES
        assert told == sorted(told) and told[-1] == (sum(map(len, FILES.values())),) * 2
        assert install(repl, FILES) == Installed(0, 5, 0)
        (flash / "lib" / "firmware" / "app.mpy").write_bytes(b"another version")
        (flash / "lib" / "firmware" / "gone.mpy").write_bytes(b"of another version")
        (flash / "pins.json").write_text("{}")
        assert install(repl, FILES) == Installed(2, 3, 1)
        assert on_flash(flash) == {**FILES, "pins.json": b"{}"}
        installing.bring(repl, installing.TRUST, TRUST)
        assert on_flash(flash) == {**FILES, "pins.json": b"{}", "trust": TRUST}
        assert not installing.differs(repl, FILES), "a file that the firmware takes in is none of the firmware"
        (flash / "lib" / "firmware" / "app.mpy").unlink()
        (flash / "lib" / "firmware" / "app.mpy").mkdir()
        with pytest.raises(InstallError, match=r"lib/firmware/app\.mpy"):
            install(repl, FILES)
        cable.close()


def test_a_cable_pulled_at_any_step_leaves_a_whole_firmware_or_none_that_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_repl, "QUIET_S", 0.02)
    flash = tmp_path / "flash"
    older = {**FILES, "lib/firmware/app.mpy": b"older", "lib/firmware/old.mpy": b"old", "main.py": b"print('old')\n"}
    with bare_board(flash, tmp_path / "tty", HW):

        def tried(files: dict[str, bytes], writes: int) -> bool:
            def open_at(path: str, kind: Kind) -> Wire:
                return CutAfter(opened(path, kind), writes)

            cable = cable_to(tmp_path / "tty", open_at=open_at)
            cable.open()
            try:
                repl = RawRepl(cable)
                repl.enter()
                install(repl, files)
                return True
            except PortGone:
                return False
            finally:
                cable.close()

        tried(older, 10_000)
        cuts = 0
        for writes in range(2, 1000, CUT_EVERY):
            whole = tried(FILES, writes)
            there = on_flash(flash)
            if "main.py" in there:
                wanted = FILES if there["main.py"] == FILES["main.py"] else older
                assert {path: content for path, content in there.items() if not path.endswith(".new")} == wanted
            if whole:
                break
            cuts += 1
            assert tried(older, 10_000) and on_flash(flash) == older
        assert cuts >= 20 // CUT_EVERY and on_flash(flash) == FILES


def test_what_the_board_says_of_its_flash_is_told_in_words() -> None:
    assert "no room" in installing.meaning("OSError: [Errno 28] ENOSPC", "x")
    assert "no room" in installing.meaning("OSError: 28", "x")
    assert "cannot be written" in installing.meaning("OSError: [Errno 30] EROFS", "x")
