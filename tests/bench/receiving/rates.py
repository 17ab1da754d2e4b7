"""Events a second and what they cost: the receiver on each database, subscribers that do nothing, and bare inserts.

All take turns, round after round, each in a process that lives for its turn: first a live flood, then a backlog, which
lies at the broker because whoever takes it stood still meanwhile.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.bench.figures import middle, progress
from tests.bench.receiving.bare import bare_insert
from tests.bench.receiving.house import House
from tests.bench.receiving.messages import shared_out
from tests.bench.receiving.takers import Null, Receiving, Taker, nulls_here
from tests.bench.receiving.usage import spent_us

SHAPES = ((1, 16_000), (8, 4_000), (16, 3_000))
# (events a message, messages of a flood)
LOADS = ("live", "backlog")


@dataclass
class Turn:
    """What a taker did with one flood."""

    took_s: float
    cpu_us: float
    database_us: float
    rss_mb: float


@dataclass
class Shape:
    """The rounds of one shape of messages: turns by (who, load), and rows a second of a bare insert by database."""

    per_message: int
    messages: int
    turns: dict[tuple[str, str], list[Turn]] = field(default_factory=lambda: defaultdict(list))
    bare: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def events(self) -> int:
        """Of a flood."""
        return self.per_message * self.messages

    def messages_per_s(self, who: str, load: str) -> list[float]:
        """Round by round."""
        return [self.messages / turn.took_s for turn in self.turns[who, load]]

    def events_per_s(self, who: str, load: str) -> list[float]:
        """Round by round."""
        return [self.events / turn.took_s for turn in self.turns[who, load]]


def measure(house: House, rounds: int) -> dict[str, float]:
    """Print the figures; the median of events a second, one a message, by database."""
    shapes = [Shape(*shape) for shape in SHAPES]
    for number in range(rounds):
        for shape in shapes:
            progress(f"receive: {shape.per_message} events a message, round {number + 1} of {rounds}")
            take_turns(house, shape)
    for shape in shapes:
        tell_nulls(shape)
        for db in house.stores:
            tell_receiver(shape, shapes[0], db)
    return {db: sorted(shapes[0].events_per_s(db, "live"))[rounds // 2] for db in house.stores}


def take_turns(house: House, shape: Shape) -> None:
    """One round."""
    for kind in nulls_here():
        lived(house, Null(house, kind, shape.messages), kind, shape)
    for db, store in house.stores.items():
        lived(house, Receiving(house, db), db, shape)
        boot = house.new_boot()
        shape.bare[db].append(bare_insert(store, boot, shared_out(boot, shape.messages, shape.per_message)))


def lived(house: House, taker: Taker, who: str, shape: Shape) -> None:
    """A live flood and a backlog for one taker, from its start to its end."""
    try:
        taker.await_ready()
        for load in LOADS:
            shape.turns[who, load].append(turn(house, taker, who, shape, load))
    finally:
        taker.stop()


def turn(house: House, taker: Taker, who: str, shape: Shape, load: str) -> Turn:
    """One flood: from the first publication, or from when the taker goes on, to the last message taken."""
    boot = house.new_boot()
    house.load.prepare(boot, shape.messages, shape.per_message)
    if load == "backlog":
        taker.pause()
        house.load.flood()
        house.load.answer()
    before_us, before = taker.cpu_us(), house.database_ns(who)
    began_s = time.perf_counter()
    house.load.flood() if load == "live" else taker.go_on()
    taker.await_all(boot, shape.messages, shape.per_message)
    took_s = time.perf_counter() - began_s
    if load == "live":
        house.load.answer()
    database_us = spent_us(before, house.database_ns(who))
    if who in house.stores:
        rows, events = house.counted(who, boot)
        assert rows == events == shape.events, f"expected {shape.events} events once each, found {rows}, {events}"
    return Turn(took_s, taker.cpu_us() - before_us, database_us, taker.rss_mb())


def tell_nulls(shape: Shape) -> None:
    """Those that do nothing."""
    for who, load in shape.turns:
        if who in nulls_here():
            fields = {"null": who, "load": load, "events_per_message": shape.per_message}
            middle("null_messages_per_s", shape.messages_per_s(who, load), "messages/s", **fields)
            spent = [one.cpu_us / shape.messages for one in shape.turns[who, load]]
            middle("null_cpu_us", spent, "µs/message", **fields)


def tell_receiver(shape: Shape, single: Shape, db: str) -> None:
    """The receiver on one database, and its ratios; `single` has the turns of one event a message."""
    for load in LOADS:
        fields: dict[str, Any] = {"db": db, "events_per_message": shape.per_message, "load": load}
        ours = shape.events_per_s(db, load)
        middle("receive_events_per_s", ours, "events/s", **fields)
        for null in nulls_here():
            theirs = shape.messages_per_s(null, load)
            middle("receive_ratio_null", ratios(shape.messages_per_s(db, load), theirs), "ratio", null=null, **fields)
        in_events = ratios(ours, single.messages_per_s("paho", load))
        middle("receive_ratio_events", in_events, "ratio", null="paho, one event a message", **fields)
        middle("receive_ratio_bare", ratios(ours, shape.bare[db]), "ratio", **fields)
        turns = shape.turns[db, load]
        middle("receive_cpu_us", [one.cpu_us / shape.events for one in turns], "µs/event", **fields)
        spent = ratios([one.cpu_us for one in turns], [one.cpu_us for one in shape.turns["paho", load]])
        middle("receive_cpu_ratio", spent, "ratio", null="paho", **fields)
        if db == "postgresql":
            middle("receive_database_us", [one.database_us / shape.events for one in turns], "µs/event", **fields)
        middle("receive_rss_mb", [one.rss_mb for one in turns], "MB", **fields)
    middle("bare_rows_per_s", shape.bare[db], "rows/s", db=db, events_per_message=shape.per_message)


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """Round by round: both ran within seconds of each other."""
    return [one / other for one, other in zip(ours, theirs, strict=True)]
