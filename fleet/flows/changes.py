"""Pages are told of changes: whoever changed an office says so, and open pages hear it.

Within one process this is immediate. A process that only serves pages hears it of the database (`fleet/store/news.py`).
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from threading import Lock

from fleet.store import news

DEVICES = news.DEVICES
# No office is called so: whoever listens to it hears that devices came, went, or answered an order.


class Changes:
    """Tells listeners on any event loop that an office changed. Many changes before a listener looks are one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._listeners: dict[asyncio.Event, tuple[str, asyncio.AbstractEventLoop]] = {}
        self._ended: set[asyncio.Event] = set()

    def tell(self, office: str) -> None:
        """This office changed; may be called from any thread."""
        with self._lock:
            listening = [(heard, loop) for heard, (of, loop) in self._listeners.items() if of == office]
        wake(listening)

    def end(self) -> None:
        """Everyone who listens now stops listening; may be called from any thread."""
        with self._lock:
            self._ended.update(self._listeners)
            listening = [(heard, loop) for heard, (_, loop) in self._listeners.items()]
        wake(listening)

    async def of(
        self, office: str, at_least_every_s: float, heard: asyncio.Event | None = None
    ) -> AsyncGenerator[bool]:
        """True at once and after each change of the office, False when nothing changed for so long.

        Whoever sets `heard` says the same as a change.
        """
        heard = heard or asyncio.Event()
        heard.set()  # a listener looks for the first time after it began to listen, so nothing falls between
        with self._lock:
            self._listeners[heard] = (office, asyncio.get_running_loop())
        try:
            while True:
                try:
                    await asyncio.wait_for(heard.wait(), at_least_every_s)
                except TimeoutError:
                    changed = False
                else:
                    heard.clear()
                    changed = True
                if heard in self._ended:
                    return
                yield changed
        finally:
            with self._lock:
                del self._listeners[heard]
                self._ended.discard(heard)


def wake(listening: list[tuple[asyncio.Event, asyncio.AbstractEventLoop]]) -> None:
    """Let each listener go on, on its own loop."""
    for heard, loop in listening:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(heard.set)
