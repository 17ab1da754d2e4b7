"""What was seen of a crowd so far: by one of its processes, which says it each second, or by all of them together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from fleet.crowd.latency import together


@dataclass
class Seen:
    """Numbers that add up. `online` are welcome now, `waiting` events have no receipt yet, `called` people
    were called to a counter.

    `latency`: of the events with a receipt how long they took from their moment on, by `latency.step_of`.
    `refused` counts connections that a broker did not take, `cpu_s` and `rss_mb` what the processes themselves use.
    """

    devices: int = 0
    connected: int = 0
    online: int = 0
    connections: int = 0
    refused: int = 0
    said: int = 0
    stored: int = 0
    waiting: int = 0
    resent: int = 0
    wants: int = 0
    called: int = 0
    cpu_s: float = 0.0
    rss_mb: float = 0.0
    latency: Counter[int] = field(default_factory=Counter)
    trouble: str = ""

    def as_line(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**vars(self), "latency": {str(step): n for step, n in self.latency.items()}}


def seen_of(line: dict[str, Any]) -> Seen:
    """What a process said of itself."""
    return Seen(**{**line, "latency": Counter({int(step): n for step, n in line["latency"].items()})})


def all_of(several: Iterable[Seen]) -> Seen:
    """Together."""
    some = list(several)
    numbers = {
        one.name: sum(getattr(seen, one.name) for seen in some)
        for one in fields(Seen)
        if one.name not in ("latency", "trouble")
    }
    trouble = next((seen.trouble for seen in some if seen.trouble), "")
    return Seen(**numbers, latency=together(*(seen.latency for seen in some)), trouble=trouble)
