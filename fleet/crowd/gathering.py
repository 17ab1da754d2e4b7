"""A crowd gathers: its processes are started, what they see is put together, and in the end they go home."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from fleet.crowd.seen import Seen, all_of, seen_of
from fleet.crowd.wish import Wish

LINE_BYTES = 1 << 20
LOOK_S = 0.5
ENDS_WITHIN_S = 20.0


class CrowdFailed(RuntimeError):
    """A process of the crowd ended before its time. What it said stands above."""


class Gathering:
    """All processes of a crowd. `seen` is what each of them said last."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self.wishes = list(wishes)
        self.seen: list[Seen] = [Seen(devices=one.to - one.first) for one in self.wishes]
        self.processes: list[asyncio.subprocess.Process] = []
        self.listening: list[asyncio.Task[None]] = []

    @property
    def all(self) -> Seen:
        """Together."""
        return all_of(self.seen)

    async def start(self) -> None:
        """Each is told what it is on its input, where nobody else reads the key."""
        for number, wish in enumerate(self.wishes):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "fleet.crowd"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=LINE_BYTES,
            )
            self.processes.append(process)
            self.listening.append(asyncio.create_task(self.listen(number, process)))
            self.tell(process, wish.as_line())

    async def listen(self, number: int, process: asyncio.subprocess.Process) -> None:
        """Hear what this one sees, to its end."""
        assert process.stdout is not None  # noqa: S101 (a pipe)
        async for line in process.stdout:
            self.seen[number] = seen_of(json.loads(line))

    async def last(self, seconds: float, told: Callable[[Seen], None]) -> None:
        """People use it for so long; `told` hears what is seen. Raises CrowdFailed."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.refuse_ended()
            told(self.all)
            await asyncio.sleep(min(LOOK_S, max(0.0, end_s - time.monotonic())))

    async def drain(self, within_s: float, told: Callable[[Seen], None]) -> None:
        """People go home; what is on its way arrives, as far as it does in this time. Then all processes end."""
        self.tell_all("home")
        end_s, is_quiet = time.monotonic() + within_s, 0
        while is_quiet < 4 and time.monotonic() < end_s:
            self.refuse_ended()
            await asyncio.sleep(LOOK_S)
            told(self.all)
            is_quiet = is_quiet + 1 if not self.all.waiting else 0
        self.tell_all("end")
        ends = [asyncio.ensure_future(process.wait()) for process in self.processes]
        await asyncio.wait([*self.listening, *ends], timeout=ENDS_WITHIN_S)
        told(self.all)

    async def stop(self) -> None:
        """Whatever still runs ends."""
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
        for task in self.listening:
            task.cancel()
        await asyncio.gather(*self.listening, return_exceptions=True)

    def refuse_ended(self) -> None:
        """Raises CrowdFailed."""
        for number, process in enumerate(self.processes):
            if process.returncode is not None:
                raise CrowdFailed(f"process {number + 1} of the crowd ended by itself ({process.returncode})")

    def tell_all(self, line: str) -> None:
        """Each hears it."""
        for process in self.processes:
            self.tell(process, line)

    @staticmethod
    def tell(process: asyncio.subprocess.Process, line: str) -> None:
        """A line on its input."""
        assert process.stdin is not None  # noqa: S101 (a pipe)
        with suppress(OSError, RuntimeError):
            process.stdin.write(line.encode() + b"\n")
