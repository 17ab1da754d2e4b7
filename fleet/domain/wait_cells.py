"""What is kept of the visits of a day for the statistics of waiting: cells by service, counter and hour.

A visit belongs to the hour in which its resident began to wait, and to the service that it was for. Its wait is what
the linker says: from the number, or from being sent on, to this call. Its service goes from the call to the end; the
total is both. Of somebody who did not come when called nothing is known but that: how long the resident had waited
before leaving, nobody saw. Where no end was seen
(`unfinished`) there is no service time.

Cells are sums over visits, so a visit that changed is taken out as it was and put in as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.domain.linked import VisitSeen
from fleet.domain.times import Times, times

RULES = 2
# Raise it when the same visits would be counted otherwise: days are counted anew.

NO_SHOW = "no_show"
NO_END = (NO_SHOW, "unfinished")
Place = tuple[str, str, int]
# A service ('' where a scan opened the visit), a counter, an hour.
SPANS = ("day", "month", "year")
PARTS = ("all", "service", "counter", "hour")
MIX = "mix"
# By service and hour together, `service/08`: of months and years only, since a day has its cells.
NONE = Times()


@dataclass(frozen=True)
class Cell:
    """Visits added up. `finished` ended with a finish; `rated` of these were rated; `no_shows` did not come."""

    visits: int = 0
    no_shows: int = 0
    finished: int = 0
    rated: int = 0
    wait: Times = NONE
    service: Times = NONE
    total: Times = NONE

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            self.visits + other.visits,
            self.no_shows + other.no_shows,
            self.finished + other.finished,
            self.rated + other.rated,
            self.wait + other.wait,
            self.service + other.service,
            self.total + other.total,
        )

    def __sub__(self, other: "Cell") -> "Cell":
        return Cell(
            self.visits - other.visits,
            self.no_shows - other.no_shows,
            self.finished - other.finished,
            self.rated - other.rated,
            self.wait - other.wait,
            self.service - other.service,
            self.total - other.total,
        )


NOTHING = Cell()


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of time and a part of an office: the service, counter or hour `key`, or both, or all of it ('')."""

    span: str
    begins: str
    part: str
    key: str


def cell_of(visit: VisitSeen) -> Cell:
    """What one visit adds."""
    came = visit.outcome != NO_SHOW
    wait_ms = visit.wait_ms if came else None
    ended_ms = None if visit.outcome in NO_END else visit.finished_ms
    service_ms = None if ended_ms is None else max(0, ended_ms - visit.called_ms)
    both_ms = None if wait_ms is None or service_ms is None else wait_ms + service_ms
    return Cell(
        visits=1,
        no_shows=int(not came),
        finished=int(visit.finish is not None),
        rated=int(visit.finish is not None and visit.rated),
        wait=times(() if wait_ms is None else (wait_ms,)),
        service=times(() if service_ms is None else (service_ms,)),
        total=times(() if both_ms is None else (both_ms,)),
    )


def place_of(visit: VisitSeen, zone: ZoneInfo) -> Place:
    """The cell of a day that a visit belongs to."""
    began_ms = visit.called_ms - (visit.wait_ms or 0)
    hour = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=began_ms)).astimezone(zone).hour
    return visit.about or visit.service or "", visit.counter, hour


def cells_of(visits: Iterable[VisitSeen], timezone: str) -> dict[Place, Cell]:
    """The cells of a day of which these are all visits."""
    return changes((), visits, timezone)


def changes(was: Iterable[VisitSeen], now: Iterable[VisitSeen], timezone: str) -> dict[Place, Cell]:
    """What is to be added to the cells of a day on which some visits were these, and are those now."""
    zone = ZoneInfo(timezone)
    found: dict[Place, Cell] = {}
    for visit in now:
        place = place_of(visit, zone)
        found[place] = found.get(place, Cell()) + cell_of(visit)
    for visit in was:
        place = place_of(visit, zone)
        found[place] = found.get(place, Cell()) - cell_of(visit)
    return {place: cell for place, cell in found.items() if cell != Cell()}


def sums_of(day: str, cells: dict[Place, Cell]) -> dict[Slot, Cell]:
    """What cells of a day add to its day, month and year: as a whole, and by service, counter and hour."""
    parts: dict[tuple[str, str], Cell] = {}
    for (service, counter, hour), cell in cells.items():
        names = (("all", ""), ("service", service), ("counter", counter), ("hour", f"{hour:02d}"))
        for name in (*names, (MIX, mix_of(service, hour))):
            parts[name] = parts.get(name, Cell()) + cell
    return {
        Slot(span, begin(span, day), part, key): cell
        for (part, key), cell in parts.items()
        if cell != Cell()
        for span in SPANS
        if (span, part) != ("day", MIX)
    }


def mix_of(service: str, hour: int) -> str:
    """The key of a service and hour together."""
    return f"{service}/{hour:02d}"


def begin(span: str, day: str) -> str:
    """The first day of the stretch that this ISO date lies in."""
    return {"day": day, "month": f"{day[:7]}-01", "year": f"{day[:4]}-01-01"}[span]
