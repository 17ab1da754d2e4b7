"""What is wanted of the figures, and whether it was met. Ratios are to a reference of the same run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """A figure of this name (and with these fields) is at least, or at most, so much. Of several the worst counts.

    `size`: fields that are at least so large; what was measured of less says nothing.
    """

    work: str
    name: str
    at_least: float | None = None
    at_most: float | None = None
    of: Mapping[str, Any] = field(default_factory=dict)
    size: Mapping[str, float] = field(default_factory=dict)

    def worst(self, lines: Sequence[Line]) -> Line | None:
        """The line that is judged; None if nothing was measured."""
        mine = [line for line in lines if line.get("name") == self.name and "value" in line and self.is_of(flat(line))]
        if not mine:
            return None
        chosen = min if self.at_least is not None else max
        return chosen(mine, key=lambda line: line["value"])

    def is_of(self, its: Mapping[str, Any]) -> bool:
        """Whether a figure with these fields is meant."""
        large = all(its.get(name, 0) >= least for name, least in self.size.items())
        return large and self.of.items() <= its.items()

    def is_met(self, line: Line) -> bool:
        """Whether this is enough."""
        enough = self.at_least is None or line["value"] >= self.at_least
        return enough and (self.at_most is None or line["value"] <= self.at_most)

    def wanted(self) -> str:
        """In print."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


def flat(line: Line) -> dict[str, Any]:
    """The fields that can be compared as they are."""
    return {name: value for name, value in line.items() if isinstance(value, str | int | float)}


def receiving(work: str, name: str, at_least: float, **of: Any) -> Target:
    """A ratio to paho that does nothing."""
    return Target(work, name, at_least=at_least, of={"events_per_message": 1, **of})


SQLITE, POSTGRESQL = {"db": "sqlite"}, {"db": "postgresql"}
TEN_MILLION = {"visits": 9_900_000}
# As many as make whole days at each office.
ONE_LINKER = {"way": "backlog", "linkers": 1}
LIVE, BACKLOG = {"load": "live", "null": "paho"}, {"load": "backlog", "null": "paho"}
TARGETS = (
    receiving("one event a message, live, SQLite", "receive_ratio_null", 1.5, **SQLITE, **LIVE),
    receiving("one event a message, a backlog, SQLite", "receive_ratio_null", 2.5, **SQLITE, **BACKLOG),
    receiving("one event a message, live, PostgreSQL", "receive_ratio_null", 1.2, **POSTGRESQL, **LIVE),
    *(
        Target(
            f"16 events a message, in events, {name}",
            "receive_ratio_events",
            at_least=wanted,
            of={"db": db, "load": "live", "events_per_message": 16},
        )
        for name, db, wanted in (("SQLite", "sqlite", 5), ("PostgreSQL", "postgresql", 2))
    ),
    *(
        Target(f"due → receipt at half load, {name}", "receive_p99_ms", at_most=10, of={"db": db, "load_percent": 50})
        for name, db in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql"))
    ),
    Target("CPU per event of several receivers ÷ of one", "receivers_cpu_ratio", at_most=1.1),
    Target("several receivers: lost", "receivers_lost", at_most=0),
    Target("several receivers: stored twice", "receivers_doubled", at_most=0),
    Target("commits of 20 ms ÷ none held", "receive_slow_disk_ratio", at_least=0.7),
    Target("kill -9 ten times: missing", "receive_kills_missing", at_most=0),
    Target("kill -9 ten times: stored twice", "receive_kills_doubled", at_most=0),
    Target("Node-RED as people wire it", "receive_ratio_peer", at_least=25, of={"peer": "node-red"}),
    Target("Node-RED batched by hand", "receive_ratio_peer", at_least=2, of={"peer": "node-red-batched"}),
    Target("memory of a receiver ÷ Node-RED's", "receive_rss_ratio", at_most=0.6),
    Target("an event received at 10^7 ÷ at 10^4 stored", "growth_receive_ratio", at_most=1.2),
    Target("an event linked: 100,000 ÷ 1,000 a day", "link_growth_ratio", at_most=1.2, of={"way": "touched"}),
    Target("events linked by one linker, of a backlog", "link_events_per_s", at_least=10_000, of=ONE_LINKER),
    Target("lists of the API ÷ their rows as JSON", "list_ratio", at_least=0.6),
    Target(
        "30 days of a province ÷ a scan of 10^7 visits",
        "naive_ratio",
        at_least=40,
        of={"of": "dashboard_ms"},
        size=TEN_MILLION,
    ),
    Target("each page of 30 days, of 10^7 visits", "dashboard_p99_ms", at_most=100, size=TEN_MILLION),
    Target("reads that failed while others wrote", "read_failed", at_most=0),
)
