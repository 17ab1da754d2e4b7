"""Rescue: a device whose application failed three times in a row comes up without its roles, and stays reachable.

It says in its hello that it is in rescue and why, tells its health and its events, and its lamp of faults blinks. It
tries the whole application again after a while, ever more rarely; at once when a new configuration comes, or when its
power was cut.
"""

import asyncio

from firmware.app import RESCUE_AFTER
from firmware.drivers.lamp import Lamp
from firmware.flash_files import replace
from firmware.outbox import OutboxFull
from firmware.sparing import const

_RETRY = const("retry")
PATIENCE_MS = 300_000
_PATIENCE_AT_MOST_MS = const(4 * 3_600_000)
_BLINK_MS = const(500)
_WHY_FILE = const("/why")
_WHY_LETTERS = const(120)


class Rescue:
    """The part that runs in place of the roles."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self._lamp = Lamp(device.board.output("lamp_fault"))
        self._patience_ms = patience_ms(device.board.failures)
        self.turns = 0

    async def run(self) -> None:
        """Blink until it is time to try again."""
        until = self._device.clock.up() + self._patience_ms
        while self._device.clock.up() < until:
            self.turns += 1
            self._lamp.set(self.turns % 2 == 1)
            await asyncio.sleep_ms(_BLINK_MS)
        self._device.end(_RETRY)
        await asyncio.sleep_ms(_BLINK_MS)  # it is cancelled in here

    def poke(self) -> None:
        """It comes round by itself."""


class NoOutbox:
    """Stands in for an outbox that can not be opened: it keeps nothing, and has nothing to send."""

    next_seq = 1
    spoilt = dropped = foreign = 0
    newest = None

    def append(self, event: "dict") -> int:  # type: ignore[type-arg]
        raise OutboxFull(0)

    def waiting(self) -> int:
        return 0

    def tend(self) -> None:
        pass

    def close(self) -> None:
        pass

    def adopt(self, epoch: int) -> None:
        pass

    def batch(self, boot: int, seq: int, alone: bool = False) -> None:
        return None

    def oldest(self, epoch: int, boot: int) -> None:
        return None

    def forget(self, epoch: int, boot: int, through: int, refused: "list[int]" = []) -> None:  # noqa: B006
        pass


def due(board) -> bool:  # type: ignore[no-untyped-def]
    """Whether this boot is one of rescue."""
    return board.failures >= RESCUE_AFTER and board.reset_reason != _RETRY


def patience_ms(failures: int) -> int:
    """How long to stay in rescue after so many failures in a row."""
    return min(_PATIENCE_AT_MOST_MS, PATIENCE_MS << min(10, max(0, failures - RESCUE_AFTER)))


def keep_why(root: str, why: str) -> None:
    """Note why the application failed, for the hello of a rescue. Flash may be what failed."""
    try:
        replace(root + _WHY_FILE, why[:_WHY_LETTERS].encode())
    except (OSError, MemoryError):
        pass


def why(board) -> str:  # type: ignore[no-untyped-def]
    """Why this boot is one of rescue."""
    if board.reset_reason == "watchdog":
        return "the watchdog bit: something held everything up"
    try:
        with open(board.root + _WHY_FILE, "rb") as f:
            return str(f.read(), "utf-8")
    except (OSError, ValueError):
        return "unknown"
