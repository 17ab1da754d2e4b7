"""The trend of an office's day; what is usual on its weekday is read once a day, and the day itself when it changed."""

from dataclasses import replace
from datetime import date, timedelta

from fleet.domain.day import bounds, day_of
from fleet.domain.day_trend import MIN_MS, NOW_STEP_MIN, DayTrend, PastWaits, Usual, trend_of, usual_of
from fleet.domain.office_now import OfficeNow
from fleet.flows.past_days import Kept
from fleet.flows.watch import office_now
from fleet.store import day_waits
from fleet.store.database import Store

WEEKS = 8
REMEMBERED = 256
# Offices that one server shows at a time; each takes a few KB.


class Trends:
    """The trends of all offices of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.usual: Kept[str, tuple[object, Usual]] = Kept(REMEMBERED)
        self.known: Kept[str, tuple[object, DayTrend]] = Kept(REMEMBERED)

    def look(self, office: str, now_ms: int) -> OfficeNow:
        """An office now, with its trend. Raises UnknownOffice."""
        now = office_now(self.store, office, now_ms)
        return replace(now, trend=self.trend(office, now.timezone, now_ms))

    def trend(self, office: str, timezone: str, now_ms: int) -> DayTrend:
        """The day up to now beside a usual one."""
        day = day_of(now_ms, timezone)
        start_ms, _ = bounds(day, timezone)
        now_min = (now_ms - start_ms) / MIN_MS
        today = date.fromisoformat(day)
        before = [(today - timedelta(weeks=week)).isoformat() for week in range(1, WEEKS + 1)]
        with self.store.reading() as connection:
            linked = day_waits.linked(connection, office, [day, *before])
            past = (day, tuple(sorted((one, mark) for one, mark in linked.items() if one != day)))
            usual = self.usual.get(office)
            if usual is None or usual[0] != past:
                read = day_waits.waits(connection, office, [one for one in linked if one != day])
                usual = (
                    past,
                    usual_of([PastWaits(one, in_minutes(of_day, one, timezone)) for one, of_day in read.items()]),
                )
                self.usual.keep(office, usual)
            mark = (past, linked.get(day), int(now_min // NOW_STEP_MIN))
            known = self.known.get(office)
            if known is None or known[0] != mark:
                waits = in_minutes(day_waits.waits(connection, office, [day]).get(day, []), day, timezone)
                since = [(ms - start_ms) / MIN_MS for ms in day_waits.waiting_since(connection, office, day)]
                known = mark, trend_of(usual[1], waits, since, now_min, today.isoweekday())
                self.known.keep(office, known)
        return known[1]


def in_minutes(waits: list[tuple[int, int]], day: str, timezone: str) -> tuple[tuple[float, float], ...]:
    """(from when, until called) in minutes since the day began."""
    start_ms, _ = bounds(day, timezone)
    return tuple(((began - start_ms) / MIN_MS, (called - start_ms) / MIN_MS) for began, called in waits)
