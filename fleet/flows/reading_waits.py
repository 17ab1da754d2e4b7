"""Read the sums of waits of some offices: ten years are ten rows for each office and service.

Where the offices are those of a unit with sums of its own (`fold_waits`), give or take a few, these are read instead,
and of days that are not folded yet those of the offices. Either way the answer is the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from fleet.domain import unit_sums as rules
from fleet.domain.periods import Period, Stretch, cover
from fleet.domain.unit_sums import Together
from fleet.domain.wait_cells import NOTHING, Cell
from fleet.domain.waits import WaitRow, row_of
from fleet.store import places, unit_sums, wait_cells
from fleet.store.wait_cells import Numbers

TARGET_S = 900
# Fifteen minutes, where a service that somebody once called for has no target any more.

Name = tuple[str, str]
# An office ('' where nobody need tell them apart) and a service, counter or hour.
Signs = Mapping[Name, Sequence[tuple[Period, int]]]
# By span and first day, the periods to which a stretch is added (1) or from which it is taken (-1).


class Sums:
    """Numbers that are added up by period and name."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self.found: dict[Period, dict[Name, list[int]]] = {period: {} for period in periods}

    def add(self, name: Name, signed: Sequence[tuple[Period, int]], numbers: Numbers, factor: int = 1) -> None:
        """These numbers, so often, in each of these periods."""
        for period, sign in signed:
            known = self.found[period].get(name)
            if known is None:
                known = self.found[period][name] = [0] * len(numbers)
            times = sign * factor
            for at, number in enumerate(numbers):
                known[at] += times * number

    def cells(self) -> dict[Period, dict[Name, Cell]]:
        """The sums."""
        return {
            period: {name: wait_cells.cell_of_numbers(numbers) for name, numbers in its.items()}
            for period, its in self.found.items()
        }


class Reading:
    """Reads sums of some offices, which are those of a unit or some of them, in one transaction."""

    def __init__(self, connection: Connection, offices: Sequence[str], unit: str = "") -> None:
        self.connection = connection
        self.offices = offices
        members = unit_sums.members(connection, unit) if len(offices) >= rules.LEAST_OFFICES else []
        self.together: Together | None = rules.together(unit, members, offices) if members else None
        self.targets: dict[str, dict[str, int]] = {office: {} for office in offices}
        for one in places.services_of(connection, offices):
            self.targets[one.office][one.id] = one.target_wait_s * 1000
        known = {ms for of_office in self.targets.values() for ms in of_office.values()} or {TARGET_S * 1000}
        self.target_ms = known.pop() if len(known) == 1 else None
        # Mostly one target holds for all services; then nothing need be read by service.
        self.odd = frozenset() if self.target_ms is not None else self.with_other_targets()

    def with_other_targets(self) -> frozenset[Name]:
        """The (office, service) whose target is not that of most offices; that of most is noted under no office."""
        services = {service for its in self.targets.values() for service in its}
        usual: dict[str, int] = {}
        for service in services:
            chosen = Counter(its.get(service, TARGET_S * 1000) for its in self.targets.values())
            usual[service] = max(chosen, key=lambda ms: (chosen[ms], ms))
        odd = {
            (office, service)
            for office, its in self.targets.items()
            for service in services
            if its.get(service, TARGET_S * 1000) != usual[service]
        }
        self.targets[""] = usual
        return frozenset(odd)

    def sums(self, part: str, wanted: Iterable[Period]) -> dict[Period, dict[Name, Cell]]:
        """For each period, what (office, key) had; the office is '' where nobody need tell them apart."""
        signs: dict[Name, list[tuple[Period, int]]] = defaultdict(list)
        found = Sums(wanted)
        for period in found.found:
            for stretch, sign in cover(period).items():
                signs[name_of(stretch)].append((period, sign))
        open_days = self.open_days(part, found.found, len(signs))
        if open_days is None:
            self.read_offices(found, part, signs)
        else:
            self.read_together(found, part, signs, open_days)
        return found.cells()

    def open_days(self, part: str, wanted: Iterable[Period], stretches: int) -> Signs | None:
        """The days of these periods that the unit's own sums do not have as they are; None: these are not used."""
        periods = list(wanted)
        if self.together is None or part not in rules.PARTS or not periods:
            return None
        first, last = min(one.first for one in periods), max(one.last for one in periods)
        days = unit_sums.open_days(self.connection, self.together.unit, first.isoformat(), last.isoformat())
        found = {
            ("day", day): [(one, 1) for one in periods if one.first.isoformat() <= day <= one.last.isoformat()]
            for day in days
        }
        found = {name: signed for name, signed in found.items() if signed}
        return found if self.together.is_sooner(stretches, len(found)) else None

    def read_offices(self, found: Sums, part: str, signs: Signs) -> None:
        """Add what the offices have."""
        for office, name, key, numbers in self.rows(self.offices, part, signs):
            apart = part == "counter" or (part == "service" and (office, key) in self.odd)
            found.add((office if apart else "", key), signs[name], numbers)

    def read_together(self, found: Sums, part: str, signs: Signs, open_days: Signs) -> None:
        """Add what the unit has; of open days what its offices have, less what the unit had of them."""
        assert self.together is not None  # noqa: S101 (there are no open days of nothing)
        its = self.together.signs
        for one, name, key, numbers in self.rows(list(its), part, signs):
            found.add(("", key), signs[name], numbers, its[one])
        of_day = {self.together.unit: -1} | dict.fromkeys(self.together.members, 1)
        for one, name, key, numbers in self.rows(list(of_day), part, open_days):
            found.add(("", key), open_days[name], numbers, of_day[one])
        if part == "service" and self.odd:
            offices, services = ({name[at] for name in self.odd} for at in range(2))
            for office, name, key, numbers in self.rows(sorted(offices), part, signs):
                if key in services and (office, key) in self.odd:
                    found.add((office, key), signs[name], numbers)
                    found.add(("", key), signs[name], numbers, -1)

    def rows(self, places_: Sequence[str], part: str, signs: Signs) -> Iterable[tuple[str, Name, str, Numbers]]:
        """(office or unit, stretch, key, numbers) of these stretches, in no order."""
        for span in sorted({span for span, _ in signs}):
            begins = [begin for its, begin in signs if its == span]
            for office, begin, key, numbers in wait_cells.of_offices(self.connection, places_, span, part, begins):
                yield office, (span, begin), key, numbers

    def within(self, cells: Mapping[Name, Cell]) -> int:
        """How many of these (office, service) waited no longer than the target of their service."""
        return sum(
            cell.wait.within(self.targets[office].get(service, TARGET_S * 1000))
            for (office, service), cell in cells.items()
        )

    def row(self, key: str, pieces: Sequence[Period]) -> WaitRow:
        """All of these offices, over a period."""
        return self.stretches(pieces, key)[0]

    def stretches(self, pieces: Sequence[Period], key: str | None = None) -> list[WaitRow]:
        """All of these offices, for each of these periods; by the first day of it."""
        part = "all" if self.target_ms is not None else "service"
        rows = []
        for period, cells in self.sums(part, pieces).items():
            whole = add_up(cells.values())
            within = self.within(cells) if self.target_ms is None else whole.wait.within(self.target_ms)
            rows.append(row_of(period.first.isoformat() if key is None else key, whole, within))
        return rows

    def parts(self, period: Period, part: str) -> list[WaitRow]:
        """A period by service, counter or hour; a counter of several offices as `office/counter`."""
        together: dict[str, dict[Name, Cell]] = defaultdict(dict)
        for (office, its), cell in self.sums(part, [period])[period].items():
            key = f"{office}/{its}" if part == "counter" and len(self.offices) > 1 else its
            together[key][office, its] = cell
        rows = []
        for key, cells in sorted(together.items()):
            whole = add_up(cells.values())
            if whole != NOTHING:
                rows.append(row_of(key, whole, self.within_of_part(part, cells, whole)))
        return rows

    def within_of_part(self, part: str, cells: Mapping[Name, Cell], whole: Cell) -> int | None:
        """How many waited no longer than their target; None where targets differ and nobody knows by service."""
        if self.target_ms is not None:
            return whole.wait.within(self.target_ms)
        return self.within(cells) if part == "service" else None


def add_up(cells: Iterable[Cell]) -> Cell:
    """All of them together."""
    return sum(cells, NOTHING)


def name_of(stretch: Stretch) -> Name:
    """A stretch as sums are stored."""
    return stretch.span, stretch.begins.isoformat()
