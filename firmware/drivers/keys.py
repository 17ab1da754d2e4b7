"""Keys of a board: waits for edges, and looks at the clock only while a contact is unsettled or a key is down."""

from firmware.drivers.debounce import Change, Debounce
from firmware.sparing import lent
from firmware.waiting import happens

STUCK_MS = 30_000
# Nobody holds a key that long: it is stuck, or something leans on it.


class Keys:
    """The debounced keys on some inputs. One that is stuck is told to the device once, and that it is free again."""

    def __init__(self, inputs, device) -> None:  # type: ignore[no-untyped-def]
        self._inputs = inputs
        self._device = device
        self._clock = device.clock
        self._debounce = Debounce()
        self._settled: "list[Change]" = []
        self._stuck: "list[str]" = []
        self._woken = False
        self.bounces = self._debounce.bounces
        self._unseen = inputs.down()
        # They went down before we looked: no presses, but they may be stuck.
        for name in self._unseen:
            self._debounce.down[name] = self._clock.up()

    def wake(self) -> None:
        """Let `change` return None now: whoever waits for it has something new to look at."""
        self._woken = True
        self._inputs.changed.set()

    def is_down(self, name: str) -> bool:
        """Whether this key is down now, as far as edges have come."""
        return name in self._debounce.down

    def sound(self) -> bool:
        """Whether every key came up again."""
        return not self._stuck and not self._unseen

    async def change(self, within_ms: "int | None" = None) -> "Change | None":
        """The next key that goes down or up; None if there is none in that time, or after `wake`."""
        until = None if within_ms is None else self._clock.up() + within_ms
        while True:
            for name, level, tick in self._inputs.take():
                self._debounce.edge(name, level, self._clock.up_of(tick))
            now = self._clock.up()
            self._settled += self._debounce.settled(now)
            dues = [self._debounce.due_ms(now), self._stuck_in(now), None if until is None else until - now]
            if self._settled:
                change = self._settled.pop(0)
                if not change.pressed and self._came_up(change):
                    continue
                return change
            if self._woken or (until is not None and now >= until):
                self._woken = False
                return None
            waits = [ms for ms in dues if ms is not None]
            await happens(self._inputs.changed, min(waits) if waits else None)

    def _came_up(self, change: Change) -> bool:
        """Tell that a stuck key is free. Whether this is the end of no press that anybody saw begin."""
        if change.name in self._stuck:
            self._stuck.remove(change.name)
            lent("stuck_keys").tell_free(self._device, change.name, change.held_ms)
        if change.name in self._unseen:
            self._unseen.remove(change.name)
            return True
        return False

    def _stuck_in(self, now: int) -> "int | None":
        """Tell of keys that are stuck; how long until another may be."""
        due = None
        for name, since in self._debounce.down.items():
            left = since + STUCK_MS - now
            if name in self._stuck:
                continue
            if left <= 0:
                self._stuck.append(name)
                lent("stuck_keys").tell_stuck(self._device, name, now - since)
            elif due is None or left < due:
                due = left
        return due
