"""Offices, centres and communes of a unit side by side: waits, satisfaction, who rated, dossiers on time.

Read from sums (`count_waits`); of today nothing is told. All places are held to the same targets: for each service that
of most offices.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from fleet.domain.compared import Comparison
from fleet.domain.compared_places import KINDS, Compared, Places, View, places_of
from fleet.domain.comparing import Counted, Measure, WaitRow, shares, wait_row
from fleet.domain.named_periods import Length, Period
from fleet.domain.org_tree import Kind, Tree
from fleet.domain.periods import Period as Days
from fleet.domain.periods import cover, days, months
from fleet.domain.shown_ratings import Scale, Shown, Two, main_scale
from fleet.domain.standardising import Counts, alike_of_all, days_alike
from fleet.domain.times import Times
from fleet.domain.wait_cells import MIX
from fleet.domain.withholding import told_of_part, withheld
from fleet.flows.compare_on_time import on_time_of
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.reading_waits import TARGET_S
from fleet.flows.shown_ratings import shown_ratings
from fleet.flows.waits import UnknownUnit, offices_seen
from fleet.store import places as stored_places
from fleet.store import tree_parts, units, wait_cells
from fleet.store.database import Store

__all__ = ["KINDS", "LENGTHS", "UnknownUnit", "UnknownService", "compare", "units_compared"]

LENGTHS = (Length.MONTH, Length.QUARTER, Length.YEAR)
HOURS_TOGETHER = 2
# An hour of a service has too few people in a small office; two tell the rush from the quiet just as well.
LONGEST_BY_DAY = 100
# A year is looked at by month, to see how alike people of one time are.


class UnknownService(LookupError):
    """No place of the comparison has a service of this id."""

    def __init__(self, found: str) -> None:
        super().__init__(f"service: expected the id of one that a compared office has, found {found!r}")


@dataclass
class Stratum:
    """A service at some hours, at a place: how many were finished and rated, and how long people waited."""

    finished: int = 0
    rated: int = 0
    lanes: int = 0

    @property
    def times(self) -> Times:
        """How long."""
        return Times(self.lanes)


Strata = dict[str, dict[str, Stratum]]
# By place and stratum.


def compare(
    store: Store,
    unit: str,
    period: Period,
    now_ms: int,
    kind: Kind = Kind.OFFICE,
    view: View = View.NOW,
    service: str | None = None,
    only: frozenset[str] | None = None,
) -> Comparison:
    """The places of a kind below a unit in a period of these `LENGTHS`; of places whose offices are all in `only`.

    Raises UnknownUnit, UnknownService.
    """
    until = min(period.last, day_in_viet_nam(now_ms) - timedelta(days=1))
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        seen = offices_seen(tree, unit, period.last, only)
        found = seen_only(places_of(tree, unit, kind, period.first, period.last, view), only, seen.whole)
        reading = Reading(connection, found.found, period.first, until)
        if service is not None and service not in reading.services:
            raise UnknownService(service)
        strata, of_days = reading.strata(service), reading.of_days(service)
        within = reading.within(strata, of_days, service)
        told = {
            Measure.WITHIN: shares(Measure.WITHIN, within),
            Measure.RATED: shares(Measure.RATED, reading.rated(strata, of_days)),
        }
        scale: Scale | None = None
        others, by_scan = 0, tuple[str, ...]()
        if service is None:
            ratings, scale, others = reading.satisfied(period.length)
            told[Measure.SATISFIED] = shares(Measure.SATISFIED, ratings, rounded=True)
            dossiers, by_scan = on_time_of(connection, tree, unit, found.found, period, until, day_in_viet_nam(now_ms))
            told[Measure.ON_TIME] = shares(Measure.ON_TIME, dossiers)
        return Comparison(
            unit=unit,
            name=tree.units[unit][-1].name,
            period=period,
            until=until,
            kind=kind,
            view=view,
            service=service,
            services=tuple(sorted(reading.services.items(), key=lambda one: (one[1], one[0]))),
            places=found.found,
            left_out=found.left_out,
            target_s=reading.target_s(service),
            levels=None if scale is None else scale[1],
            other_ratings=others,
            by_scan=by_scan,
            waits=waits(strata, {one.place: one.days for one in within}),
            shares={measure: told[measure] for measure in Measure if measure in told},
        )


def units_compared(store: Store, now_ms: int) -> list[tuple[str, str]]:
    """(id, name) of the units of today with two offices or more below them, those with most of the tree below first."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        tree = Tree(units.nodes(connection))
    offices: Counter[str] = Counter()
    for one in tree.units:
        above = tree.path(one, today)
        if above and above[0].kind == Kind.OFFICE:
            offices.update(node.id for node in above[1:])
    named = [(tree.at(one, today), one) for one in tree.units if offices[one] > 1]
    return [(one, node.name) for node, one in named if node is not None]


def seen_only(found: Places, only: frozenset[str] | None, seen: Iterable[str]) -> Places:
    """The places whose offices may all be seen."""
    if only is None:
        return found
    known = {*only, *seen}
    whole = tuple(one for one in found.found if known.issuperset(one.offices))
    return Places(whole, tuple(one for one in found.left_out if one in known))


def waits(strata: Strata, days_of: Mapping[str, Sequence[Counts]]) -> tuple[WaitRow, ...]:
    """How long people of each place waited; of places of few nothing."""
    times = {place: {key: one.times for key, one in its.items()} for place, its in strata.items()}
    n = {place: sum(one.n for one in its.values()) for place, its in times.items()}
    few = withheld(n)
    held = {place: its for place, its in times.items() if n[place] and place not in few}
    common: Counter[str] = Counter()
    for its in held.values():
        common.update({key: one.n for key, one in its.items()})
    for_all = alike_of_all([days_of[place] for place in held])
    rows = []
    for place, its in held.items():
        own = days_alike(days_of[place])
        rows.append(wait_row(place, its, common, for_all if own is None else own))
    return tuple(rows)


class Reading:
    """Reads the sums of places in one transaction."""

    def __init__(self, connection: Connection, places: Sequence[Compared], first: date, until: date) -> None:
        self.connection = connection
        self.places = places
        self.period = Days(first, until)
        self.place_of = {office: place.id for place in places for office in place.offices}
        self.offices = sorted(self.place_of)
        targets: dict[str, list[int]] = defaultdict(list)
        self.services: dict[str, str] = {}
        for office in self.offices:
            for one in stored_places.services(connection, office):
                targets[one.id].append(one.target_wait_s)
                self.services.setdefault(one.id, one.name)
        self.targets = {service: most_of(found) for service, found in targets.items()}

    def target_s(self, service: str | None) -> int | None:
        """The target of a service, or of all if it is the same."""
        if service is not None:
            return self.targets[service]
        known = set(self.targets.values()) or {TARGET_S}
        return known.pop() if len(known) == 1 else None

    def strata(self, service: str | None) -> Strata:
        """What each place had, by service and hours; of one service where that and the others may be told."""
        found: Strata = {place.id: {} for place in self.places}
        for row, sign in self.mixed():
            its, _, hour = row.key.rpartition("/")
            key = f"{its}/{int(hour) // HOURS_TOGETHER * HOURS_TOGETHER:02d}"
            known = found[self.place_of[row.office]].setdefault(key, Stratum())
            known.finished += sign * row.finished
            known.rated += sign * row.rated
            known.lanes += sign * row.lanes
        return found if service is None else {place: of_service(its, service) for place, its in found.items()}

    def mixed(self) -> Iterable[tuple[wait_cells.Waited, int]]:
        """The sums by service and hour of the period, and whether each is added (1) or taken out (-1)."""
        if self.period.days < 1:
            return
        signs: dict[str, dict[str, int]] = defaultdict(dict)
        for stretch, sign in cover(self.period).items():
            signs[stretch.span][stretch.begins.isoformat()] = sign
        for span, begins in signs.items():
            if span == "day":
                rows = wait_cells.waited_of_days(self.connection, self.offices, min(begins), max(begins))
            else:
                rows = wait_cells.waited(self.connection, self.offices, span, MIX, begins)
            for row in rows:
                if row.begins in begins:
                    yield row, begins[row.begins]

    def of_days(self, service: str | None) -> Strata:
        """What each place had, by day, or by month of a long period."""
        found: Strata = {place.id: defaultdict(Stratum) for place in self.places}
        span = "day" if self.period.days <= LONGEST_BY_DAY else "month"
        pieces = days(self.period) if span == "day" else months(self.period)
        begins = [piece.first.isoformat() for piece in pieces]
        part = "all" if service is None else "service"
        for row in wait_cells.waited(self.connection, self.offices, span, part, begins):
            if service is None or row.key == service:
                known = found[self.place_of[row.office]][row.begins]
                known.finished += row.finished
                known.rated += row.rated
                known.lanes += row.lanes
        return found

    def within(self, strata: Strata, of_days: Strata, service: str | None) -> list[Counted]:
        """Who was called within the target."""
        target_ms = 1000 * most_of(list(self.targets.values()) if service is None else [self.targets[service]])
        return [
            Counted(
                place.id,
                {
                    key: (one.times.within(1000 * self.targets.get(key.rpartition("/")[0], TARGET_S)), one.times.n)
                    for key, one in strata[place.id].items()
                },
                [(one.times.within(target_ms), one.times.n) for one in of_days[place.id].values()],
            )
            for place in self.places
        ]

    def rated(self, strata: Strata, of_days: Strata) -> list[Counted]:
        """Whose finished visit was rated."""
        return [
            Counted(
                place.id,
                {key: (one.rated, one.finished) for key, one in strata[place.id].items()},
                [(one.rated, one.finished) for one in of_days[place.id].values()],
            )
            for place in self.places
        ]

    def satisfied(self, length: Length) -> tuple[list[Counted], Scale | None, int]:
        """Who was satisfied, of those on the scale that most used, by service; and how many used others."""
        shown, of_days = shown_ratings(self.connection, self.offices, self.period.first, self.period.last, length)
        scale = main_scale(shown.values())
        ratings = sum(its.n for each in shown.values() for its in each.values())
        strata: dict[str, Shown] = defaultdict(Shown)
        by_day: dict[str, list[Two]] = defaultdict(list)
        for office, place in self.place_of.items():
            if scale is not None:
                strata[place] += shown[office].get(scale, Shown())
                by_day[place] += of_days[office].get(scale, [])
        found = [Counted(place.id, strata[place.id].by_service, by_day[place.id]) for place in self.places]
        return found, scale, ratings - sum(one.n for one in found)


def of_service(its: Mapping[str, Stratum], service: str) -> dict[str, Stratum]:
    """The strata of one service; of none where what is left could be told apart by subtraction."""
    people: Counter[str] = Counter()
    finished: Counter[str] = Counter()
    for key, one in its.items():
        people[key.rpartition("/")[0]] += one.times.n
        finished[key.rpartition("/")[0]] += one.finished
    if not told_of_part(people, service) or not told_of_part(finished, service):
        return {}
    return {key: one for key, one in its.items() if key.rpartition("/")[0] == service}


def most_of(targets: Sequence[int]) -> int:
    """The target that most have; the shorter of two that as many have."""
    held = Counter(targets)
    return max(held, key=lambda target: (held[target], -target), default=TARGET_S)
