"""What kind of crowd is wanted, and the share of it that each process takes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from fleet.domain.crowd import AT_EACH, offices

LOOPBACK = "127."
FIRST_SOURCE = 2


class BadWish(ValueError):
    """No crowd can be so; the text says why."""


@dataclass(frozen=True)
class Wish:
    """The devices `first` to `to`. `brokers` are (host, port); each device keeps to one of them.

    `sources`: addresses of this machine to come from; none: the system's choice. `a_second`: so many new connections
    at most. `times`: how fast people live, from the minute `begins_min` of a week on; `visits` come to an office on a
    usual day. `cut_every_s`: all connections are lost so often.
    """

    first: int
    to: int
    brokers: tuple[tuple[str, int], ...]
    key: str
    truth: str
    seconds: float
    seed: int = 1
    times: float = 1.0
    begins_min: float = 0.0
    visits: float = 150.0
    a_second: float = 200.0
    cut_every_s: float | None = None
    sources: tuple[str, ...] = ()
    tls: bool = False
    tls_ca: str | None = None
    protocol: str = "5"

    def with_key(self, key: str) -> "Wish":
        """The same, once the devices have passwords."""
        return replace(self, key=key)

    def shared(self, processes: int) -> list["Wish"]:
        """For so many processes; an office is not divided."""
        count = offices(self.to - self.first)
        if not 1 <= processes <= count:
            raise BadWish(f"processes: expected 1 to {count} (each has an office at least), found {processes}")
        ends = [self.first + count * n // processes * AT_EACH for n in range(processes)] + [self.to]
        return [
            replace(self, first=ends[n], to=ends[n + 1], a_second=self.a_second / processes, sources=self.sources_of(n))
            for n in range(processes)
        ]

    def sources_of(self, process: int) -> tuple[str, ...]:
        """On this very machine each process comes from an address of its own, since each has ports of its own."""
        if self.sources or not all(host.startswith(LOOPBACK) for host, _ in self.brokers):
            return self.sources
        high, low = divmod(process + FIRST_SOURCE, 250)
        return (f"127.0.{high}.{low}",)

    def as_line(self) -> str:
        """For the process that shall do it."""
        return json.dumps(asdict(self))


def wish_of(line: str) -> Wish:
    """What a process was told."""
    said: dict[str, Any] = json.loads(line)
    brokers = tuple((str(host), int(port)) for host, port in said.pop("brokers"))
    return Wish(brokers=brokers, sources=tuple(said.pop("sources")), **said)


def brokers_of(named: Sequence[str], port: int) -> tuple[tuple[str, int], ...]:
    """Brokers written as `host` or `host:port`. Raises BadWish."""
    found = []
    for one in named:
        host, colon, number = one.rpartition(":")
        host, number = (host, number) if colon else (one, str(port))
        if not host or not number.isdecimal() or not 1 <= int(number) <= 65_535:
            raise BadWish(f"broker: expected host:port, found {one!r}")
        found.append((host, int(number)))
    return tuple(found)
