"""An office's queue at a moment, as far as it matters for who is called when. All minutes count from that moment."""

from dataclasses import dataclass

FOREVER_MIN = 1e9


@dataclass(frozen=True)
class Ahead:
    """Somebody who waits. `preferred_from_min`: from when on they go before others; None: never. `key` is theirs."""

    service: str
    preferred_from_min: float | None = None
    key: str = ""


@dataclass(frozen=True)
class Counter:
    """A counter: what it calls for first, what it helps with, when it is open, and what it does.

    `open_min` are stretches in order. `serving` is the service of its visit, which has lasted `elapsed_min`; `serving`
    empty with `busy`: somebody without a number.
    """

    services: tuple[str, ...]
    helping: tuple[str, ...] = ()
    open_min: tuple[tuple[float, float], ...] = ((0.0, FOREVER_MIN),)
    busy: bool = False
    serving: str = ""
    elapsed_min: float = 0.0


@dataclass(frozen=True)
class Coming:
    """People of a class who are yet to come: how many a minute, in steps of `step_min` from now on."""

    service: str
    per_min: tuple[float, ...]
    step_min: float


@dataclass(frozen=True)
class QueueNow:
    """An office at a moment. `waiting` in the order in which they began to wait; `in_a_row` as in its policy."""

    waiting: tuple[Ahead, ...]
    counters: tuple[Counter, ...]
    coming: tuple[Coming, ...] = ()
    in_a_row: int = 2
