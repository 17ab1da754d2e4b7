"""The watch feeds the board's watchdog while every part of the device lives.

A part that ends or fails is noticed at once. One that waits for ever can not be told from one that has nothing to do;
so a part that did not come round for a while is woken, and must come round then. That takes one timer for all parts
and none in any of them: a part has `run()`, counts its rounds in `turns`, and comes round after `poke()`.
"""

import asyncio

WATCHDOG_MS = 8_000
# RP2 can wait for 8,388 ms at most.
FEED_MS = 2_000
ROUND_MS = 60_000

SOUND_AFTER_MS = 120_000
# A device that lived this long did not fail at its start: the faults before it are forgotten.


class PartLost(Exception):
    """A part of the device lives no more, though it said nothing of a fault."""


class Watch:
    """Starts the parts and looks after them."""

    def __init__(self, board, clock) -> None:  # type: ignore[no-untyped-def]
        self._board = board
        self._clock = clock
        self._parts: "list[list]" = []  # type: ignore[type-arg]
        self.tasks: "list" = []  # type: ignore[type-arg]

    def start(self, name: str, part, rounds: int = 1) -> None:  # type: ignore[no-untyped-def]
        """Run this part. One that is woken must have come round after this many rounds of the watch."""
        self._parts.append([name, part, rounds, -1, 0])
        self.tasks.append(asyncio.create_task(lives(name, part.run())))

    async def run(self) -> None:
        """Feed the watchdog; now and then look at the parts. Raises PartLost."""
        began = looked = self._clock.up()
        sound = False
        while True:
            self._board.feed_watchdog()
            await asyncio.sleep_ms(FEED_MS)
            now = self._clock.up()
            if now - looked >= ROUND_MS:
                looked = now
                self.look()
            if not sound and now - began >= SOUND_AFTER_MS:
                sound = True
                self._board.keep_failures(0)

    def look(self) -> None:
        """Wake the parts that did not come round since the last look. Raises PartLost for one that was woken."""
        for one in self._parts:
            name, part, rounds, seen, missed = one
            if part.turns != seen:
                one[3], one[4] = part.turns, 0
            elif missed > rounds - 1:
                raise PartLost(name + " does not come round")
            else:
                one[4] += 1
                part.poke()


async def lives(name: str, running) -> None:  # type: ignore[no-untyped-def]
    """Run what runs for ever. Raises PartLost where it ends."""
    await running
    raise PartLost(name + " ended")
