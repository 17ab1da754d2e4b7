"""A battery device sleeps when nothing happens: rating buttons only, on a board that a key can wake.

Asleep nothing runs and RAM is lost. A key that goes down, or the time, begins another boot, which finds out which key
it was before anything else. Events that could not be delivered wait on flash, and it wakes the sooner to try again.
"""

import asyncio

from firmware.roles.rating_buttons import keys
from firmware.sparing import const

_LOOK_MS = const(500)
_GIVE_UP_MS = const(60_000)
# So long it tries to deliver; an access point that is away shall not cost the battery.
_WAKES_MS = const(21_600_000)
# Four times a day it says that it is there, if nobody presses.
_TRIES_AGAIN_MS = const(900_000)


def can_sleep(device) -> bool:  # type: ignore[no-untyped-def]
    """Whether this device, which shall sleep, can. One that can not says so, and stays awake."""
    roles = device.config.roles
    if roles != ["rating"]:
        device.fault("sleep", "expected only rating buttons on a device that sleeps, found " + " ".join(roles))
    elif not device.board.can_sleep:
        device.fault("sleep", "no key wakes this board, a " + device.board.name)
    else:
        return True
    return False


class Sleeping:
    """Watches for the moment to sleep."""

    def __init__(self, device) -> None:  # type: ignore[no-untyped-def]
        self._device = device
        self.turns = 0
        self.poke = device.ended.is_set  # it looks twice a second anyway

    async def run(self) -> None:
        """Look now and then; end the application when it is time."""
        device = self._device
        up = device.clock.up
        last, since = None, up()
        while True:
            self.turns += 1
            await asyncio.sleep_ms(_LOOK_MS)
            if device.outbox.newest is not last:
                last, since = device.outbox.newest, up()
            done = device.welcomed and not device.outbox.waiting() and not device.outgoing
            quiet_ms = up() - since
            if up() < device.awake_until or device.trial is not None:
                continue
            if (done and quiet_ms >= device.config.sleep_after_s * 1000) or quiet_ms >= _GIVE_UP_MS:
                self._sleep(_WAKES_MS if done else _TRIES_AGAIN_MS)

    def _sleep(self, ms: int) -> None:
        device = self._device
        device.board.wake_by(keys(device.config.scale), ms)
        at = device.clock.at()
        device.wakes = None if at is None else at + ms
        device.end("sleep")
