"""Which events to send now, and when to send them again. Time comes in as an argument; the link does the sending.

A few batches fly at once: one more with each receipt that comes soon, and only one when receipts take long. What the
broker has not acknowledged is still on its way, however slow that is, and is not sent twice on one connection. If a
batch that the broker has gets no receipt in time, everything is sent again from there; after three times its events go
one by one, so that an event the fleet can not take does not stop the others. While the fleet is silent one message at
a time asks, ever more rarely.
"""

from firmware.outbox import Outbox, Sending
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from protocols.receipt import Receipt

_WINDOW_AT_FIRST = const(4)
_WINDOW = const(8)
_SLOW_MS = const(3_000)
_PATIENCE_MS = const(5_000)
_PATIENCE_AT_MOST_MS = const(60_000)
_TRIES_TOGETHER = const(3)
_NOTHING = const((-1, 0))


class Delivery:
    """The batches in flight of one outbox."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self._sent: "dict[tuple[int, int], int]" = {}
        self._flying: "list[tuple[Sending, int, int]]" = []  # with its packet's id, and when it left
        self._unacknowledged: "set[int]" = set()
        self._alone_through = _NOTHING
        self.start(set())

    def start(self, unacknowledged: "set[int]") -> None:
        """A new connection, with its packets that the broker has not acknowledged: nothing is in flight."""
        stuck = self._flying and self._flying[0][1] in self._unacknowledged
        if stuck:  # that batch may have been too much for the path: its events go one by one
            self._alone_through = (self._flying[0][0].boot, self._flying[0][0].last)
        else:
            self._alone_through = _NOTHING
        self._unacknowledged = unacknowledged
        self._cursor = _NOTHING
        self._tries = 0
        self._window = 1 if stuck else _WINDOW_AT_FIRST
        self._patience_ms = _PATIENCE_MS
        self._keep([])

    def next(self, now: int) -> "Sending | None":
        """The batch to send now, or None. Then it departs, or is too long."""
        if self._flying and self._since is None and self._flying[0][1] not in self._unacknowledged:
            self._since = now
        if self._since is not None and now - self._since >= self._patience_ms:
            self._go_back()
        if len(self._flying) >= self._most():
            return None
        boot, seq = self._cursor
        return self.outbox.batch(boot, seq, alone=self._cursor < self._alone_through)

    def departed(self, sending: Sending, packet: int, now: int) -> None:
        """The batch left as this packet."""
        self._cursor = (sending.boot, sending.last)
        key = (sending.epoch, sending.boot)
        self._sent[key] = max(sending.last, self._sent.get(key, 0))
        self._flying.append((sending, packet, now))

    def too_long(self, sending: Sending) -> bool:
        """The broker does not take the batch in one packet: its events go one by one. False: it is one already."""
        self._alone_through = max(self._alone_through, (sending.boot, sending.last))
        return sending.first < sending.last

    def due_ms(self, now: int) -> "int | None":
        """How long until something is to be sent again; None while the broker has nothing that waits for a receipt."""
        return None if self._since is None else max(0, self._since + self._patience_ms - now)

    def receipt(self, receipt: "Receipt", now: int) -> None:
        """The fleet has stored something. A receipt for what was never sent makes us forget nothing."""
        sent = self._sent.get((receipt.epoch, receipt.boot), 0)
        refused = [seq for seq in receipt.refused if seq <= sent]
        self.outbox.forget(receipt.epoch, receipt.boot, min(receipt.through, sent), refused)
        flying = []
        for one in self._flying:
            sending, packet, left = one
            oldest = self.outbox.oldest(sending.epoch, sending.boot)
            if oldest is not None and oldest <= sending.last:
                flying.append(one)
            else:
                self._unacknowledged.discard(packet)  # a receipt says more than an acknowledgement that got lost
                self._landed(sending, now - left)
        if len(flying) < len(self._flying):
            self._keep(flying)

    def _keep(self, flying: "list[tuple[Sending, int, int]]") -> None:
        """These fly on. `_since`: when it was seen that the broker has the oldest of them."""
        self._flying = flying
        self._since: "int | None" = None

    def _landed(self, one: Sending, took_ms: int) -> None:
        self._tries = 0
        self._patience_ms = min(_PATIENCE_AT_MOST_MS, max(_PATIENCE_MS, 2 * took_ms))
        if took_ms <= _SLOW_MS:
            self._window = min(_WINDOW, self._window + 1)
            return
        self._window = 1
        if one.first == one.last:  # even one event takes long
            self._alone_through = max(self._alone_through, (one.boot, one.last + _WINDOW))

    def _most(self) -> int:
        if self._tries > _TRIES_TOGETHER:
            return 1
        return _WINDOW if self._cursor < self._alone_through else self._window

    def _go_back(self) -> None:
        """The oldest batch is overdue: from it on everything goes again."""
        oldest = self._flying[0][0]
        self._tries += 1
        if self._tries >= _TRIES_TOGETHER:
            self._alone_through = max(self._alone_through, (oldest.boot, oldest.last))
            self._patience_ms = min(_PATIENCE_AT_MOST_MS, self._patience_ms * 2)
        self._cursor = (oldest.boot, oldest.first - 1)
        self._keep([])
