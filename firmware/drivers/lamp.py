"""A lamp or buzzer on an output: on, off, or on for a while."""

import asyncio


class Lamp:
    """One output. A pulse that is given while another runs starts anew."""

    def __init__(self, output) -> None:  # type: ignore[no-untyped-def]
        self._output = output
        self._pulse = 0

    def set(self, on: bool) -> None:
        """Light it or not."""
        self._pulse += 1
        self._output.value(1 if on else 0)

    def pulse(self, ms: int) -> None:
        """Light it for that long."""
        self.set(True)
        asyncio.create_task(self._off_after(ms, self._pulse))

    def blink(self, times: int, ms: int) -> None:
        """Light it some times."""
        self._pulse += 1
        asyncio.create_task(self._blink(times, ms, self._pulse))

    async def _off_after(self, ms: int, pulse: int) -> None:
        await asyncio.sleep_ms(ms)
        if pulse == self._pulse:
            self._output.value(0)

    async def _blink(self, times: int, ms: int, pulse: int) -> None:
        for _ in range(times):
            for level in (1, 0):
                if pulse != self._pulse:
                    return
                self._output.value(level)
                await asyncio.sleep_ms(ms)
