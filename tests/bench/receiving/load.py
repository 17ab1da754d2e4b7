"""A process that publishes, so that its time is not that of what is measured. It is started once and told what to do.

Flooding is done with raw packets made before, a thousand under way at most: paho would be slower than what is measured.
"""

import multiprocessing
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from typing import Any

from fleet.mqtt_packets import LEAVE, PUBACK, Stream, connect, publish
from protocols.topics import up
from tests.bench.receiving.messages import DEVICES, packets
from tests.bench.receiving.outboxes import LOOK_S, PACKET_AT_MOST, Outboxes

WINDOW, PIECE_BYTES, PUBACK_BYTES = 1_000, 65_536, 4
KEEPALIVE_S, RECEIVE_MAXIMUM = 600, 1_000
PROBE = up(DEVICES[0], "health"), b'{"up":1,"heap_free":1}'
NOBODY = 0x10
# MQTT 5 §3.4.2.1: the broker has it, and nobody who wants it.


@dataclass
class Lived:
    """What devices saw: how long each event waited for its receipt, and how many were sent again."""

    waited_ms: list[float]
    sent_again: int


class Load:
    """The process, as seen from the bench."""

    def __init__(self, port: int, user: str, password: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.wire, theirs = context.Pipe()
        self.receipted: Synchronized[int] = context.Value("q", 0)
        door = port, user, password
        self.process = context.Process(target=serve, args=(theirs, self.receipted, door), daemon=True)
        self.process.start()
        theirs.close()

    def prepare(self, boot: int, messages: int, per_message: int, devices: Sequence[str] = DEVICES) -> None:
        """Have a flood made, and wait until it is."""
        self.wire.send(("prepare", boot, messages, per_message, devices))
        self.answer()

    def flood(self, rate_hz: float = 0.0) -> None:
        """Let it go, as fast as the broker takes it or by a pace; returns at once."""
        self.wire.send(("flood", rate_hz))

    def begin(self, boot: int, events: int, rate_hz: float, within_s: float) -> None:
        """Let devices live who send again what is not receipted; `receipted` says how far they are."""
        self.receipted.value = 0
        self.wire.send(("live", boot, events, rate_hz, within_s))

    def heard_by_somebody(self) -> bool:
        """Whether a receiver subscribes."""
        self.wire.send(("probe",))
        return bool(self.answer())

    def has_receipted(self, events: int) -> bool:
        """Whether the devices have so many receipts. Raises RuntimeError if they ended before."""
        has_ended = self.wire.poll()
        if has_ended and self.receipted.value < events:
            self.answer()
        return self.receipted.value >= events

    def answer(self) -> Any:
        """What came of the last order; waits for it. Raises RuntimeError."""
        went_well, value = self.wire.recv()
        if not went_well:
            raise RuntimeError(value)
        return value

    def stop(self) -> None:
        """End it."""
        self.wire.close()
        self.process.join()


def serve(wire: Connection, receipted: "Synchronized[int]", door: tuple[int, str, str]) -> None:
    """The process."""
    ready: list[bytes] = []
    while True:
        try:
            order, *told = wire.recv()
        except EOFError:
            return
        try:
            if order == "prepare":
                boot, messages, per_message, devices = told
                ready = packets(boot, messages, per_message, WINDOW, devices)
                wire.send((True, None))
            elif order == "flood":
                flood(door, ready, *told)
                wire.send((True, None))
            elif order == "live":
                wire.send((True, live(door, receipted, *told)))
            else:
                wire.send((True, probe(door)))
        except Exception as problem:  # the bench tells it
            wire.send((False, f"{type(problem).__name__}: {problem}"))


def flood(door: tuple[int, str, str], ready: list[bytes], rate_hz: float) -> None:
    """Publish until the broker has everything."""
    with connected(door) as wire:
        began_s = time.perf_counter()
        sent = acknowledged = heard = 0
        while acknowledged < len(ready):
            due = int((time.perf_counter() - began_s) * rate_hz) if rate_hz else len(ready)
            until = min(len(ready), acknowledged + WINDOW, due)
            wire.sendall(b"".join(ready[sent:until]))
            sent = until
            if rate_hz and not select.select([wire], [], [], LOOK_S)[0]:
                continue
            heard += len(wire.recv(PIECE_BYTES))
            acknowledged = heard // PUBACK_BYTES
        wire.sendall(LEAVE)


def live(
    door: tuple[int, str, str], receipted: "Synchronized[int]", boot: int, events: int, rate_hz: float, within_s: float
) -> Lived:
    """Be devices until all that they have is receipted."""
    boxes = Counting(receipted, boot, events, rate_hz)
    with connected(door) as wire:
        boxes.live(wire, within_s)
        wire.sendall(LEAVE)
    receipted.value = boxes.told()
    return Lived(boxes.waited_ms(), boxes.sent_again())


class Counting(Outboxes):
    """Says how far they are while they live."""

    def __init__(self, receipted: "Synchronized[int]", boot: int, events: int, rate_hz: float) -> None:
        super().__init__(boot, events, rate_hz)
        self.receipted = receipted

    def outgoing(self, now_s: float) -> list[bytes]:
        """Once in each round."""
        self.receipted.value = self.told()
        return super().outgoing(now_s)


def probe(door: tuple[int, str, str]) -> bool:
    """Whether the broker knows anybody who wants what devices say."""
    with connected(door) as wire:
        wire.sendall(publish(True, *PROBE, 1, False, 1))
        stream = Stream(five=True, connection=1, packet_at_most=PACKET_AT_MOST)
        while True:
            for answer in stream.read(wire.recv(PIECE_BYTES), 0.0)[1]:
                if answer.kind == PUBACK:
                    return answer.code != NOBODY


def connected(door: tuple[int, str, str]) -> socket.socket:
    """A connection at the fleet's door."""
    port, user, password = door
    wire = socket.create_connection(("127.0.0.1", port))
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.sendall(connect(True, user, password, KEEPALIVE_S, RECEIVE_MAXIMUM, PIECE_BYTES))
    wire.recv(PIECE_BYTES)
    return wire
