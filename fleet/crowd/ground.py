"""What all devices of a process share: the way to the broker, the truth, and what is seen of them."""

import asyncio
import os
import random
import ssl
from asyncio import sslproto
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from fleet.crowd.delivery import Held
from fleet.crowd.latency import step_of
from fleet.crowd.seen import Seen
from fleet.crowd.wish import Wish
from fleet.domain.crowd import password
from fleet.flows.crowd_said import SaidWriter

CONNECT_WITHIN_S = 10.0
TLS_BUFFER_BYTES = 16 * 1024
# A record of TLS. asyncio keeps sixteen times as much for each connection: 290 KB a device of 310 (2026-11-23).
STATUS = Path("/proc/self/statm")
Way = tuple[str, int, ssl.SSLContext | None, tuple[str, int] | None]


class Ground:
    """Of one process."""

    connect_within_s = CONNECT_WITHIN_S

    def __init__(self, wish: Wish, truth: SaidWriter) -> None:
        self.wish, self.truth = wish, truth
        self.seen = Seen(devices=wish.to - wish.first)
        self.chance = random.Random(f"{wish.seed}/{wish.first}")  # noqa: S311 (a crowd is no secret)
        self.five = wish.protocol == "5"
        self.tls = ssl.create_default_context(cafile=wish.tls_ca) if wish.tls else None
        if self.tls is not None:
            sslproto.SSLProtocol.max_size = TLS_BUFFER_BYTES
        self.connecting: set[asyncio.Task[None]] = set()

    def password(self, device: str) -> str:
        """Of one device."""
        return password(self.wish.key, device)

    def way(self, number: int) -> Way:
        """How this device comes: its broker, and one of our addresses."""
        host, port = self.wish.brokers[number % len(self.wish.brokers)]
        sources = self.wish.sources
        return host, port, self.tls, (sources[number % len(sources)], 0) if sources else None

    def begin(self, connecting: Coroutine[Any, Any, None]) -> None:
        """A device is on its way."""
        task = asyncio.create_task(connecting)
        self.connecting.add(task)
        task.add_done_callback(self.connecting.discard)

    def refused(self, reason: str) -> None:
        """A device did not come in, or not stay."""
        self.seen.refused += 1
        self.seen.trouble = reason

    def has_stored(self, held: Sequence[Held], now_s: float) -> None:
        """The fleet has these now."""
        self.seen.stored += len(held)
        for one in held:
            self.seen.latency[step_of((now_s - one.since_s) * 1000)] += 1

    def saw(self) -> Seen:
        """So far."""
        used = os.times()
        self.seen.waiting = self.seen.said - self.seen.stored
        self.seen.cpu_s = round(used.user + used.system, 2)
        pages = int(STATUS.read_text().split()[1])
        self.seen.rss_mb = round(pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20), 1)
        return self.seen
