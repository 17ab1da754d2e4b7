"""Which events to send now, and when to send them again. Time comes in as an argument; the link does the sending.

A few batches fly at once. If the oldest of them has no receipt in time, everything is sent again from there; after
three times its events go one by one, so that an event the fleet can not take does not stop the others. While the
fleet is silent one message at a time asks, ever more rarely.
"""

from firmware.outbox import Outbox, Sending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.receipt import Receipt

WINDOW = 4
PATIENCE_MS = 5_000
PATIENCE_AT_MOST_MS = 60_000
TRIES_TOGETHER = 3


class Delivery:
    """The batches in flight of one outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._sent: "dict[tuple[int, int], int]" = {}
        self.start()

    def start(self) -> None:
        """A new connection: nothing is in flight."""
        self._flying: "list[Sending]" = []
        self._since: "list[int]" = []
        self._cursor = (-1, 0)
        self._alone_through = (-1, 0)
        self._tries = 0
        self._patience_ms = PATIENCE_MS

    def next(self, now: int) -> "Sending | None":
        """The batch to send now, or None."""
        if self._flying and now - self._since[0] >= self._patience_ms:
            self._go_back()
        if len(self._flying) >= (WINDOW if self._tries <= TRIES_TOGETHER else 1):
            return None
        boot, seq = self._cursor
        sending = self.outbox.batch(boot, seq, alone=self._cursor < self._alone_through)
        if sending is not None:
            self._cursor = (sending.boot, sending.last)
            key = (sending.epoch, sending.boot)
            self._sent[key] = max(sending.last, self._sent.get(key, 0))
            self._since.append(now)
            self._flying.append(Sending(sending.epoch, sending.boot, sending.first, sending.last, b""))
        return sending

    def due_ms(self, now: int) -> "int | None":
        """How long until something is to be sent again; None if nothing is in flight."""
        if not self._flying:
            return None
        return max(0, self._since[0] + self._patience_ms - now)

    def receipt(self, receipt: "Receipt") -> None:
        """The fleet has stored something. A receipt for what was never sent makes us forget nothing."""
        key = (receipt.epoch, receipt.boot)
        sent = self._sent.get(key, 0)
        refused = [seq for seq in receipt.refused if seq <= sent]
        self.outbox.forget(receipt.epoch, receipt.boot, min(receipt.through, sent), refused)
        flying, since = [], []
        for one, at in zip(self._flying, self._since):  # noqa: B905
            oldest = self.outbox.oldest(one.epoch, one.boot)
            if oldest is not None and oldest <= one.last:
                flying.append(one)
                since.append(at)
        if len(flying) < len(self._flying):
            self._tries = 0
            self._patience_ms = PATIENCE_MS
        self._flying, self._since = flying, since

    def _go_back(self) -> None:
        """The oldest batch is overdue: from it on everything goes again."""
        oldest = self._flying[0]
        self._tries += 1
        if self._tries >= TRIES_TOGETHER:
            self._alone_through = max(self._alone_through, (oldest.boot, oldest.last))
            self._patience_ms = min(PATIENCE_AT_MOST_MS, self._patience_ms * 2)
        self._cursor = (oldest.boot, oldest.first - 1)
        self._flying, self._since = [], []
