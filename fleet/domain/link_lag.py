"""How long the linkers are behind, of what somebody sees who looks now and then."""

from collections.abc import Set

Waiting = tuple[str, str, int]
# An office's day, and up to which mark it is linked: where a linker was there, that is another.


class LinkLag:
    """Remembers since when each day has waited without any linker having been there."""

    def __init__(self) -> None:
        self.since_ms: dict[Waiting, int] = {}

    def seen(self, waiting: Set[Waiting], now_ms: int) -> float:
        """What waits now; the seconds that the longest of it has waited at least."""
        self.since_ms = {one: self.since_ms.get(one, now_ms) for one in waiting}
        return max((now_ms - since for since in self.since_ms.values()), default=0) / 1000
