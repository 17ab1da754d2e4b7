"""This end of an emulated board: its process, its lines by their names, and its own clock."""

import asyncio
import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from firmware.hardware.pins_pico import PINS
from fleet.laptop.boards import START_S, Board, BoardError, Boards, Change
from hil_tests.lines_heard import LinesHeard

ROOT = Path(__file__).parents[2]
TOLD_S = 60.0
MOMENTS = {"drove", "pin", "sent", "reset"}
POWER_WENT = "the power went in the midst of an operation of the flash"
PROGRAM = ("-m", "hil_tests.drivers.emulator")


class EmulatedLines(Board):
    """Speaks to the emulator in a process of its own, which is the board's power. `heard` gets what its USB says."""

    def __init__(self, bench: Boards, name: str, hw: str, roles: tuple[str, ...]) -> None:
        super().__init__(bench, name, roles)
        self.hw = hw
        self.heard = LinesHeard(name)
        self.port: str | None = None
        self.pulled_up: set[int] = set()
        self._places = {name: place for role in roles for name, place in PINS[role].items()}
        self._told: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.moments: list[dict[str, object]] = []  # what moved and what was sent, with the chip's `at_ms`
        self._chip_s = self._before_s = 0.0
        self._off_since_s = time.monotonic()

    def clock(self) -> float:
        """The board's time, which goes on while it has no power."""
        if self._process is None:
            return self._before_s + time.monotonic() - self._off_since_s
        return self._before_s + self._chip_s

    async def plug_in_again(self) -> None:
        """Start the emulator with the flash as it lies there."""
        if self._process is not None:
            raise BoardError(f"board {self.device} has power already")
        self._before_s, self._chip_s = self.clock(), 0.0
        self.pulled_up.clear()
        self.moments.clear()
        self.levels.clear()
        self._connected.clear()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, *PROGRAM, str(self.image), self.hw),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                limit=1 << 20,
            )
        self._hearing = asyncio.create_task(self._hear(self._process))
        await self._within(self._connected, START_S, "at its port")

    async def unplug(self) -> None:
        """Kill it where it stands."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await self._hearing
            self._before_s, self._off_since_s = self._before_s + self._chip_s, time.monotonic()
            self._process, self.port = None, None

    async def wish(self, line: dict[str, object]) -> None:
        """Something that is done to the chip."""
        if self._process is None or self._process.stdin is None:
            raise BoardError(f"board {self.device} has no power")
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        await self._process.stdin.drain()

    async def told(self) -> dict[str, object]:
        """What the chip says of itself."""
        await self.wish({"tell": True})
        return await asyncio.wait_for(self._told.get(), TOLD_S)

    async def _send(self, line: dict[str, object]) -> None:
        """What hands do, by the names of the lines."""
        if "uart" in line:
            await self.wish({"uart": self._place(str(line["uart"]))[0], "bytes": line["bytes"]})
        elif "for" in line:
            await self.wish({"press": self._place(str(line["pin"])), "ms": line["for"]})
        elif "edges" in line:
            raise BoardError(f"board {self.device}: expected a press, found edges, which only a simulated board knows")
        else:
            await self.wish({"drive": self._place(str(line["pin"])), "level": None if line["level"] else 0})

    def _place(self, name: str):  # type: ignore[no-untyped-def]
        if name not in self._places:
            raise BoardError(f"board {self.device}: expected one of {', '.join(self._places)}, found {name}")
        return self._places[name]

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            said = json.loads(line)
            self._chip_s = max(self._chip_s, float(said.get("at_ms", 0)) / 1000)
            self._take_from_chip(said)
        await process.wait()

    def _take_from_chip(self, said: dict[str, object]) -> None:
        if MOMENTS & said.keys():
            self.moments.append(said)
        if "said" in said:
            self.heard.hear(bytes.fromhex(str(said["said"])))
        elif "port" in said:
            self.port = str(said["port"])
            self._connected.set()
        elif "told" in said:
            self._told.put_nowait(said)
        elif "cut" in said:
            self.heard.say(POWER_WENT)
        elif "reset" in said:
            self.heard.note(f"reset: {said['reset']}")
        elif "pulled_up" in said:
            self._key(int(str(said["pulled_up"])))
        elif "pin" in said:
            self._moved(int(str(said["pin"])), int(str(said["level"])))
        elif "uart" in said:
            names = [name for name, place in self._places.items() if isinstance(place, list)]
            name = next((name for name in names if self._places[name][0] == said["uart"]), "")
            self._tell(Change(self.device, uart=name, data=bytes.fromhex(str(said["bytes"]))))

    def _key(self, pin: int) -> None:
        """The chip reads this pin now."""
        self.pulled_up.add(pin)
        self.keys = frozenset(name for name, place in self._places.items() if place in self.pulled_up and is_key(name))
        self._tell(Change(self.device, keys=self.keys))

    def _moved(self, pin: int, level: int) -> None:
        for name, place in self._places.items():
            if place == pin and not is_key(name):
                self.levels[name] = level
                self._tell(Change(self.device, pin=name, level=level))


def is_key(name: str) -> bool:
    """Whether a line is read, and not driven."""
    return not name.startswith(("lamp_", "buzzer"))
