"""The watch feeds the board's watchdog while every part of the device lives, and tells how the device is: when the
fleet has welcomed it, when a configuration was refused, and each minute.

A part that fails is noticed at once, and one that ended soon after. One that waits for ever can not be told from one
that has nothing to do; so a part that did not come round for a while is woken, and must come round then. That takes one
timer for all parts and none in any of them: a part counts its rounds in `turns`, and comes round after `poke()`.
"""

import asyncio
import gc

from firmware.sparing import PRESENCE, const, lent

WATCHDOG_MS = 8_000
# RP2 can wait for 8,388 ms at most.
FEED_MS = 2_000
ROUND_MS = 60_000

_SOUND_AFTER_MS = const(120_000)
# A device that lived this long did not fail at its start: the faults before it are forgotten.


class PartLost(Exception):
    """A part of the device lives no more, though it said nothing of a fault."""


class Watch:
    """Starts the parts and looks after them."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self._parts: "list[list]" = []  # type: ignore[type-arg]
        self._lag_ms = 0

    def start(self, part, rounds: int = 1) -> None:  # type: ignore[no-untyped-def]
        """Run this part. One that is woken must have come round after this many rounds of the watch."""
        self._parts.append([part, asyncio.create_task(part.run()), rounds, -1, 0])

    async def run(self) -> None:
        """Feed the watchdog; now and then look at the parts. Raises PartLost."""
        device = self._device
        board, up = device.board, device.clock.up
        looked = reported = up()
        newest = None
        while True:
            board.feed_watchdog()
            due = up() + FEED_MS
            await asyncio.sleep_ms(FEED_MS)
            now = up()
            self._lag_ms = max(self._lag_ms, now - due)
            for one in self._parts:
                if one[1].done():
                    raise PartLost(type(one[0]).__name__ + " ended")
            if newest is device.outbox.newest:
                device.outbox.tend()  # nobody pressed anything for a while
            newest = device.outbox.newest
            if device.trial is not None and now >= device.trial:
                lent("trial").failed(device, "not welcomed in time")
            if now - looked >= ROUND_MS:
                looked = now
                self.look()
            if device.welcomed and (device.health_due or now - reported >= ROUND_MS):
                reported = now
                self.report()
            if board.failures and now >= _SOUND_AFTER_MS and device.rescue is None:
                lent("trying").sound(device)
                board.keep_failures(0)

    def look(self) -> None:
        """Wake the parts that did not come round since the last look. Raises PartLost for one that was woken."""
        for one in self._parts:
            part, _, rounds, turns, woken = one
            if part.turns != turns:
                one[3], one[4] = part.turns, 0
            elif woken == rounds:
                raise PartLost(type(part).__name__ + " does not come round")
            else:
                one[4] += 1
                part.poke()

    def report(self) -> None:
        """Say how the device is, if there is a connection."""
        device = self._device
        if device.online:
            device.health_due = False
            try:
                lent("presenting", PRESENCE).say_health(device, self._lag_ms)
            except MemoryError:
                gc.collect()  # one that does not come does not matter
            self._lag_ms = 0

    def end(self) -> None:
        """Cancel the parts."""
        for one in self._parts:
            one[1].cancel()

    def is_over(self) -> bool:
        """Whether all parts have ended."""
        for one in self._parts:
            if not one[1].done():
                return False
        return True
