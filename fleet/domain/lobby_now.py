"""What the screen in an office's lobby shows: numbers and counters, and nothing of anybody.

Its parts are values without the time of looking, so that equal ones look the same and only what changed is sent.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CallShown:
    """A number that was called. `spoken_counter` is the counter's number, or its name where it has none.

    `recalls`: how often it was called again; with each it is spoken anew.
    """

    label: str
    counter: str
    spoken_counter: str
    called_ms: int
    recalls: int

    @property
    def key(self) -> str:
        """What tells this call from every other of its office, called again or not."""
        return f"{self.label}-{self.called_ms}"


@dataclass(frozen=True)
class LobbyQueue:
    """A service: how many wait, what whoever takes a number now is told (P50, P90 in minutes; None: nothing), and the
    numbers whose turn comes soon.
    """

    prefix: str
    name: str
    waiting: int
    told: tuple[int, int] | None
    soon: tuple[str, ...]


@dataclass(frozen=True)
class LobbyNow:
    """All of it. `calls`, the newest first. `given_until_ms`: no numbers are given from then on (None: not known)."""

    id: str
    name: str
    hotline: str
    timezone: str
    day: str
    now_ms: int
    pace: float | None
    calls: tuple[CallShown, ...]
    queues: tuple[LobbyQueue, ...]
    given_until_ms: int | None = None
    closed: bool = False
