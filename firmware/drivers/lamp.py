"""A lamp or buzzer on an output: on, off, or on for a while."""

import asyncio


class Lamp:
    """One output. What it is told while a pulse runs ends that pulse: there is one task for a lamp, at most."""

    def __init__(self, output) -> None:  # type: ignore[no-untyped-def]
        self._output = output
        self._task: "asyncio.Task[None] | None" = None

    def set(self, on: bool) -> None:
        """Light it or not."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._output.value(1 if on else 0)

    def pulse(self, ms: int) -> None:
        """Light it for that long."""
        self.blink(1, ms)

    def blink(self, times: int, ms: int) -> None:
        """Light it some times."""
        self.set(True)
        self._task = asyncio.create_task(self._blink(times, ms))

    async def _blink(self, times: int, ms: int) -> None:
        for time in range(times):
            if time:
                await asyncio.sleep_ms(ms)
                self._output.value(1)
            await asyncio.sleep_ms(ms)
            self._output.value(0)
