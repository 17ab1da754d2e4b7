"""What a device remembers until it has a receipt, and what of it to send now: as the firmware does, in little memory.

A few batches fly at once, one more with each receipt that comes soon, and only one when receipts take long. What the
broker has, and what gets no receipt in time, is sent again from there, ever more rarely. Time comes in as an argument.
"""

from typing import NamedTuple

from protocols.batches import BATCH_BYTES
from protocols.receipt import Receipt

WINDOW_AT_FIRST, WINDOW = 4, 8
SLOW_S = 3.0
PATIENCE_S, PATIENCE_AT_MOST_S = 5.0, 60.0
TRIES_TOGETHER = 3
# The numbers of `firmware/delivery.py`; a test holds both together.
HEAD = '{"v":1,"epoch":%d,"boot":%d,"oldest":%d,"events":['
HEAD_BYTES = 80
BOOT = 1


class Held(NamedTuple):
    """An event that waits for its receipt: its number, its text, and when it happened."""

    seq: int
    body: bytes
    since_s: float


class Flying(NamedTuple):
    """A batch on its way: its first and its last number, its packet, and when it left."""

    first: int
    last: int
    packet: int
    left_s: float


class Delivery:
    """Of one device."""

    __slots__ = ("cursor", "flying", "held", "next_seq", "patience_s", "sent", "since_s", "tries", "window")

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.next_seq = 1
        self.sent = 0
        self.start()

    def start(self) -> None:
        """A new connection: nothing is in flight."""
        self.flying: list[Flying] = []
        self.since_s: float | None = None
        self.cursor = self.held[0].seq - 1 if self.held else self.next_seq - 1
        self.tries = 0
        self.window = WINDOW_AT_FIRST
        self.patience_s = PATIENCE_S

    def remember(self, body: bytes, now_s: float) -> None:
        """An event whose text names this number."""
        self.held.append(Held(self.next_seq, body, now_s))
        self.next_seq += 1

    def next(self, epoch: int, now_s: float, unacknowledged: set[int]) -> tuple[bytes, int, int] | None:
        """The bytes of the batch to send now, its first and its last number; or None. Then it departs."""
        self.look(now_s, unacknowledged)
        if not self.held or self.cursor >= self.next_seq - 1:
            return None
        if len(self.flying) >= (1 if self.tries > TRIES_TOGETHER else self.window):
            return None
        oldest = self.held[0].seq
        some: list[Held] = []
        room = BATCH_BYTES - HEAD_BYTES
        for one in self.held[max(0, self.cursor + 1 - oldest) :]:
            room -= len(one.body) + 1
            if some and room < 0:
                break
            some.append(one)
        head = (HEAD % (epoch, BOOT, oldest)).encode()
        return head + b",".join([one.body for one in some]) + b"]}", some[0].seq, some[-1].seq

    def departed(self, first: int, last: int, packet: int, now_s: float) -> None:
        """The batch left as this packet."""
        self.cursor = last
        self.sent = max(self.sent, last)
        self.flying.append(Flying(first, last, packet, now_s))

    def look(self, now_s: float, unacknowledged: set[int]) -> None:
        """If the broker has the oldest batch and it gets no receipt in time, everything goes again from there."""
        if self.since_s is None and self.flying and self.flying[0].packet not in unacknowledged:
            self.since_s = now_s
        if self.since_s is None or now_s - self.since_s < self.patience_s:
            return
        self.tries += 1
        if self.tries >= TRIES_TOGETHER:
            self.patience_s = min(PATIENCE_AT_MOST_S, 2 * self.patience_s)
        self.cursor = self.flying[0].first - 1
        self.flying, self.since_s = [], None

    def receipt(self, receipt: Receipt, now_s: float) -> list[Held]:
        """The fleet has stored these. A receipt for what was never sent makes us forget nothing."""
        through = min(receipt.through, self.sent)
        count = 0 if not self.held else max(0, through + 1 - self.held[0].seq)
        stored = self.held[:count]
        if not stored:
            return stored
        del self.held[:count]
        landed = [one for one in self.flying if one.last <= through]
        if landed:
            self.flying = [one for one in self.flying if one.last > through]
            self.since_s, self.tries = None, 0
            took_s = now_s - landed[0].left_s
            self.patience_s = min(PATIENCE_AT_MOST_S, max(PATIENCE_S, 2 * took_s))
            self.window = min(WINDOW, self.window + 1) if took_s <= SLOW_S else 1
        self.cursor = max(self.cursor, through)
        return stored
