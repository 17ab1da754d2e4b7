"""What a supervisor sees of an office now: values, made by `fleet.flows.watch` and shown by the pages.

No value here can put a score beside a visit: a visit says only whether it was rated.
"""

from dataclasses import dataclass

from fleet.domain.alerts_now import AlertNow
from fleet.domain.closing import ClosingNow
from fleet.domain.day_trend import DayTrend
from fleet.domain.openings import Opening


@dataclass(frozen=True)
class ServiceNow:
    """A queue. `oldest_ms` is when the one who waits longest took the ticket (UTC); `parked` were set aside.

    `told` is what whoever takes a number now hears: (P50, P90) in minutes; None: nothing.
    """

    id: str
    name: str
    prefix: str
    waiting: int
    waiting_priority: int
    oldest_ms: int | None
    called_today: int
    median_wait_s: float | None
    target_wait_s: int
    parked: int = 0
    told: tuple[int, int] | None = None


@dataclass(frozen=True)
class CounterNow:
    """A counter. `state` is closed (nothing yet today), free, serving, or paused; `label` the number it serves.

    `staffed`: somebody is signed in there; `clerk` is who, by the clerk's number, for eyes that may see it.
    `calls` and `helps` are the services that it calls for, and those that it helps with when it has nothing else to do.
    """

    id: str
    name: str
    state: str
    label: str | None
    service: str | None
    since_ms: int | None
    served_today: int
    devices_lost: int
    staffed: bool = False
    clerk: str | None = None
    calls: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()


@dataclass(frozen=True)
class VisitNow:
    """One of the last visits. `outcome` is None while it goes on; `id` the identity of the event that opened it."""

    label: str
    service: str | None
    counter: str
    called_ms: int
    finished_ms: int | None
    wait_s: float | None
    service_s: float | None
    outcome: str | None
    dossiers: tuple[str, ...]
    rated: bool
    estimated: bool
    clerk: str | None = None
    id: str = ""


@dataclass(frozen=True)
class SessionNow:
    """A clerk at a counter. `ended_ms` None: until the day ends, and today still there. `ended_by` is a sentence."""

    clerk: str
    counter: str
    began_ms: int
    ended_ms: int | None
    ended_by: str | None
    visits: int


@dataclass(frozen=True)
class RatingsNow:
    """Today's counted ratings of the office, published in whole groups of five so that no single press shows.

    `n` is the published number (0, 5, 10, …); `share` the satisfied part with its Wilson interval `low`…`high`;
    `by_score` the presses from score 1 up, of `scale` alone where boards have different ones: then fewer than n, or
    None where no scale has five. All None while n is 0. `served` and `rated` make the response rate.
    `reasons` are (reason, how often), of published ratings and in groups of five, too.
    """

    n: int
    share: float | None
    low: float | None
    high: float | None
    by_score: tuple[int, ...] | None
    scale: int
    served: int
    rated: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class OfficeNow:
    """Everything on the supervisor's page. `pace` is set where residents and clerks are simulated.

    `openings`: what another counter would do for waits that are too long; `trend`: the day beside a usual one.
    """

    id: str
    name: str
    hotline: str
    day: str
    now_ms: int
    pace: float | None
    services: tuple[ServiceNow, ...]
    counters: tuple[CounterNow, ...]
    visits: tuple[VisitNow, ...]
    ratings: RatingsNow
    unlinked: int
    unreadable: int
    devices_online: int
    devices_lost: int
    timezone: str = "Asia/Ho_Chi_Minh"
    sign_in_required: bool = False
    closing: ClosingNow | None = None
    alerts: tuple[AlertNow, ...] = ()
    openings: tuple[Opening, ...] = ()
    trend: DayTrend | None = None
