"""Alerts: at most one is open of a cause at one subject; it opens at a high mark and closes at a lower one.

A look sees how high each cause stands. High opens an alert, between the marks nothing changes, and what has been low
for a while without a break closes it. So a value that wavers within the band opens and closes nothing, and one that
wavers across it opens one alert in that while at most. All of it is a function of the alerts of before, of what is
seen, and of the moment; a look that comes twice changes nothing the second time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Figure = int | str
Key = tuple[str, str]


class Cause(StrEnum):
    """Why somebody should look."""

    WAIT = "wait"
    """The longest wait for a service is over the limit."""
    WAIT_TOLD = "wait_told"
    """Whoever takes a number now will wait longer than the limit."""
    SILENT = "silent"
    """People wait for a counter that is open, and nothing happens there."""
    RATINGS = "ratings"
    """More residents are dissatisfied than this office's usual share explains."""
    DOSSIERS = "dossiers"
    """Dossiers are due today, or overdue."""
    PRINTER = "printer"
    """Nobody can take a number: a printer has no paper, or is lost."""
    DARK = "dark"
    """No device of the office is connected, in opening hours."""
    INCIDENT = "incident"
    """Somebody else speaks in the name of a device, or a device that may not."""


class Height(StrEnum):
    """How high a cause stands: below both marks, between them, or above both."""

    LOW = "low"
    BAND = "band"
    HIGH = "high"


RISING = (Height.LOW, Height.BAND, Height.HIGH)


@dataclass(frozen=True)
class Sight:
    """How high a cause stands at a subject (a service, a counter, a device; empty: the office), and by which figures.

    `turns_ms`: from this moment on it stands otherwise by the mere passing of time.
    """

    cause: Cause
    subject: str
    height: Height
    figures: Mapping[str, Figure] = field(default_factory=dict)
    turns_ms: int | None = None

    @property
    def key(self) -> Key:
        """What at most one alert is open of."""
        return self.cause, self.subject


@dataclass(frozen=True)
class Alert:
    """An alert: what it is about, since when, by which figures, and what became of it.

    `low_since_ms`: since when its cause has been low without a break. `told_ms` is when it was told last, `times_told`
    how often; `told_acknowledged` and `told_closed`: these were told, too. `id` is zero until it is kept.
    """

    cause: Cause
    subject: str
    opened_ms: int
    figures: Mapping[str, Figure] = field(default_factory=dict)
    low_since_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    closed_ms: int | None = None
    told_ms: int | None = None
    times_told: int = 0
    told_acknowledged: bool = False
    told_closed: bool = False
    id: int = 0

    @property
    def key(self) -> Key:
        """What at most one alert is open of."""
        return self.cause, self.subject

    @property
    def is_open(self) -> bool:
        """Whether it has not closed."""
        return self.closed_ms is None

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left to do with it."""
        return self.closed_ms is not None and self.told_closed


def look(before: Iterable[Alert], sights: Iterable[Sight], now_ms: int, calm_ms: int) -> list[Alert]:
    """The alerts after a look, in the order of their keys; `calm_ms`: so long a cause must be low for its to close.

    What is not seen any more (a counter that is gone, a cause that was switched off) is low.
    """
    seen = highest(sights)
    after = [one if not one.is_open else looked_at(one, seen.get(one.key), now_ms, calm_ms) for one in before]
    open_keys = {one.key for one in after if one.is_open}
    after += [
        Alert(one.cause, one.subject, now_ms, one.figures)
        for key, one in seen.items()
        if one.height is Height.HIGH and key not in open_keys
    ]
    return sorted(after, key=lambda one: (one.key, one.opened_ms, one.id))


def highest(sights: Iterable[Sight]) -> dict[Key, Sight]:
    """By key; of several sights of one thing the highest holds."""
    found: dict[Key, Sight] = {}
    for one in sights:
        before = found.get(one.key)
        if before is None or RISING.index(one.height) > RISING.index(before.height):
            found[one.key] = one
    return found


def looked_at(alert: Alert, sight: Sight | None, now_ms: int, calm_ms: int) -> Alert:
    """An open alert after a look; while its cause is low, or nothing can be said, its figures stay what they were."""
    if sight is not None and sight.height is not Height.LOW:
        return replace(alert, figures=sight.figures or alert.figures, low_since_ms=None)
    since_ms = now_ms if alert.low_since_ms is None else min(alert.low_since_ms, now_ms)
    closed_ms = now_ms if now_ms - since_ms >= calm_ms else None
    return replace(alert, low_since_ms=since_ms, closed_ms=closed_ms)


def next_turn_ms(alerts: Iterable[Alert], sights: Iterable[Sight], calm_ms: int) -> int | None:
    """The next moment at which time alone changes something; None: it never does."""
    moments = [one.turns_ms for one in sights if one.turns_ms is not None]
    moments += [one.low_since_ms + calm_ms for one in alerts if one.is_open and one.low_since_ms is not None]
    return min(moments, default=None)
