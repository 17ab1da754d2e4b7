"""The sections of the supervisor's page as values: equal values look the same, so only a changed section is sent.

No value here holds the time of rendering; times that pass are told as the moment they began.
"""

from dataclasses import dataclass, replace

from fleet.domain.alerts_now import AlertNow
from fleet.domain.calendars import VIET_NAM
from fleet.domain.closing import ClosingNow
from fleet.domain.day_trend import HALF_HOUR_MIN, Band, DayTrend
from fleet.domain.office_now import CounterNow, OfficeNow, RatingsNow, ServiceNow, VisitNow
from fleet.domain.rights import Permission, Person
from fleet.domain.wait_level import WaitLevel, wait_level
from fleet.domain.what_if_sentences import clock_of
from fleet.domain.what_to_do import ToDo, what_to_do
from fleet.pages.charts import Plot, plot

WORST_FIRST = (WaitLevel.LATE, WaitLevel.SOON, WaitLevel.FINE, WaitLevel.NONE)


@dataclass(frozen=True)
class Queue:
    """A service's queue and how it stands."""

    service: ServiceNow
    level: WaitLevel


@dataclass(frozen=True)
class Headline:
    """The answer to "is anyone waiting too long, and where?"."""

    level: WaitLevel
    where: tuple[str, ...]
    waiting: int
    oldest_ms: int | None
    oldest_at: str | None
    serving: int
    open: int
    counters: int
    served_today: int
    closing: ClosingNow | None = None
    timezone: str = VIET_NAM


@dataclass(frozen=True)
class Bar:
    """How often one score was pressed."""

    score: int
    n: int
    share: float


@dataclass(frozen=True)
class Satisfaction:
    """Today's ratings, best score first; `answered` is the share of served residents who pressed.

    `barred`: how many presses the bars stand for, fewer than all where boards have different scales.
    """

    ratings: RatingsNow
    bars: tuple[Bar, ...]
    answered: float | None
    barred: int


@dataclass(frozen=True)
class Visits:
    """The last visits, of which office and day, and whose clock tells their times."""

    visits: tuple[VisitNow, ...]
    timezone: str
    office: str
    day: str


@dataclass(frozen=True)
class DataQuality:
    """What is missing from the figures above."""

    online: int
    lost: int
    unlinked: int
    unreadable: int
    hotline: str


@dataclass(frozen=True)
class Counters:
    """What each counter does. `sign_in`: the office demands that a clerk signs in."""

    counters: tuple[CounterNow, ...]
    sign_in: bool = False
    office: str = ""


@dataclass(frozen=True)
class Alerts:
    """What somebody should look at now, what nobody has acknowledged first. `may_acknowledge`: this person may."""

    office: str
    alerts: tuple[AlertNow, ...]
    may_acknowledge: bool
    timezone: str

    @property
    def fresh(self) -> int:
        """How many nobody has acknowledged."""
        return sum(one.acknowledged_ms is None for one in self.alerts)


@dataclass(frozen=True)
class ToDos:
    """What had best be done now, and where this person may go for it."""

    office: str
    items: tuple[ToDo, ...]
    may_look: bool
    may_see_devices: bool


@dataclass(frozen=True)
class Trend:
    """The day beside a usual one: how many wait, and how long."""

    trend: DayTrend
    waiting: Plot
    waits: Plot


Section = Alerts | ToDos | Trend | Headline | tuple[Queue, ...] | Counters | Satisfaction | Visits | DataQuality


def sections(office: OfficeNow, person: Person) -> dict[str, Section]:
    """The sections that this person may see, in their order, by the name of their template."""
    queues = tuple(
        Queue(service, wait_level(service.oldest_ms, office.now_ms, service.target_wait_s))
        for service in office.services
    )
    shown: dict[str, Section] = {}
    if person.may(Permission.SEE_ALERTS):
        shown["alerts"] = alerts(office, person)
    shown["headline"] = headline(queues, office)
    if person.may(Permission.SEE_ALERTS):
        may_look, may_see_devices = person.may(Permission.SEE_VISITS), person.may(Permission.SEE_DEVICES)
        shown["to_do"] = ToDos(office.id, what_to_do(office), may_look, may_see_devices)
    shown["queues"] = queues
    if person.may(Permission.SEE_RATINGS):
        shown["satisfaction"] = satisfaction(office.ratings)
    if office.trend is not None and person.may(Permission.SEE_VISITS):
        shown["trend"] = trend(office.trend)
    shown["counters"] = Counters(counters_for(person, office.counters), office.sign_in_required, office.id)
    if person.may(Permission.SEE_VISITS):
        shown["visits"] = Visits(office.visits, office.timezone, office.id, office.day)
        shown["quality"] = DataQuality(
            office.devices_online, office.devices_lost, office.unlinked, office.unreadable, office.hotline
        )
    return shown


def alerts(office: OfficeNow, person: Person) -> Alerts:
    """The alerts that are open."""
    in_order = sorted(office.alerts, key=lambda one: (one.acknowledged_ms is not None, one.id))
    return Alerts(office.id, tuple(in_order), person.may(Permission.ACKNOWLEDGE_ALERTS), office.timezone)


def counters_for(person: Person, counters: tuple[CounterNow, ...]) -> tuple[CounterNow, ...]:
    """Which counters are staffed everybody may see; by whom, only those who see who was served."""
    if person.may(Permission.SEE_VISITS):
        return counters
    return tuple(replace(counter, clerk=None) for counter in counters)


def headline(queues: tuple[Queue, ...], office: OfficeNow) -> Headline:
    """The worst level of all queues, and the names of the queues that have it; how the day ends, where it does."""
    counters, closing = office.counters, office.closing
    level = min((queue.level for queue in queues), key=WORST_FIRST.index, default=WaitLevel.NONE)
    worst = sorted(
        (queue.service for queue in queues if queue.level is level and queue.service.oldest_ms is not None),
        key=lambda service: service.oldest_ms or 0,
    )
    oldest = min(
        (queue.service for queue in queues if queue.service.oldest_ms is not None),
        key=lambda service: service.oldest_ms or 0,
        default=None,
    )
    return Headline(
        level=level,
        where=tuple(service.name for service in worst),
        waiting=sum(queue.service.waiting for queue in queues),
        oldest_ms=oldest.oldest_ms if oldest else None,
        oldest_at=oldest.name if oldest else None,
        serving=sum(counter.state == "serving" for counter in counters),
        open=sum(counter.state != "closed" for counter in counters),
        counters=len(counters),
        served_today=sum(counter.served_today for counter in counters),
        closing=closing if closing is not None and (closing.until_ms is not None or closing.ended) else None,
        timezone=office.timezone,
    )


def satisfaction(ratings: RatingsNow) -> Satisfaction:
    """The bars, as shares of the presses that they stand for."""
    by_score = ratings.by_score or ()
    barred = sum(by_score)
    bars = tuple(Bar(score, n, n / barred) for score, n in sorted(enumerate(by_score, start=1), reverse=True))
    return Satisfaction(ratings, bars, ratings.rated / ratings.served if ratings.served else None, barred)


def trend(its: DayTrend) -> Trend:
    """The two drawings. What is true now stands where its moment is."""
    labels = [clock_of(one.begins_min) for one in its.halves]
    place = 0.0 if not its.halves else (its.now_min - its.halves[0].begins_min) / HALF_HOUR_MIN
    drawn = any(one.waiting is not None for one in its.halves)
    waiting = plot(
        labels,
        {
            "usual": [None if one.usual_waiting is None else one.usual_waiting.middle for one in its.halves],
            "today": [one.waiting for one in its.halves],
        },
        {"usual": [ends(one.usual_waiting) for one in its.halves]},
        more=("today", place, its.waiting_now) if drawn else None,
    )
    waits = plot(
        labels,
        {
            "usual": [None if one.usual_wait_min is None else one.usual_wait_min.middle for one in its.halves],
            "today": [one.wait_min for one in its.halves],
        },
        {"usual": [ends(one.usual_wait_min) for one in its.halves]},
    )
    return Trend(its, waiting, waits)


def ends(band: Band | None) -> tuple[float, float] | None:
    """From where to where."""
    return None if band is None else (band.low, band.high)
