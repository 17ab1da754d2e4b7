"""Look back at an office: waits, visits and ratings of a period, of all of it or a part, beside earlier periods.

Read from sums: those of days, months and years where one part is asked for, and by day, service, counter and hour where
several are; of the latter no more than `DETAIL_AT_MOST` at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain import periods
from fleet.domain.day import day_of
from fleet.domain.history import (
    HOURS,
    STEPS,
    Heat,
    History,
    Look,
    Rated,
    Wanted,
    a_year_before,
    alike,
    rated_of,
    steps_of,
)
from fleet.domain.named_periods import Length, Period, holding
from fleet.domain.periods import cover, days
from fleet.domain.shown_ratings import Scale, shown_of_nodes
from fleet.domain.wait_cells import NOTHING, Cell
from fleet.domain.waits import WaitRow, durations, row_of
from fleet.flows.reading_waits import TARGET_S, add_up
from fleet.flows.satisfaction import parts_of
from fleet.flows.shown_ratings import months_of, nodes_of
from fleet.flows.watch import UnknownOffice
from fleet.store import history as sums
from fleet.store import places
from fleet.store.database import Store
from fleet.store.wait_cells import cell_of_numbers

DETAIL_AT_MOST = 20_000
# Rows; they are added up in less than a second.
RATED_PARTS = (Length.MONTH, Length.QUARTER)
# Ratings of a service or counter are read one by one: those of a year are too many for a page.

Keyed = dict[str, dict[str, Cell]]
# By what is told one by one, and within it by service ('' where that is not known).


class TooMuchDetail(Exception):
    """The period has more details than are added up for a page."""


def look_back(store: Store, office: str, wanted: Wanted, now_ms: int) -> History:
    """The history of an office. Raises UnknownOffice and TooMuchDetail."""
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None:
            raise UnknownOffice(office)
        today = date.fromisoformat(day_of(now_ms, place.timezone))
        services = {one.id: one for one in places.services(connection, office)}
        reading = Reading(connection, office, {id: one.target_wait_s * 1000 for id, one in services.items()})
        period = wanted.period
        this = period.until(today)
        before, year = period.before(), a_year_before(period)
        others = [one if this.days == period.days else alike(one, this.days) for one in (before, year)]
        by = STEPS[period.length]
        pieces, earlier = (steps_of(one, by) if by != "hour" else [] for one in (this, others[0]))
        rows = reading.rows(wanted, [this, *others, *pieces, *earlier])
        if by == "hour":
            steps, steps_before = (reading.by_hour(wanted, one) for one in (this, others[0]))
        else:
            steps, steps_before = rows[3 : 3 + len(pieces)], rows[3 + len(pieces) :]
        if by == "day":
            steps, steps_before = ([row for row in one if row.visits] for one in (steps, steps_before))
        rated = [ratings_of(connection, office, one, today, wanted) for one in (period, before, year)]
        looks = [
            Look(named, its.last, row, score)
            for named, its, row, score in zip((period, before, year), (this, *others), rows, rated, strict=False)
        ]
        rated_by, rated_steps = rated_steps_of(connection, office, wanted, today)
        return History(
            office=office,
            name=place.name,
            wanted=wanted,
            target_s=reading.target_s(wanted),
            this=looks[0],
            before=looks[1],
            last_year=looks[2],
            by=by,
            steps=tuple(steps),
            steps_before=tuple(steps_before),
            heat=reading.heat(wanted, this),
            of_services=reading.parts(wanted, this, "service"),
            of_counters=reading.parts(wanted, this, "counter"),
            rated_by=rated_by,
            rated=rated_steps,
            services={one.id: one.name for one in services.values()},
            counters={one.id: one.name for one in places.counters(connection, office)},
        )


class Reading:
    """Reads an office's sums. `targets` are those of its services in milliseconds."""

    def __init__(self, connection: Connection, office: str, targets: Mapping[str, int]) -> None:
        self.connection = connection
        self.office = office
        self.targets = targets
        known = set(targets.values()) or {TARGET_S * 1000}
        self.one_target = known.pop() if len(known) == 1 else None

    def target_s(self, wanted: Wanted) -> int | None:
        """The target of what is wanted; None where services have different ones."""
        ms = self.targets.get(wanted.service, self.one_target) if wanted.service else self.one_target
        return None if ms is None else ms // 1000

    def rows(self, wanted: Wanted, pieces: Sequence[periods.Period]) -> list[WaitRow]:
        """What is said of each of these periods."""
        parts = sum(one not in ("", None) for one in (wanted.service, wanted.counter, wanted.hour))
        if parts <= 1:
            part, key = self.part_of(wanted)
            found = self.add_up(part, key, wanted.weekday, pieces, lambda its: its if part == "service" else "")
        else:
            found = [self.detailed(wanted, piece, lambda row: "").get("", {}) for piece in pieces]
        return [self.row(piece.first.isoformat(), its) for piece, its in zip(pieces, found, strict=True)]

    def part_of(self, wanted: Wanted) -> tuple[str, str | None]:
        """The part of the sums that says this, and its key there; None: all of them."""
        if wanted.counter:
            return "counter", wanted.counter
        if wanted.hour is not None:
            return "hour", f"{wanted.hour:02d}"
        if wanted.service:
            return "service", wanted.service
        return ("all", "") if self.one_target is not None else ("service", None)

    def add_up(
        self,
        part: str,
        key: str | None,
        weekday: int | None,
        pieces: Sequence[periods.Period],
        name: Callable[[str], str],
    ) -> list[dict[str, Cell]]:
        """For each of these periods its sums, under the name of their key."""
        signs: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for at, piece in enumerate(pieces):
            for span, begins, sign in stretches(piece, weekday):
                signs[span][begins].append((at, sign))
        found: list[dict[str, list[int]]] = [{} for _ in pieces]
        for span, wanted in signs.items():
            for begins, its, numbers in sums.sums(self.connection, self.office, span, part, wanted, key):
                for at, sign in wanted[begins]:
                    added = found[at].setdefault(name(its), [0] * len(numbers))
                    for place, number in enumerate(numbers):
                        added[place] += sign * number
        return [{its: cell_of_numbers(numbers) for its, numbers in one.items()} for one in found]

    def detailed(
        self, wanted: Wanted, piece: periods.Period, name: Callable[[tuple[str, str, str, int]], str]
    ) -> Keyed:
        """The details of a period under these names, by service. Raises TooMuchDetail."""
        span = (piece.first.isoformat(), piece.last.isoformat())
        rows = sums.detail(
            self.connection, self.office, span, wanted.service, wanted.counter, wanted.hour, DETAIL_AT_MOST + 1
        )
        if len(rows) > DETAIL_AT_MOST:
            raise TooMuchDetail
        found: dict[str, dict[str, list[int]]] = defaultdict(dict)
        for day, service, counter, hour, numbers in rows:
            if wanted.weekday in (None, date.fromisoformat(day).isoweekday()):
                its = found[name((day, service, counter, hour))]
                its[service] = [a + b for a, b in zip(its.get(service, [0] * len(numbers)), numbers, strict=True)]
        return {key: {service: cell_of_numbers(one) for service, one in its.items()} for key, its in found.items()}

    def row(self, key: str, cells: Mapping[str, Cell]) -> WaitRow:
        """What is said of cells by service; '' where it is not known of which."""
        whole = add_up(cells.values())
        return row_of(key, whole, self.within(cells, whole))

    def within(self, cells: Mapping[str, Cell], whole: Cell) -> int | None:
        """How many waited no longer than the target of their service; None where that is not known."""
        if self.one_target is not None:
            return whole.wait.within(self.one_target)
        if "" in cells and cells[""].wait.n:
            return None
        return sum(cell.wait.within(self.targets.get(service, TARGET_S * 1000)) for service, cell in cells.items())

    def by_hour(self, wanted: Wanted, day: periods.Period) -> list[WaitRow]:
        """A day by hour; it is one day, so its details are few."""
        found = self.detailed(wanted, day, lambda row: f"{row[3]:02d}")
        return [self.row(hour, found[hour]) for hour in sorted(found)]

    def heat(self, wanted: Wanted, piece: periods.Period) -> tuple[tuple[Heat, ...], ...] | None:
        """By weekday and hour, of all weekdays and hours; None where there is too much detail."""
        if piece.days < 7:
            return None
        found: dict[tuple[int, int], dict[str, Cell]] = {}
        if wanted.service or wanted.counter or self.one_target is None:
            every = Wanted(wanted.period, wanted.service, wanted.counter)
            try:
                its = self.detailed(every, piece, lambda row: f"{date.fromisoformat(row[0]).isoweekday()} {row[3]}")
            except TooMuchDetail:
                return None
            found = {(int(key[0]), int(key[2:])): cells for key, cells in its.items()}
        else:
            for weekday in range(1, 8):
                (hours,) = self.add_up("hour", None, weekday, [piece], str)
                found |= {(weekday, int(hour)): {"": cell} for hour, cell in hours.items()}
        return tuple(tuple(self.heat_of(found.get((weekday, hour), {})) for hour in HOURS) for weekday in range(1, 8))

    def heat_of(self, cells: Mapping[str, Cell]) -> Heat:
        """An hour of a weekday."""
        whole = add_up(cells.values())
        its = durations(whole.wait, self.within(cells, whole))
        return Heat(whole.visits, its.p90_s, its.within)

    def parts(self, wanted: Wanted, piece: periods.Period, part: str) -> tuple[WaitRow, ...] | None:
        """By service or counter, as far as nothing of the kind is chosen; None where there is too much detail."""
        if getattr(wanted, part):
            return ()
        other = wanted.counter if part == "service" else wanted.service
        if other or wanted.hour is not None or (part == "counter" and self.one_target is None):
            try:
                found = self.detailed(wanted, piece, lambda row: row[1] if part == "service" else row[2])
            except TooMuchDetail:
                return None
        else:
            (its,) = self.add_up(part, None, wanted.weekday, [piece], str)
            found = {key: {key if part == "service" else "": cell} for key, cell in its.items() if cell != NOTHING}
        return tuple(self.row(key, found[key]) for key in sorted(found))


def stretches(piece: periods.Period, weekday: int | None) -> Iterable[tuple[str, str, int]]:
    """Whole stretches that make a period, or its days of a weekday."""
    if weekday is None:
        return [(stretch.span, stretch.begins.isoformat(), sign) for stretch, sign in cover(piece).items()]
    return [("day", one.first.isoformat(), 1) for one in days(piece) if one.first.isoweekday() == weekday]


def ratings_of(connection: Connection, office: str, period: Period, today: date, wanted: Wanted) -> Rated | None:
    """The ratings of a whole period, of days that are over; None where they are not told of such a part."""
    if wanted.weekday is not None or wanted.hour is not None:
        return None
    until = min(period.last, today - timedelta(days=1))
    if not (wanted.service or wanted.counter):
        return of_period(connection, office, period, until)
    if period.length not in RATED_PARTS or (wanted.service and wanted.counter):
        return None
    by = "service" if wanted.service else "counter"
    key = wanted.service or wanted.counter
    span = (period.first.isoformat(), until.isoformat())
    for part in parts_of(connection, (office,), *span, period.length, by) if until >= period.first else ():
        if part.key == key:
            cell = max(part.cells, key=lambda one: one.n)
            return Rated(str(period), cell.n, cell.share, cell.low, cell.high)
    return Rated(str(period))


def of_period(connection: Connection, office: str, period: Period, until: date) -> Rated:
    """The ratings of a period: groups of its days, and from a month on of what these left over."""
    kept = months_of(connection, [office], period.first, until)[office]
    if period.length in (Length.DAY, Length.WEEK):
        return rated_of(str(period), by_scale(one for its in kept.values() for one in its.days))
    shown = shown_of_nodes(nodes_of(kept, period.length))
    return rated_of(str(period), {scale: (one.positive, one.n) for scale, one in shown.items()})


def rated_steps_of(connection: Connection, office: str, wanted: Wanted, today: date) -> tuple[str, tuple[Rated, ...]]:
    """The ratings of a period step by step: a year or quarter by months, a month by weeks; a part of an office not."""
    period, until = wanted.period, min(wanted.period.last, today - timedelta(days=1))
    if wanted.is_part or until < period.first or period.length in (Length.DAY, Length.WEEK):
        return "", ()
    kept = months_of(connection, [office], period.first, until)[office]
    if period.length == Length.MONTH:
        weeks: dict[str, list[tuple[str, Scale, int, int]]] = defaultdict(list)
        for one in (one for its in kept.values() for one in its.days):
            weeks[str(holding(Length.WEEK, date.fromisoformat(one[0])))].append(one)
        return "week", tuple(rated_of(week, by_scale(weeks[week])) for week in sorted(weeks))
    found = []
    for month in sorted(kept):
        shown = shown_of_nodes(nodes_of({month: kept[month]}, Length.MONTH))
        found.append(rated_of(month, {scale: (one.positive, one.n) for scale, one in shown.items()}))
    return "month", tuple(found)


def by_scale(held: Iterable[tuple[str, Scale, int, int]]) -> dict[Scale, tuple[int, int]]:
    """What days have shown, added up."""
    found: dict[Scale, tuple[int, int]] = {}
    for _, scale, k, n in held:
        known = found.get(scale, (0, 0))
        found[scale] = (known[0] + k, known[1] + n)
    return found
