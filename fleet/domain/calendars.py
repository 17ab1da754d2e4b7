"""When an office is open: sessions of the day, closures, days made up, days without appointments.

Rules stand at the office or at what is above it. The weekly hours are those of the nearest unit that has any on that
day; closures and openings of single days are applied from the farthest unit to the nearest, so that the nearest has the
last word; at one unit, an opening goes before a closure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from fleet.domain import holidays
from fleet.domain.periods import ONE_DAY

VIET_NAM = "Asia/Ho_Chi_Minh"
MINUTE_MS = 60_000
SEARCHED_DAYS = 400
# An office that opens on no day of a year opens on none.


class RuleKind(StrEnum):
    """What a rule says of its days."""

    WEEK = "week"
    CLOSED = "closed"
    OPEN = "open"
    NO_APPOINTMENTS = "no_appointments"


@dataclass(frozen=True)
class Session:
    """A stretch of the day in which people are served, in minutes since midnight."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Rule:
    """What a unit does on some days: from `first` to `last`, both among them, and on these weekdays (1 is Monday).

    `session` alone names a session that is closed; `like` is the weekday whose hours an open day has.
    """

    kind: RuleKind
    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    session: str = ""
    start: int | None = None
    end: int | None = None
    like: int | None = None
    note: str = ""

    def covers(self, day: date) -> bool:
        """Whether this day is among its days."""
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (not self.weekdays or day.isoweekday() in self.weekdays)
        )


@dataclass(frozen=True)
class Placed:
    """A rule at a distance from the office (0: its own), which holds while the office stands under that unit."""

    distance: int
    rule: Rule
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the rule says something of this day, and of this office."""
        return (
            (self.since is None or self.since <= day)
            and (self.until is None or day < self.until)
            and self.rule.covers(day)
        )

    def holds(self, day: date) -> bool:
        """As `covers`, whatever weekday it is: weekly hours of a Friday say that a Monday has none."""
        return (
            (self.since is None or self.since <= day)
            and (self.until is None or day < self.until)
            and (self.rule.first is None or self.rule.first <= day)
            and (self.rule.last is None or day <= self.rule.last)
        )


@dataclass(frozen=True)
class DayPlan:
    """One day of an office: its sessions in order, why it differs from others, and whether appointments are made."""

    day: date
    sessions: tuple[Session, ...]
    notes: tuple[str, ...] = ()
    appointments: bool = True


MORNING, AFTERNOON = Session("morning", 7 * 60 + 30, 11 * 60 + 30), Session("afternoon", 13 * 60 + 30, 17 * 60)
USUAL = tuple(
    Rule(RuleKind.WEEK, weekdays=(1, 2, 3, 4, 5), session=one.name, start=one.start, end=one.end)
    for one in (MORNING, AFTERNOON)
)
# The hours of most authorities, where nobody has imported others.


class Calendar:
    """The calendar of one office. Moments are UTC milliseconds, days are dates of its time zone."""

    def __init__(self, rules: Sequence[Placed] = (), timezone: str = VIET_NAM) -> None:
        self.zone = ZoneInfo(timezone)
        self.is_known = bool(rules)  # somebody has said when it is open; otherwise the usual hours are a guess
        far = 1 + max((one.distance for one in rules), default=0)
        self.weeks = [one for one in rules if one.rule.kind == RuleKind.WEEK]
        self.weeks += [Placed(far, rule) for rule in USUAL]
        kinds = (RuleKind.OPEN, RuleKind.CLOSED)
        self.single = sorted((one for one in rules if one.rule.kind in kinds), key=lambda one: -one.distance)
        self.without = [one for one in rules if one.rule.kind == RuleKind.NO_APPOINTMENTS]
        self.plans: dict[date, DayPlan] = {}

    def plan(self, day: date) -> DayPlan:
        """All that is to be said of a day."""
        if day not in self.plans:
            self.plans[day] = self.planned(day)
        return self.plans[day]

    def sessions(self, day: date) -> tuple[Session, ...]:
        """When the office is open on this day; nothing if it is closed."""
        return self.plan(day).sessions

    def is_working_day(self, day: date) -> bool:
        """Whether it is open at all."""
        return bool(self.sessions(day))

    def is_open(self, at_ms: int) -> bool:
        """Whether people are served at this moment."""
        day = datetime.fromtimestamp(at_ms / 1000, self.zone).date()
        return any(start <= at_ms < end for start, end in self.spans(day))

    def next_working_days(self, day: date, count: int) -> list[date]:
        """So many working days after this one; fewer if there are no more within a year."""
        found: list[date] = []
        for _ in range(SEARCHED_DAYS):
            day += ONE_DAY
            if len(found) == count:
                break
            if self.is_working_day(day):
                found.append(day)
        return found

    def last_working_days(self, day: date, count: int) -> list[date]:
        """The last working days up to this one, the oldest first."""
        found: list[date] = []
        for _ in range(SEARCHED_DAYS):
            if len(found) == count:
                break
            if self.is_working_day(day):
                found.append(day)
            day -= ONE_DAY
        return found[::-1]

    def working_minutes_between(self, from_ms: int, to_ms: int) -> float:
        """How long the office was open between two moments."""
        first, last = (datetime.fromtimestamp(ms / 1000, self.zone).date() for ms in (from_ms, to_ms))
        total_ms = 0
        for n in range((last - first).days + 1):
            for start, end in self.spans(first + n * ONE_DAY):
                total_ms += max(0, min(end, to_ms) - max(start, from_ms))
        return total_ms / MINUTE_MS

    def closes_ms(self, day: date) -> int | None:
        """The end of this day's work; None if there is none."""
        return max((end for _, end in self.spans(day)), default=None)

    def spans(self, day: date) -> Iterator[tuple[int, int]]:
        """The sessions of a day as moments."""
        for session in self.sessions(day):
            yield self.moment(day, session.start), self.moment(day, session.end)

    def moment(self, day: date, minute: int) -> int:
        midnight = datetime(day.year, day.month, day.day)
        return int((midnight + timedelta(minutes=minute)).replace(tzinfo=self.zone).timestamp() * 1000)

    def planned(self, day: date) -> DayPlan:
        """Weekly hours, then public holidays, then what units say of this day, the nearest last."""
        off, instead = holidays.holidays(day.year).get(day), holidays.worked(day.year).get(day)
        sessions, notes = self.week_of(day, day.isoweekday()), []
        if off is not None:
            sessions, notes = (), [off]
        elif instead is not None:
            sessions = self.week_of(day, instead.isoweekday())
        ruling = [one for one in self.single if one.covers(day)]
        for distance in sorted({one.distance for one in ruling}, reverse=True):
            rules = [one.rule for one in ruling if one.distance == distance]
            closed = [rule for rule in rules if rule.kind == RuleKind.CLOSED]
            opened = [rule for rule in rules if rule.kind == RuleKind.OPEN]
            names = {rule.session for rule in closed}
            if closed:
                sessions = () if "" in names else tuple(one for one in sessions if one.name not in names)
            if opened:
                sessions = joined([one for rule in opened for one in self.opened(day, rule)])
            notes += [rule.note for rule in rules if rule.note]
        without = [one.rule for one in self.without if one.covers(day)]
        notes += [rule.note for rule in without if rule.note]
        return DayPlan(day, sessions, tuple(dict.fromkeys(notes)), not without)

    def week_of(self, day: date, weekday: int) -> tuple[Session, ...]:
        """The hours of a weekday in the week that holds on this day."""
        holding = [one for one in self.weeks if one.holds(day)]
        nearest = min(one.distance for one in holding)
        rules = [one.rule for one in holding if one.distance == nearest and weekday in one.rule.weekdays]
        return joined([session_of(rule) for rule in rules])

    def opened(self, day: date, rule: Rule) -> Sequence[Session]:
        if rule.start is not None:
            return [session_of(rule)]
        return self.week_of(day, rule.like or day.isoweekday())


def session_of(rule: Rule) -> Session:
    return Session(rule.session, rule.start or 0, rule.end or 0)


def joined(sessions: Sequence[Session]) -> tuple[Session, ...]:
    """In order, and those that overlap made one: nobody is open twice."""
    found: list[Session] = []
    for one in sorted(sessions, key=lambda one: (one.start, one.end)):
        if found and one.start < found[-1].end:
            found[-1] = Session(found[-1].name, found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return tuple(found)
