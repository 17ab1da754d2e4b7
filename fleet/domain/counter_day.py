"""A counter's day as a line: whom it served, when it paused, and who was signed in; and a clerk's days.

Of fewer than five visits no time is told. Nothing here orders counters or clerks by how fast they are or how satisfied
people were.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.domain.named_periods import Period
from fleet.domain.rating_cells import CellScore
from fleet.domain.times import times
from fleet.domain.waits import Durations, durations
from protocols import events
from protocols.event import Event

MIN_MS = 60_000
NO_SHOW = "no_show"


@dataclass(frozen=True)
class Stretch:
    """From when to when. `kind`: visit, no_show, paused, or clerk; `label` is a number, a reason, or who."""

    begins_ms: int
    ends_ms: int
    kind: str
    label: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Beside:
    """How long visits of a service took at this counter, or with this clerk, and at the whole office."""

    service: str
    visits: int
    here: Durations
    office: Durations


@dataclass(frozen=True)
class CounterDay:
    """A counter's day. `busy` is the share of the time from first to last in which it served.

    `beside` are the last weeks, service by service; `last_weeks` how many days these are.
    """

    office: str
    office_name: str
    timezone: str
    counter: str
    name: str
    day: str
    stretches: tuple[Stretch, ...]
    sessions: tuple[tuple[int, str, int, int | None, int], ...]
    visits: int
    no_shows: int
    service: Durations
    busy: float | None
    paused_min: float
    beside: tuple[Beside, ...]
    last_weeks: int


@dataclass(frozen=True)
class ClerkDay:
    """A clerk's day: from when to when, at which counters, and how many visits."""

    day: str
    began_ms: int
    ended_ms: int | None
    counters: tuple[str, ...]
    visits: int


@dataclass(frozen=True)
class ClerkMonth:
    """What is told of a clerk's month or quarter. `cells` are published ratings of days that are over, by scale."""

    office: str
    office_name: str
    timezone: str
    number: int
    clerk: str
    period: Period
    days: tuple[ClerkDay, ...]
    visits: int
    no_shows: int
    service: Durations
    beside: tuple[Beside, ...]
    cells: tuple[CellScore, ...]


def pauses_of(
    happened: Sequence[tuple[str, Event, int]], calls_ms: Iterable[int], until_ms: int
) -> list[tuple[int, int, str]]:
    """(from, to, reason) of a counter's pauses. A pause ends with a key, with the next call, or with the day.

    What was taken back never was.
    """
    undone = {event.step for _, event, _ in happened if isinstance(event, events.Undone)}
    marks: list[tuple[int, int, str]] = [(ms, 0, "") for ms in calls_ms]
    for id, event, ms in happened:
        if id in undone:
            continue
        if isinstance(event, events.Paused):
            marks.append((ms, 1, event.reason))
        elif isinstance(event, events.Resumed) and event.number is None:
            marks.append((ms, 0, ""))
    found, since, why = [], None, ""
    for ms, is_pause, reason in sorted(marks):
        if since is not None and (not is_pause or reason != why):
            found.append((since, ms, why))
            since = None
        if is_pause and since is None:
            since, why = ms, reason
    if since is not None and since < until_ms:
        found.append((since, until_ms, why))
    return found


def took(visits: Iterable[tuple[int, int | None, str | None]]) -> Durations:
    """How long visits (called, ended, outcome) took whose end was seen and whose resident came."""
    ended = [
        end - called for called, end, outcome in visits if end is not None and outcome not in (NO_SHOW, "unfinished")
    ]
    return durations(times(ended))


def busy_share(stretches: Sequence[Stretch]) -> float | None:
    """How much of the time from the first visit to the end of the last one was spent with residents."""
    served = [one for one in stretches if one.kind == "visit"]
    if not served:
        return None
    whole = max(one.ends_ms for one in served) - min(one.begins_ms for one in served)
    return min(1.0, sum(one.ends_ms - one.begins_ms for one in served) / whole) if whole else None
