"""Devices as their outboxes make them: what is not receipted is sent again, and what is receipted is forgotten.

All are behind one connection, as the fleet's user. An event is due at its time, by a pace or at once; from then on its
receipt is waited for, so a receiver that stands still is not spared.
"""

import json
import select
import socket
import time
from dataclasses import dataclass, field

from fleet.mqtt_packets import Came, Stream, publish, subscribe
from protocols.topics import up
from tests.bench.receiving.messages import DEVICES, batch

WINDOW = 100
# Of one device on their way: what a device sends before it hears a receipt.
AGAIN_AFTER_S, AGAIN_AT_MOST_S = 0.5, 30.0
# A device waits half a minute; here a killed receiver is started again within seconds. Twice as long each time that
# nothing comes, or a slow machine would be buried under what is sent again.
LOOK_S = 0.001
PIECE_BYTES = 1 << 18
SLICE = 50
MIDS = 60_000
PACKET_AT_MOST = 1 << 20


@dataclass
class Outbox:
    """One device: its events in order, when each is due, and how far it is receipted."""

    device: str
    boot: int
    due_s: list[float]
    through: int = -1
    next: int = 0
    moved_s: float = 0.0
    again_s: float = AGAIN_AFTER_S
    sent_again: int = 0
    waited_ms: list[float] = field(default_factory=list)

    def to_send(self, now_s: float) -> range:
        """The numbers that go out now. If no receipt has come for long, all again that has none."""
        if self.next > self.through + 1 and now_s - self.moved_s > self.again_s:
            self.again_s = min(2 * self.again_s, AGAIN_AT_MOST_S)
            self.sent_again += self.next - self.through - 1
            self.next = self.through + 1
            self.moved_s = now_s
        first, end = self.next, min(self.through + 1 + WINDOW, self.next + SLICE, len(self.due_s))
        while self.next < end and self.due_s[self.next] <= now_s:
            self.next += 1
        if first == self.through + 1 and self.next > first:
            self.moved_s = now_s
        return range(first, self.next)

    def receipted(self, through: int, now_s: float) -> int:
        """Forget what is stored; how many that were."""
        through = min(through, len(self.due_s) - 1)
        new = range(self.through + 1, through + 1)
        if new:
            self.waited_ms += [(now_s - self.due_s[seq]) * 1000 for seq in new]
            self.through, self.moved_s, self.again_s = through, now_s, AGAIN_AFTER_S
            self.next = max(self.next, through + 1)
        return len(new)

    def is_done(self) -> bool:
        """Whether all is receipted."""
        return self.through == len(self.due_s) - 1


class Outboxes:
    """So many events of a boot, over all devices in turn; `rate_hz` 0: all are due at once."""

    def __init__(self, boot: int, events: int, rate_hz: float) -> None:
        began_s = time.perf_counter() + LOOK_S
        gap_s = 1 / rate_hz if rate_hz else 0.0
        dues = [[began_s + n * gap_s for n in range(first, events, len(DEVICES))] for first in range(len(DEVICES))]
        self.boot = boot
        self.all = {device: Outbox(device, boot, due) for device, due in zip(DEVICES, dues, strict=True)}
        self.mid = 0

    def live(self, wire: socket.socket, within_s: float) -> None:
        """Send and hear until everything is receipted. Raises TimeoutError."""
        stream = Stream(five=True, connection=1, packet_at_most=PACKET_AT_MOST)
        wire.sendall(subscribe(True, 1, [("mc/1/+/down/receipt", 0)]))
        until_s = time.perf_counter() + within_s
        while not all(one.is_done() for one in self.all.values()):
            if time.perf_counter() > until_s:
                raise TimeoutError(f"expected all to be receipted within {within_s:.0f} s, found {self.told()}")
            wire.sendall(b"".join(self.outgoing(time.perf_counter())))
            if select.select([wire], [], [], LOOK_S)[0]:
                data = wire.recv(PIECE_BYTES)
                if not data:
                    raise EOFError("the broker closed the connection")
                for message in stream.read(data, 0.0)[0]:
                    self.heard(message)

    def outgoing(self, now_s: float) -> list[bytes]:
        """The packets that go out now, an event each."""
        found = []
        for one in self.all.values():
            for seq in one.to_send(now_s):
                self.mid = self.mid % MIDS + 1
                payload = batch(self.boot, seq, 1, oldest=one.through + 1)
                found.append(publish(True, up(one.device, "events"), payload, 1, False, self.mid))
        return found

    def heard(self, message: Came) -> None:
        """A receipt; others are of other boots."""
        receipt = json.loads(message.payload)
        if receipt["boot"] == self.boot:
            device = message.topic.split("/")[2]
            self.all[device].receipted(receipt["through"], time.perf_counter())

    def told(self) -> int:
        """How many are receipted."""
        return sum(one.through + 1 for one in self.all.values())

    def waited_ms(self) -> list[float]:
        """From when each was due to its receipt."""
        return [one for box in self.all.values() for one in box.waited_ms]

    def sent_again(self) -> int:
        """How many were sent once more."""
        return sum(one.sent_again for one in self.all.values())
