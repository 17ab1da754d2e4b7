"""A simulated board on a cable: a serial port of this machine, behind it MicroPython as it comes from the shop.

The host opens `port`, a pseudo-terminal. Behind it the VM has another one, and between the two stands what a chip and
its cable do: Ctrl-C stops a program that lets itself be stopped, Ctrl-D resets softly, `machine.reset()` or the
firmware's own reset begins anew, with whatever the chip's boot code prints. Its lines are those of any simulated board:
a printer, keys or a scanner of the laptop may be joined to it.
"""

import asyncio
import errno
import os
import signal
import sys
import tty
from contextlib import suppress
from pathlib import Path

from fleet.laptop import flash_image, flash_layout
from fleet.laptop.boards import START_S, Board, BoardError, Boards
from fleet.laptop.vm import RESET

HEAP = "1m"
# Of the 64-bit VM, all of whose firmware lies in RAM, as on a stock image.
BOOT_SCRIPT = Path(__file__).with_name("serial_boot.py")
READ_BYTES = 4096
HELD_AT_MOST = 16 * 1024
# What nobody reads is lost, as it is on a cable.
CTRL_C = b"\x03"
RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
FRIENDLY_PROMPT = b'Type "help()" for more information.\r\n>>> '
SAME_CTRL_C_S = 0.05
# Ctrl-C twice in one breath is one to a program that has not looked yet.


class SerialBoard(Board):
    """One board on a cable. `hw`: the chip's number; `chatter`: what its boot code says at each reset of the chip.

    `renames`: its port goes at a reset and comes back under another name, as boards with USB of their own do.
    """

    def __init__(
        self, bench: Boards, name: str, hw: str, chatter: bytes = b"", renames: bool = False, heap: str = HEAP
    ) -> None:
        super().__init__(bench, name, ())
        self.hw = hw
        self.chatter = chatter
        self.renames = renames
        self.heap = heap
        self.heard = bytearray()  # everything that the VM said since it was plugged in
        self._note = bench.directory / f"{name}.note"
        self._outer: tuple[int, int] | None = None
        self._inner: tuple[int, int] | None = None
        self._to_host, self._to_vm = bytearray(), bytearray()
        self._raw = False
        self._hidden: bytes | None = None
        self._stopped_s = 0.0
        self._life: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        bench.boards[name] = self

    @property
    def port(self) -> str:
        """The serial port that a host opens. Raises BoardError without power."""
        if self._outer is None:
            raise BoardError(f"board {self.device} has no power")
        return os.ttyname(self._outer[1])

    async def plug_in_again(self) -> None:
        """Plug the cable in: power, and a port. A board that was never plugged in has an empty filesystem."""
        if self._life is not None:
            raise BoardError(f"board {self.device} has power already")
        if not self.image.exists():
            await asyncio.to_thread(flash_image.save, flash_image.open_flash(None), self.image, b"")
        self._note.write_text("power 0")
        self.heard.clear()
        self._open_port()
        self._started.clear()
        self._life = asyncio.create_task(self._live())
        await self._within(self._started, START_S, "started")

    async def unplug(self) -> None:
        """Pull the cable: the VM is killed where it stands, and the port is gone. The flash stays."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
        self._close_port()
        await super().unplug()

    async def hard_reset(self) -> None:
        """Press the board's key for it."""
        self._note.write_text("reset 0")
        self._started.clear()
        if self._process is not None:
            tell(self._process.pid, signal.SIGKILL)
        await asyncio.wait_for(self._started.wait(), START_S)

    # Its life

    async def _live(self) -> None:
        """Start the VM again whenever it ends."""
        main = True
        self._chat()
        while True:
            code = await self._run(main)
            hard = code in (RESET, -signal.SIGKILL)
            if hard:
                self._raw = False
                if self.renames:
                    self._close_port()
                    self._open_port()
                self._chat()
            else:
                self._say(b"\r\nMPY: soft reboot\r\n")
                self._note.write_text("soft 0")
            main = not self._raw

    async def _run(self, main: bool) -> int:
        """One run of the VM, to its end."""
        self._inner = os.openpty()
        for one in self._inner:
            tty.setraw(one)
        os.set_blocking(self._inner[0], False)
        self._to_vm.clear()
        self._stopped_s = 0.0
        self._hidden = b"" if self._raw else None
        self._connected.clear()
        self._ready.clear()
        environment = dict(
            os.environ,
            MOTCUA_LINES=f"127.0.0.1:{self._bench.port}",
            MOTCUA_BOARD=self.device,
            MOTCUA_FLASH=str(self.image),
            MOTCUA_BLOCKS=str(flash_layout.BLOCKS),
            MOTCUA_MOUNTED="1",
            MOTCUA_HW=self.hw,
            MOTCUA_MAIN="1" if main else "0",
            MOTCUA_RESET=self._note.read_text(),
            MICROPYPATH=".frozen:/lib",
            PYTHONPATH=os.pathsep.join(path for path in sys.path if path),
        )
        environment.pop("MOTCUA_RESETTING", None)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fleet.laptop.serial_vm", os.ttyname(self._inner[1]), str(self._note)),
            *("-X", f"heapsize={self.heap}", str(BOOT_SCRIPT)),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        self._process = process
        loop = asyncio.get_running_loop()
        loop.add_reader(self._inner[0], self._vm_says)
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            loop.remove_reader(self._inner[0])
            loop.remove_writer(self._inner[0])
            self._vm_says()  # its last words
            for one in self._inner:
                os.close(one)
            self._inner = None

    def _chat(self) -> None:
        if self.chatter:
            self._say(self.chatter)

    # The cable

    def _open_port(self) -> None:
        self._outer = os.openpty()
        for one in self._outer:
            tty.setraw(one)
        os.set_blocking(self._outer[0], False)
        asyncio.get_running_loop().add_reader(self._outer[0], self._host_says)

    def _close_port(self) -> None:
        if self._outer is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._outer[0])
            loop.remove_writer(self._outer[0])
            for one in self._outer:
                os.close(one)
            self._outer = None
        self._to_host.clear()

    def _host_says(self) -> None:
        """The host wrote: bytes for the VM, but for a Ctrl-C that stops what runs."""
        data = taken(self._outer[0]) if self._outer is not None else b""
        if self._inner is None or self._process is None:
            return  # it is just starting: nobody listens
        while data:
            before, stop, data = data.partition(CTRL_C)
            self._to_vm += before
            if stop and stoppable(self._process.pid):
                now_s = asyncio.get_running_loop().time()
                if now_s - self._stopped_s > SAME_CTRL_C_S:
                    self._stopped_s = now_s
                    tell(self._process.pid, signal.SIGUSR1)
            elif stop:
                self._to_vm += stop
        written(self._inner[0], self._to_vm)

    def _vm_says(self) -> None:
        """The VM wrote. What it says of a soft reset on its way back to the raw REPL is not for the host."""
        data = taken(self._inner[0]) if self._inner is not None else b""
        if self._inner is None or not data:
            return
        self._started.set()
        self.heard += data
        with self.log.open("ab") as log:
            log.write(data)
        if self._hidden is None:
            self._note_prompt(len(data))
        if self._hidden is not None:
            self._hidden += data
            if self._hidden.endswith(FRIENDLY_PROMPT):
                self._to_vm += b"\x01"
                written(self._inner[0], self._to_vm)
            at = self._hidden.rfind(RAW_PROMPT)
            if at < 0:
                return
            data, self._hidden = self._hidden[at:], None
        self._say(data)

    def _note_prompt(self, fresh: int) -> None:
        """Which prompt the host saw last; it decides what a soft reset leads to."""
        tail = self.heard[-fresh - len(FRIENDLY_PROMPT) :]
        raw, friendly = tail.rfind(RAW_PROMPT), tail.rfind(FRIENDLY_PROMPT)
        if raw != friendly:
            self._raw = raw > friendly

    def _say(self, data: bytes) -> None:
        """To the host, if it reads."""
        if self._outer is not None:
            self._to_host = (self._to_host + data)[-HELD_AT_MOST:]
            written(self._outer[0], self._to_host)


def tell(pid: int, what: signal.Signals) -> None:
    """Send a signal to a process of ours. `Process.send_signal` first asks whether it has ended, which takes its code
    away from whoever waits for it (CPython 3.11: "unknown child process", 255): a reset would look like a soft one.
    """
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def stoppable(pid: int) -> bool:
    """Whether a program runs there that takes Ctrl-C for an interrupt; else it is a byte like any other."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                caught = int(line.split()[1], 16)
                return all(caught >> one - 1 & 1 for one in (signal.SIGINT, signal.SIGUSR1))
    return False


def taken(place: int) -> bytes:
    """The bytes that wait there; none if its other end is closed."""
    try:
        return os.read(place, READ_BYTES)
    except BlockingIOError:
        return b""
    except OSError as err:
        if err.errno != errno.EIO:
            raise
        return b""


def written(place: int, waiting: bytearray) -> None:
    """Write what fits, and the rest when there is room."""
    loop = asyncio.get_running_loop()
    try:
        while waiting:
            del waiting[: os.write(place, waiting)]
        loop.remove_writer(place)
    except BlockingIOError:
        loop.add_writer(place, written, place, waiting)
