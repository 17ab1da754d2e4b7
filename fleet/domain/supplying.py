"""Who is served next of all that ask for pieces of a release: one device after the other, and nobody too much.

A whole fleet may ask at once. Each device may have some wishes waiting and no more, and so may all together; what is
too much is dropped, and its device asks again. The pace is bounded, so that other messages pass between the pieces.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

DEVICE_WISHES = 8
# A device asks for a few pieces ahead; one that asks for more is broken, or wishes us ill.
ALL_WISHES = 32_000
BURST_S = 0.25
# So much of a second's pieces may go at once after a pause.


@dataclass(frozen=True)
class Wish:
    """A device asks for a piece of a file."""

    device: str
    name: str
    offset: int
    length: int


class Wishes:
    """What waits to be answered, in turn of the devices that asked."""

    def __init__(self, each: int = DEVICE_WISHES, most: int = ALL_WISHES) -> None:
        self.each = each
        self.most = most
        self.waiting: OrderedDict[str, deque[Wish]] = OrderedDict()
        self.n = 0

    def __len__(self) -> int:
        return self.n

    def add(self, wish: Wish) -> bool:
        """Keep it until its turn; False: too many wait. The same again is one wish."""
        its = self.waiting.get(wish.device, deque())
        if wish in its:
            return True
        if len(its) >= self.each or self.n >= self.most:
            return False
        its.append(wish)
        self.waiting[wish.device] = its
        self.n += 1
        return True

    def take(self) -> Wish:
        """The next one; its device waits behind all others then. Raises KeyError where nothing waits."""
        device, its = self.waiting.popitem(last=False)
        wish = its.popleft()
        if its:
            self.waiting[device] = its
        self.n -= 1
        return wish

    def clear(self) -> None:
        """Nothing waits any more."""
        self.waiting.clear()
        self.n = 0


class Pace:
    """So many bytes a second at most."""

    def __init__(self, bytes_a_second: int) -> None:
        self.bytes_a_second = bytes_a_second
        self.free_at_s = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long until something may go; 0: now."""
        return max(0.0, self.free_at_s - now_s)

    def went(self, size: int, now_s: float) -> None:
        """So many bytes went."""
        self.free_at_s = max(self.free_at_s, now_s - BURST_S) + size / self.bytes_a_second
