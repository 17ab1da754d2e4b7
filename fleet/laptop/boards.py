"""The bench: simulated boards that run the shipping firmware, and this end of their lines.

Each board is a MicroPython VM in a process of its own, with a flash image and a TCP connection that stands for its
pins and serial lines. The connection is also its power: when it closes, the VM ends, so no board outlives whoever
started it.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.laptop import firmware_tree, flash_image

START_S = 90.0
# A board starts in a second or two; on a machine that does much else eight of them took 23 s.
HEAP = "128k"
# Of the 64-bit VM, whose objects are about twice those of a board. The boards of the office (printer; keypad and
# reader; rating) live through the hard day of the tests from 100k to 117k on; printer, rating and reader together
# from about 135k.
HEAP_FOR_UPDATES = "160k"
# With which each of them also takes a release while somebody presses: a printer did from 144k on. A Pico W has about
# twice as much for objects of half the size.
PRESSED = 0
PIECE_BYTES = 128
LINE_BYTES = 1 << 20


class BoardError(Exception):
    """A board does not do what is expected of any board."""


@dataclass(frozen=True)
class Change:
    """An output of a board changed its level, one of its serial lines sent bytes, or it reads other keys."""

    board: str
    pin: str | None = None
    level: int | None = None
    uart: str | None = None
    data: bytes | None = None
    keys: frozenset[str] | None = None


class Board:
    """One board on the bench."""

    def __init__(self, bench: "Boards", device: str, roles: tuple[str, ...]) -> None:
        self.device = device
        self.roles = roles
        self.levels: dict[str, int] = {}
        self.keys: frozenset[str] = frozenset()  # the inputs that it reads
        self.heap_used: int | None = None  # bytes, when its tasks began to run
        self.log = bench.directory / f"{device}.log"
        self.image = bench.directory / f"{device}.flash"
        self._bench = bench
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._connected = asyncio.Event()
        self._ready = asyncio.Event()
        self._asleep = asyncio.Event()
        self._ended = asyncio.Event()
        self._listeners: set[asyncio.Queue[Change]] = set()

    @property
    def pid(self) -> int | None:
        """The process of the VM while the board has power."""
        return self._process.pid if self._process is not None else None

    async def press(self, pin: str, held_ms: int = 80) -> None:
        """Press a key and let it go. It is held for so long by the board's own clock, however slow this machine is."""
        await self._send({"pin": pin, "level": PRESSED, "at": time.monotonic_ns() // 1_000_000, "for": held_ms})
        await asyncio.sleep(held_ms / 1000)

    async def level(self, pin: str, level: int) -> None:
        """Hold an input at a level. The board is told when, as an interrupt would note it, however late it looks."""
        await self._send({"pin": pin, "level": level, "at": time.monotonic_ns() // 1_000_000})

    async def bounce(self, pin: str, edges: Sequence[tuple[int, int]]) -> None:
        """Let a contact move as contacts do: [(level, when)], times of the machine's clock in ms, all of them past."""
        await self._send({"pin": pin, "edges": list(edges)})

    async def feed(self, uart: str, data: bytes) -> None:
        """Send bytes to the board on a serial line; many come in pieces, as they do there."""
        for start in range(0, len(data), PIECE_BYTES):
            await self._send({"uart": uart, "bytes": data[start : start + PIECE_BYTES].hex()})

    async def listen(self) -> AsyncIterator[Change]:
        """What the board does from now on; any number may listen."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    async def ready(self, within_s: float = START_S) -> None:
        """Wait until the application's tasks run."""
        await self._within(self._ready, within_s, "ready")

    async def asleep(self, within_s: float = START_S) -> None:
        """Wait until it sleeps."""
        await self._within(self._asleep, within_s, "asleep")

    async def unplug(self) -> None:
        """Cut the power: the VM is killed where it stands."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._writer is not None:
            self._writer.close()
            await self._ended.wait()

    async def plug_in_again(self) -> None:
        """Give it power; the flash is as it was left. Returns when its lines are connected."""
        if self._process is not None:
            raise BoardError(f"board {self.device} has power already")
        self._connected.clear()
        self._ready.clear()
        self.levels.clear()
        environment = dict(
            os.environ,
            MOTCUA_LINES=f"127.0.0.1:{self._bench.port}",
            MOTCUA_BOARD=self.device,
            MOTCUA_FLASH=str(self.image),
            MICROPYPATH=".frozen",
        )
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "fleet.laptop.vm", str(self._bench.tree / firmware_tree.ROM)),
                *("-X", f"heapsize={self._bench.heap}", str(self._bench.tree / "start.py")),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        await self._within(self._connected, START_S, "connected to its lines")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what the board says until its power goes."""
        self._writer = writer
        self._ended.clear()
        self._ready.clear()
        self._asleep.clear()
        self._connected.set()
        self.levels.clear()
        self.keys = frozenset()
        try:
            async for line in reader:
                self._take(json.loads(line))
        except (OSError, ValueError):
            pass  # cut in the middle of a line
        finally:
            if self._writer is writer:
                self._writer = None
                self._connected.clear()
                self._ready.clear()
                self._ended.set()
            writer.close()

    def _take(self, said: dict[str, object]) -> None:
        if said.get("ready"):
            self.heap_used = int(str(said["heap_used"])) if "heap_used" in said else None
            self._ready.set()
        elif said.get("asleep"):
            self._asleep.set()
        elif "pin" in said:
            pin, level = str(said["pin"]), int(str(said["level"]))
            self.levels[pin] = level
            self._tell(Change(self.device, pin=pin, level=level))
        elif "keys" in said:
            self.keys |= frozenset(str(said["keys"]).split())
            self._tell(Change(self.device, keys=self.keys))
        elif "uart" in said:
            self._tell(Change(self.device, uart=str(said["uart"]), data=bytes.fromhex(str(said["bytes"]))))

    def _tell(self, change: Change) -> None:
        for queue in self._listeners:
            queue.put_nowait(change)

    async def _send(self, line: dict[str, object]) -> None:
        if self._writer is None and self._process is not None:  # it resets itself
            await self._within(self._connected, START_S, "connected to its lines")
        if self._writer is None:
            raise BoardError(f"board {self.device} has no power")
        self._writer.write(json.dumps(line).encode() + b"\n")
        await self._writer.drain()

    async def _within(self, event: asyncio.Event, seconds: float, what: str) -> None:
        """Wait for it; say what was awaited and what the VM said, if it does not come or the VM ends."""
        process = self._process
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(event.wait())]
        if process is not None:
            waits.append(asyncio.ensure_future(process.wait()))
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        if not event.is_set():
            said = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise BoardError(
                f"board {self.device}: expected it {what} within {seconds:g} s; {self.log} ends with:\n{said}"
            )


class Boards:
    """The bench: starts the VMs and holds their lines."""

    def __init__(
        self,
        directory: Path,
        broker_host: str,
        broker_port: int,
        protocol: int = 5,
        heap: str = HEAP,
        tls: dict[str, str] | None = None,
        trust: bytes | None = None,
    ) -> None:
        self.directory = directory
        self.broker = (broker_host, broker_port, protocol, tls)
        self.heap = heap
        self.trust = trust  # the root of releases, which each board takes in once
        self.boards: dict[str, Board] = {}
        self.port = 0
        self.tree = Path()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Compile the firmware if it changed, and listen for boards."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.tree = await asyncio.to_thread(firmware_tree.build, self.directory / "firmware")
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LINE_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Unplug every board."""
        for board in self.boards.values():
            await board.unplug()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def plug_in(self, device: str, password: str, roles: Sequence[str]) -> Board:
        """Put a board on the bench, with a new flash if it has none, and give it power."""
        board = Board(self, device, tuple(roles))
        if board.image.exists():
            await asyncio.to_thread(flash_image.set_network, board.image, *self.broker)
        else:
            await asyncio.to_thread(flash_image.create_image, board.image, device, password, *self.broker)
        if self.trust is not None:
            await asyncio.to_thread(flash_image.write_files, board.image, {flash_image.TRUST_FILE: self.trust})
        self.boards[device] = board
        await board.plug_in_again()
        return board

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A VM connected its lines; its first line says which board it is."""
        try:
            board = self.boards[json.loads(await reader.readline())["board"]]
        except (OSError, ValueError, KeyError, TypeError):
            writer.close()
            return
        await board.serve(reader, writer)
