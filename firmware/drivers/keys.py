"""Keys of a board: waits for edges, and looks at the clock only while a contact is unsettled."""

from firmware.drivers.debounce import Change, Debounce
from firmware.waiting import happens


class Keys:
    """The debounced keys on some inputs."""

    def __init__(self, inputs, clock) -> None:  # type: ignore[no-untyped-def]
        self._inputs = inputs
        self._clock = clock
        self._debounce = Debounce()
        self._settled: "list[Change]" = []
        self._woken = False

    def wake(self) -> None:
        """Let `change` return None now: whoever waits for it has something new to look at."""
        self._woken = True
        self._inputs.changed.set()

    async def change(self, within_ms: "int | None" = None) -> "Change | None":
        """The next key that goes down or up; None if there is none in that time, or after `wake`."""
        until = None if within_ms is None else self._clock.up() + within_ms
        while True:
            for name, level, tick in self._inputs.take():
                self._debounce.edge(name, level, self._clock.up_of(tick))
            now = self._clock.up()
            self._settled += self._debounce.settled(now)
            if self._settled:
                return self._settled.pop(0)
            if self._woken or (until is not None and now >= until):
                self._woken = False
                return None
            waits = [
                ms for ms in (self._debounce.due_ms(now), None if until is None else until - now) if ms is not None
            ]
            await happens(self._inputs.changed, min(waits) if waits else None)
