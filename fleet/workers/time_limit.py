"""A stranger's server has so long for all it says: whoever answers a letter a second is cut off, too."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def within(limit_s: float, line: Callable[[], socket.socket | None]) -> Iterator[threading.Event]:
    """Cuts this line when the time is over; the event says whether that happened."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        found = line()
        if found is not None:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    watch = threading.Timer(limit_s, cut)
    watch.daemon = True
    watch.start()
    try:
        yield late
    finally:
        watch.cancel()
