"""How high each cause of alerts stands at an office, by what is known of it now.

Waits are those that the supervisor's page shows, ratings the groups of five that it shows: an alert tells nobody more
of a press than the page does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from fleet.domain.alert_limits import QUANTILES, AlertLimits, minute_of
from fleet.domain.alerts import Cause, Figure, Height, Sight
from fleet.domain.bad_ratings import Share, cluster
from fleet.domain.incidents import FRESH_MS, Incident
from fleet.domain.telling import rounded

MIN_S = 60
SERVING = "serving"
WORKING = ("free", SERVING)
INSTEAD = {Height.LOW: Height.HIGH, Height.BAND: Height.BAND, Height.HIGH: Height.LOW}
# How high it stands that people will wait too long, by how long the first has waited by now.
CLOSING_MS = 30 * 60_000
# So long before an office closes nobody is alerted that its devices are switched off.
PAPER, LOST = "paper", "lost"


@dataclass(frozen=True)
class QueueSeen:
    """A service: its target, how many wait and since when the first; what a newcomer is told, in minutes, P50 and P90.

    `told` None: nothing can be said.
    """

    service: str
    target_s: int
    waiting: int = 0
    oldest_ms: int | None = None
    told: tuple[float, float] | None = None


@dataclass(frozen=True)
class CounterSeen:
    """A counter: what it does, when something last happened there, and how many wait for it and since when the first.

    `staffed` False: the office demands that somebody signs in, and nobody has.
    """

    counter: str
    state: str
    last_ms: int
    waiting: int = 0
    oldest_ms: int | None = None
    staffed: bool = True


@dataclass(frozen=True)
class PrinterSeen:
    """A printer of tickets: whether it has paper, and since when it is lost."""

    device: str
    has_paper: bool = True
    lost_since_ms: int | None = None


@dataclass(frozen=True)
class DarkSeen:
    """None of so many devices is connected, since the last of them went. `closing`: the office closes soon."""

    n: int
    since_ms: int
    closing: bool = False


@dataclass(frozen=True)
class OfficeSeen:
    """What is known of an office now. `minute` is that of its day. `bad`: whether each of today's published ratings is
    a bad one, in their order; `usual` is the office's own share of before. `due`: the dossiers that are due today and
    those that are overdue; None: no working day, or nobody looks. `dark`: none of its devices is connected though it is
    open. `fleet_lost`: devices vanished everywhere, so that nobody is told of each. `incidents`: the fresh ones of its
    devices.
    """

    minute: int = 0
    queues: tuple[QueueSeen, ...] = ()
    counters: tuple[CounterSeen, ...] = ()
    bad: tuple[bool, ...] = ()
    usual: Share = field(default_factory=Share)
    due: tuple[int, int] | None = None
    printers: tuple[PrinterSeen, ...] = ()
    dark: DarkSeen | None = None
    fleet_lost: bool = False
    incidents: tuple[Incident, ...] = ()


def sights(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> list[Sight]:
    """Every cause that is on, at every subject."""
    return [one for cause, find in FINDERS.items() if limits.is_on(cause) for one in find(office, limits, now_ms)]


def waits(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """The longest wait of each service."""
    for queue in office.queues:
        limit_s = limit_of(queue, limits)
        figures = {"limit_s": limit_s, "waiting": queue.waiting, "since_ms": queue.oldest_ms or 0}
        yield lasting(Cause.WAIT, queue.service, queue.oldest_ms, limit_s, limits, now_ms, figures)


def waits_told(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """What the newest is told, before anybody waits so long: then that is the alert. Unknown changes nothing."""
    for queue in office.queues:
        limit_s = limit_of(queue, limits)
        if queue.told is None:
            yield Sight(Cause.WAIT_TOLD, queue.service, Height.BAND if queue.waiting else Height.LOW)
            continue
        minutes = queue.told[QUANTILES.index(limits.told)]
        height = height_of(minutes * MIN_S, limit_s, limits)
        if height is Height.HIGH and queue.oldest_ms is None:
            height = Height.BAND
        elif height is Height.HIGH and queue.oldest_ms is not None and limits.is_on(Cause.WAIT):
            height = INSTEAD[height_of((now_ms - queue.oldest_ms) / 1000, limit_s, limits)]
        figures = {"limit_s": limit_s, "minutes": rounded(minutes), "of": limits.told, "waiting": queue.waiting}
        yield Sight(Cause.WAIT_TOLD, queue.service, height, figures)


def silent(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """How long nothing has happened at a counter that works while somebody waits for it."""
    for counter in office.counters:
        since_ms = None
        if counter.state in WORKING and counter.staffed and counter.oldest_ms is not None:
            since_ms = max(counter.last_ms, counter.oldest_ms)
        limit_s = limits.serving_s if counter.state == SERVING else limits.silent_s
        figures = {"limit_s": limit_s, "waiting": counter.waiting, "since_ms": since_ms or 0}
        yield lasting(Cause.SILENT, counter.counter, since_ms, limit_s, limits, now_ms, figures)


def ratings(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """How likely so many bad ratings are by chance."""
    found = cluster(office.bad, office.usual)
    if found is None:
        yield Sight(Cause.RATINGS, "", Height.LOW)
        return
    height = Height.HIGH if found.opens(limits.ratings) else Height.LOW if found.closes else Height.BAND
    figures = {"bad": found.bad, "n": found.n, "usual_percent": round(100 * office.usual.bad / office.usual.n)}
    yield Sight(Cause.RATINGS, "", height, figures)


def dossiers(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """The day's dossiers, from the hour on at which they are told."""
    today, overdue = office.due or (0, 0)
    if office.minute < minute_of(limits.dossiers_at) or not today + overdue:
        yield Sight(Cause.DOSSIERS, "", Height.LOW)
    else:
        height = Height.HIGH if today + overdue >= limits.dossiers else Height.BAND
        yield Sight(Cause.DOSSIERS, "", height, {"today": today, "overdue": overdue})


def printers(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """Printers that people need now: somebody waits, or a counter works."""
    needed = any(one.waiting for one in office.queues) or any(one.state in WORKING for one in office.counters)
    for one in office.printers:
        lost_ms = one.lost_since_ms
        lost_at_ms = None if lost_ms is None else lost_ms + limits.printer_s * 1000
        height, turns_ms = Height.LOW, None
        figures: dict[str, Figure] = {}
        if needed and lost_ms is not None and lost_at_ms is not None:
            figures = {"what": LOST, "since_ms": lost_ms}
            height = Height.HIGH if now_ms >= lost_at_ms else Height.BAND
            turns_ms = lost_at_ms if now_ms < lost_at_ms else None
            if height is Height.HIGH and (office.fleet_lost or (office.dark is not None and limits.is_on(Cause.DARK))):
                height = Height.BAND  # another alert says so
        if needed and not one.has_paper and height is not Height.HIGH:
            height, figures = Height.HIGH, {"what": PAPER}
        yield Sight(Cause.PRINTER, one.device, height, figures, turns_ms)


def dark(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """Whether the whole office is dark; one alert for all of its devices."""
    if office.dark is None:
        yield Sight(Cause.DARK, "", Height.LOW)
        return
    dark_ms = office.dark.since_ms + limits.printer_s * 1000
    height = Height.HIGH if now_ms >= dark_ms and not (office.fleet_lost or office.dark.closing) else Height.BAND
    turns_ms = dark_ms if now_ms < dark_ms else None
    yield Sight(Cause.DARK, "", height, {"n": office.dark.n, "since_ms": office.dark.since_ms}, turns_ms)


def incidents(office: OfficeSeen, limits: AlertLimits, now_ms: int) -> Iterator[Sight]:
    """What happened at devices that should not have, for a day; of each device the latest."""
    latest = {one.device: one for one in sorted(office.incidents, key=lambda one: (one.last_ms, one.kind))}
    for one in latest.values():
        if one.is_fresh(now_ms):
            yield Sight(Cause.INCIDENT, one.device, Height.HIGH, {"what": one.kind.value}, one.last_ms + FRESH_MS)
        else:
            yield Sight(Cause.INCIDENT, one.device, Height.LOW)


FINDERS: dict[Cause, Callable[[OfficeSeen, AlertLimits, int], Iterator[Sight]]] = {
    Cause.WAIT: waits,
    Cause.WAIT_TOLD: waits_told,
    Cause.SILENT: silent,
    Cause.RATINGS: ratings,
    Cause.DOSSIERS: dossiers,
    Cause.PRINTER: printers,
    Cause.DARK: dark,
    Cause.INCIDENT: incidents,
}


def limit_of(queue: QueueSeen, limits: AlertLimits) -> int:
    """How long nobody should wait."""
    return limits.wait_s or queue.target_s


def lasting(
    cause: Cause,
    subject: str,
    since_ms: int | None,
    limit_s: int,
    limits: AlertLimits,
    now_ms: int,
    figures: Mapping[str, Figure],
) -> Sight:
    """How high something stands that has lasted since then (None: it does not last), and when it will stand higher."""
    if since_ms is None:
        return Sight(cause, subject, Height.LOW)
    height = height_of((now_ms - since_ms) / 1000, limit_s, limits)
    marks_ms = (since_ms + limit_s * 10 * limits.closes + 1, since_ms + limit_s * 1000 + 1)
    return Sight(cause, subject, height, figures, min((ms for ms in marks_ms if ms > now_ms), default=None))


def height_of(value_s: float, limit_s: int, limits: AlertLimits) -> Height:
    """Above the limit, at most at the share of it where an alert closes, or between."""
    if value_s > limit_s:
        return Height.HIGH
    return Height.LOW if value_s <= limit_s * limits.closes / 100 else Height.BAND
