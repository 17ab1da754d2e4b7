"""A file that grows, such as the console of a simulated board: what is new is told soon after it was written."""

import threading
from collections.abc import Callable
from pathlib import Path

LOOK_S = 0.05


class FileFollowed:
    """Reads on in a thread of its own until it is closed; then the rest is read."""

    def __init__(self, path: Path, hear: Callable[[bytes], None]) -> None:
        self.path, self.hear = path, hear
        self._at = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Read what is left, and end."""
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        ended = False
        while not ended:
            ended = self._ended.wait(LOOK_S)
            if not self.path.exists() or self.path.stat().st_size == self._at:
                continue
            with self.path.open("rb") as file:
                file.seek(self._at)
                data = file.read()
            self._at += len(data)
            self.hear(data)
