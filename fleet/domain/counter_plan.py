"""Which counters will be open when, as far as anybody knows: the day's sessions, who works, and who pauses.

- Who has called today (and is signed in, where that is demanded) is open in what is left of the day's sessions. After
  the last one whoever waits is still called.
- Who still calls people a while after a session has ended, or on a day without any, is open without end.
- Who pauses for lunch comes back with the next session; any other pause ends after a quarter of an hour, or once it
  has lasted, half as long again.
- Before the first session has well begun, the counters of the last day are expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.domain.queue_moment import FOREVER_MIN, Counter

LUNCH = "lunch"
USUAL_PAUSE_MIN = 15.0
PAUSE_GROWS = 1.5
BEGINS_WITHIN_MIN = 15.0
LATE_CALL_MIN = 10.0
# A visit that begins so long after a session's end belongs to no session.

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class CounterFacts:
    """What is known of a counter. Minutes are those of the day; `state` as linked, None: nothing yet today.

    `serving` is the service of its open visit ('' where a scan began it), None without one; `called_min` when that, or
    its last one, began.
    """

    services: tuple[str, ...]
    helping: tuple[str, ...] = ()
    state: str | None = None
    since_min: float = 0.0
    reason: str = ""
    staffed: bool = True
    serving: str | None = None
    called_min: float | None = None
    worked_last_day: bool = False


def counters_from_now(facts: Sequence[CounterFacts], sessions: Spans, minute: float) -> tuple[Counter, ...]:
    """The counters that are open now or will be, with their plans from now on."""
    found = []
    for one in facts:
        spans = plan_of(one, sessions, minute)
        if spans:
            from_now = tuple((max(start - minute, 0.0), end - minute) for start, end in spans if end > minute)
            busy = one.serving is not None
            elapsed = 0.0 if one.called_min is None else max(minute - one.called_min, 0.0)
            found.append(
                Counter(one.services, one.helping, from_now, busy, one.serving or "", elapsed if busy else 0.0)
            )
    return tuple(found)


def plan_of(one: CounterFacts, sessions: Spans, minute: float) -> Spans:
    """When a counter is open on this day, from now on; empty: nobody knows that it ever will be."""
    ahead = left_of(sessions, minute)
    if one.state is None or not one.staffed:
        early = bool(sessions) and minute < sessions[0][0] + BEGINS_WITHIN_MIN
        return ahead if early and one.worked_last_day and one.state is None else ()
    if works_outside(one, sessions):
        ahead = ((minute, FOREVER_MIN),)
    if one.state != "paused":
        return ahead
    back = back_min(one, sessions, minute)
    return tuple((max(start, back), end) for start, end in ahead if end > back)


def left_of(sessions: Spans, minute: float) -> Spans:
    """What is left of the day's sessions; the last one ends when everybody is served."""
    if not sessions or minute >= sessions[-1][0]:
        return ((minute, FOREVER_MIN),)
    ahead = [(start, end) for start, end in sessions if end > minute]
    return (*ahead[:-1], (ahead[-1][0], FOREVER_MIN))


def works_outside(one: CounterFacts, sessions: Spans) -> bool:
    """Whether its last call came when no session was, nor had one just ended."""
    if one.called_min is None:
        return False
    return not any(start - LATE_CALL_MIN <= one.called_min <= end + LATE_CALL_MIN for start, end in sessions)


def back_min(one: CounterFacts, sessions: Spans, minute: float) -> float:
    """When somebody who pauses is expected back."""
    if one.reason == LUNCH:
        following = next((start for start, _ in sessions if start > one.since_min), None)
        if following is not None and following > minute:
            return following
    lasted = minute - one.since_min
    return max(one.since_min + USUAL_PAUSE_MIN, minute + lasted * (PAUSE_GROWS - 1.0))


def sessions_of(spans: Sequence[tuple[int, int]], start_ms: int) -> Spans:
    """A day's sessions in minutes since it began."""
    return tuple(((start - start_ms) / 60_000, (end - start_ms) / 60_000) for start, end in spans)


def skills_of(skills: Mapping[str, bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The services that a counter calls for first, and those that it helps with."""
    own = tuple(sorted(service for service, helping in skills.items() if not helping))
    return own, tuple(sorted(service for service, helping in skills.items() if helping))
