"""Which events to send now, and when to send them again. Time comes in as an argument; the link does the sending.

A few batches fly at once: one more with each receipt that comes soon, and only one when receipts take long. What the
broker has not acknowledged is still on its way, however slow that is, and is not sent twice on one connection. If a
batch that the broker has gets no receipt in time, everything is sent again from there; after three times its events go
one by one, so that an event the fleet can not take does not stop the others. While the fleet is silent one message at
a time asks, ever more rarely.
"""

from firmware.outbox import Outbox, Sending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.receipt import Receipt

WINDOW_AT_FIRST = 4
WINDOW = 8
SLOW_MS = 3_000
PATIENCE_MS = 5_000
PATIENCE_AT_MOST_MS = 60_000
TRIES_TOGETHER = 3
NOTHING = (-1, 0)


class Flight:
    """A batch on its way. Once the broker has it `packet` is None, and `since` is when that was seen."""

    def __init__(self, sending: Sending, now: int) -> None:
        self.epoch = sending.epoch
        self.boot = sending.boot
        self.first = sending.first
        self.last = sending.last
        self.left = now
        self.since = now
        self.packet: "int | None" = None


class Delivery:
    """The batches in flight of one outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._sent: "dict[tuple[int, int], int]" = {}
        self._flying: "list[Flight]" = []
        self._alone_through = NOTHING
        self.start(set())

    def start(self, unacknowledged: "set[int]") -> None:
        """A new connection, with its packets that the broker has not acknowledged: nothing is in flight."""
        stuck = self._flying[0] if self._flying and self._flying[0].packet is not None else None
        # A batch that did not get through may have been too much for the path: its events go one by one.
        self._alone_through = (stuck.boot, stuck.last) if stuck else NOTHING
        self._flying = []
        self._unacknowledged = unacknowledged
        self._cursor = NOTHING
        self._tries = 0
        self._window = 1 if stuck else WINDOW_AT_FIRST
        self._patience_ms = PATIENCE_MS

    def next(self, now: int) -> "Sending | None":
        """The batch to send now, or None. `departed` must follow."""
        flying = self._flying
        if flying:
            oldest = flying[0]
            if oldest.packet is not None and oldest.packet not in self._unacknowledged:
                oldest.packet, oldest.since = None, now
            if oldest.packet is None and now - oldest.since >= self._patience_ms:
                self._go_back(oldest)
        if len(self._flying) >= self._most():
            return None
        boot, seq = self._cursor
        sending = self.outbox.batch(boot, seq, alone=self._cursor < self._alone_through)
        if sending is not None:
            self._cursor = (sending.boot, sending.last)
            key = (sending.epoch, sending.boot)
            self._sent[key] = max(sending.last, self._sent.get(key, 0))
            self._flying.append(Flight(sending, now))
        return sending

    def departed(self, packet: int) -> None:
        """The last batch left as this packet."""
        self._flying[-1].packet = packet

    def too_long(self) -> bool:
        """The broker does not take the last batch in one packet: its events go one by one. False: this was one."""
        batch = self._flying.pop()
        self._cursor = (batch.boot, batch.first - 1)
        self._alone_through = max(self._alone_through, (batch.boot, batch.last))
        return batch.first < batch.last

    def due_ms(self, now: int) -> "int | None":
        """How long until something is to be sent again; None if nothing waits for a receipt alone."""
        if not self._flying or self._flying[0].packet is not None:
            return None
        return max(0, self._flying[0].since + self._patience_ms - now)

    def receipt(self, receipt: "Receipt", now: int) -> None:
        """The fleet has stored something. A receipt for what was never sent makes us forget nothing."""
        key = (receipt.epoch, receipt.boot)
        sent = self._sent.get(key, 0)
        refused = [seq for seq in receipt.refused if seq <= sent]
        self.outbox.forget(receipt.epoch, receipt.boot, min(receipt.through, sent), refused)
        flying = []
        for one in self._flying:
            oldest = self.outbox.oldest(one.epoch, one.boot)
            if oldest is not None and oldest <= one.last:
                flying.append(one)
            else:
                self._landed(one, now - one.left)
        self._flying = flying

    def _landed(self, one: Flight, took_ms: int) -> None:
        self._tries = 0
        self._patience_ms = min(PATIENCE_AT_MOST_MS, max(PATIENCE_MS, 2 * took_ms))
        if one.packet is not None:
            self._unacknowledged.discard(one.packet)  # a receipt says more than the acknowledgement that got lost
        if took_ms <= SLOW_MS:
            self._window = min(WINDOW, self._window + 1)
            return
        self._window = 1
        if one.first == one.last:  # even one event takes long
            self._alone_through = max(self._alone_through, (one.boot, one.last + WINDOW))

    def _most(self) -> int:
        if self._tries > TRIES_TOGETHER:
            return 1
        return WINDOW if self._cursor < self._alone_through else self._window

    def _go_back(self, oldest: Flight) -> None:
        """The oldest batch is overdue: from it on everything goes again."""
        self._tries += 1
        if self._tries >= TRIES_TOGETHER:
            self._alone_through = max(self._alone_through, (oldest.boot, oldest.last))
            self._patience_ms = min(PATIENCE_AT_MOST_MS, self._patience_ms * 2)
        self._cursor = (oldest.boot, oldest.first - 1)
        self._flying = []
