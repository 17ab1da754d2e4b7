"""The raw REPL: boot chatter, programs that run, windows, splits; with a model of the board, and with MicroPython."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.provisioning import raw_repl
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port
from fleet.provisioning.raw_repl import BANNER, NoMicroPython, RawRepl, ReplError, ScriptFailed
from tests.fleet.provisioning.far_end import Peer, bare_board, cable_to


class Model:
    """A board in memory: takes a paste by its window, says things in pieces of any size, loses what is too much."""

    def __init__(self, window: int, pieces: list[int], output: bytes, error: bytes) -> None:
        self.window, self.pieces = window, pieces
        self.output, self.error = output, error
        self.out = b""
        self.room = 0
        self.state = "friendly"
        self.pasted = b""
        self.overrun = False

    @property
    def in_waiting(self) -> int:
        return len(self.out)

    def write(self, data: bytes) -> int:
        for byte in data:
            self.take(bytes([byte]))
        return len(data)

    def take(self, byte: bytes) -> None:
        if self.state == "paste":
            if byte == b"\x04":
                self.state = "raw"
                self.out += b"\x04" + self.output + b"\x04" + self.error + b"\x04>"
                return
            self.overrun |= self.room == 0
            self.room -= 1
            self.pasted += byte
            if len(self.pasted) % self.window == 0:
                self.room += self.window
                self.out += b"\x01"
        elif self.state == "asked" and byte == b"\x01":
            self.state, self.pasted, self.room = "paste", b"", 2 * self.window
            self.out += b"R\x01" + self.window.to_bytes(2, "little") + b"\x01"
        elif byte == b"\x03":
            self.out += b"\r\nKeyboardInterrupt: \r\n>>> "
        elif byte == b"\x01":
            self.state = "raw"
            self.out += b"\r\n" + BANNER + b">"
        elif byte == b"\x05":
            self.state = "asked"

    def read(self, size: int) -> bytes:
        size = min(size, self.pieces[0])
        self.pieces = self.pieces[1:] + self.pieces[:1]
        taken, self.out = self.out[:size], self.out[size:]
        return taken

    def close(self) -> None: ...


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 256),
    st.lists(st.integers(1, 9), min_size=1, max_size=8),
    st.text(max_size=700),
    st.binary(max_size=60).filter(lambda data: b"\x04" not in data),
    st.sampled_from([b"", b"Traceback\r\nValueError: no\r\n"]),
)
def test_whatever_the_window_and_the_splits_all_arrives_and_nothing_is_too_much(
    window: int, pieces: list[int], script: str, output: bytes, error: bytes
) -> None:
    script = script.replace("\x04", "").replace("\x03", "")
    model = Model(window, pieces, output, error)
    ticks = iter(range(10**9))
    cable = Cable(Port("x", "x"), lambda _: "x", lambda *_: model, lambda: next(ticks) / 1000)
    cable.open()
    repl = RawRepl(cable)
    repl.enter()
    if error:
        with pytest.raises(ScriptFailed) as failed:
            repl.run(script)
        assert failed.value.error == "ValueError: no"
    else:
        assert repl.run(script) == output
    assert model.pasted == script.encode() and not model.overrun


def speaking(*turns: bytes) -> Any:
    """A peer that answers each Ctrl-A with the next of these."""
    left = list(turns)

    def answer(peer: Peer, heard: bytes) -> None:
        if heard.endswith(b"\x01"):
            peer.heard = b""
            if left:
                peer.say(left.pop(0))

    return answer


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_repl, "QUIET_S", 0.02)
    monkeypatch.setattr(raw_repl, "ANSWER_S", 0.1)


@pytest.mark.usefixtures("hasty")
def test_chatter_of_the_boot_before_the_prompt_is_left_aside(tmp_path: Path) -> None:
    """The loader speaks, at another speed even, and the first tries are not heard."""
    peer = Peer(
        tmp_path / "tty", speaking(b"ets Jul 29 2019\r\n\xff\xfe\x80", b"MPY: soft re", b"boot\r\n" + BANNER + b">")
    )
    cable = cable_to(tmp_path / "tty")
    cable.open()
    RawRepl(cable).enter(within_s=30)
    cable.close()
    peer.stop()


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (b"", "heard nothing"),
        (b"rst:0x10\r\ninvalid header: 0xffffffff\r\n", "the chip has no program"),
        (b"AT+GMR\r\n\x1b[31mOK\xc3", r"AT\+GMR"),
    ],
)
def test_a_board_without_micropython_is_named_with_what_it_said(tmp_path: Path, says: bytes, sentence: str) -> None:
    peer = Peer(tmp_path / "tty", speaking(*[says] * 50))
    cable = cable_to(tmp_path / "tty")
    cable.open()
    with pytest.raises(NoMicroPython, match=sentence) as told:
        RawRepl(cable).enter(within_s=0.6)  # many tries
    assert "\x1b" not in str(told.value)
    cable.close()
    peer.stop()


@pytest.mark.usefixtures("hasty")
def test_a_micropython_that_is_too_old_is_named(tmp_path: Path) -> None:
    def answer(peer: Peer, heard: bytes) -> None:
        if heard.endswith(b"\x05A\x01"):
            peer.say(b"R\x00")
        elif heard.endswith(b"\r\x03\x03\x01") or heard == b"\x01":
            peer.say(BANNER + b">")

    peer = Peer(tmp_path / "tty", answer)
    cable = cable_to(tmp_path / "tty")
    cable.open()
    repl = RawRepl(cable)
    repl.enter(within_s=30)
    with pytest.raises(ReplError, match=r"since 1\.14"):
        repl.run("pass")
    cable.close()
    peer.stop()


def test_micropython_itself_even_in_the_middle_of_a_script(tmp_path: Path) -> None:
    with bare_board(tmp_path / "flash", tmp_path / "tty"):
        cable = cable_to(tmp_path / "tty")
        cable.open()
        repl = RawRepl(cable)
        repl.enter()
        assert repl.run("print('a' * 3000, 'ố')") == b"a" * 3000 + " ố\n".encode()
        with pytest.raises(ScriptFailed, match="ZeroDivisionError"):
            repl.run("1/0")
        with pytest.raises(ScriptFailed, match="SyntaxError"):
            repl.run("if:\n" + "x = 1\n" * 400)  # refused while it is still being sent
        cable.write(raw_repl.PASTE + b"half a scr")  # a cable that was pulled leaves it like this
        repl.enter()
        assert repl.run("print(2)") == b"2\n"
        cable.close()
