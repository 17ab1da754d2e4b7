"""The wires of a simulated rig: an actor and a device, both on the VM, pin to pin as on the table.

A hand is an open drain, so a line that nobody pulls is high; a lamp that has no power is dark; the relay's contact
gives the device its power. A meter that hangs there says what a board draws that does little.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from fleet.laptop.boards import Board, BoardError, Change
from hil_tests.actor.pins import EYES, HANDS, SERIAL

RESTS_UA, LIT_UA = 45_000, 2_000
SHUNT_STEP_UA = 100
BUS_WORD = (5000 // 4) << 3


class Wires:
    """Wires by {line of the device: wire of the actor}. `powered_at`: which level of the relay's pin gives power."""

    def __init__(self, actor: Board, device: Board, lines: Mapping[str, str], powered_at: int = 0) -> None:
        self.actor, self.device = actor, device
        self.powered_at = powered_at
        self._wire_of = dict(lines)
        self._line_of = {wire: line for line, wire in lines.items()}
        self._lit: set[str] = set()

    @property
    def has_power(self) -> bool:
        """Whether the device has power."""
        return self.device.pid is not None

    async def run(self) -> None:
        """Carry what happens, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._from_actor())
            tasks.create_task(self._from_device())

    async def _from_actor(self) -> None:
        async for change in self.actor.listen():
            with suppress(BoardError):  # the device has no power: nobody listens
                await self._do(change)

    async def _from_device(self) -> None:
        async for change in self.device.listen():
            wire = self._wire_of.get(change.pin or change.uart or "")
            with suppress(BoardError):
                if wire in EYES and change.level is not None:
                    await self._shine(wire, change.level)
                elif wire in SERIAL and change.data:
                    await self.actor.feed(wire, change.data)

    async def _do(self, change: Change) -> None:
        line = self._line_of.get(change.pin or change.uart or "")
        if change.pin == "relay":
            await self._switch(change.level == self.powered_at)
        elif change.pin in HANDS and line is not None and change.level is not None:
            await self.device.level(line, change.level)
        elif change.uart in SERIAL and line is not None and change.data:
            await self.device.feed(line, change.data)

    async def _switch(self, on: bool) -> None:
        if on == self.has_power:
            return
        if on:
            await self.device.plug_in_again()
        else:
            await self.device.unplug()
            for wire in sorted(self._lit):
                await self._shine(wire, 0)
        await self.draw()

    async def _shine(self, wire: str, level: int) -> None:
        (self._lit.add if level else self._lit.discard)(wire)
        await self.actor.level(wire, level)
        await self.draw()

    async def draw(self) -> None:
        """What the meter reads now."""
        drawn = (RESTS_UA + LIT_UA * len(self._lit)) // SHUNT_STEP_UA if self.has_power else 0
        await self.actor.feed("meter", drawn.to_bytes(2, "big") + BUS_WORD.to_bytes(2, "big"))
