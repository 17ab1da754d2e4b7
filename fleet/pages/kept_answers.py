"""Answers that are kept for a while, so that a crowd costs what one visitor costs.

Of those who ask at once for what is out of date, one makes it anew; the others get what was there, or wait for the one.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """What `make` gives for a key, for so many seconds; of `most` keys, those asked for last."""

    def __init__(
        self,
        make: Callable[[Key], Value],
        lasts_s: float,
        most: int = 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.make = make
        self.lasts_s = lasts_s
        self.most = most
        self.clock = clock
        self.lock = threading.Lock()
        self.there: dict[Key, tuple[float, Value]] = {}
        self.making: dict[Key, threading.Lock] = {}

    def get(self, key: Key) -> Value:
        """The value, at most so old. What `make` raises is raised, and kept by nobody."""
        with self.lock:
            found = self.there.pop(key, None)
            if found is not None:
                self.there[key] = found
                if self.clock() < found[0]:
                    return found[1]
            turn = self.making.setdefault(key, threading.Lock())
        if not turn.acquire(blocking=found is None):
            assert found is not None  # noqa: S101 (only who has an old value does not wait)
            return found[1]
        try:
            return self.made_anew(key)
        finally:
            turn.release()

    def made_anew(self, key: Key) -> Value:
        """The value of whoever made it meanwhile, or a new one."""
        with self.lock:
            found = self.there.get(key)
            if found is not None and self.clock() < found[0]:
                return found[1]
        try:
            value = self.make(key)
        except BaseException:
            with self.lock:
                self.there.pop(key, None)
                self.making.pop(key, None)
            raise
        with self.lock:
            self.there.pop(key, None)
            self.there[key] = (self.clock() + self.lasts_s, value)
            self.making.pop(key, None)
            while len(self.there) > self.most:
                del self.there[next(iter(self.there))]
        return value
