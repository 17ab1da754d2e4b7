"""Sums of units with many offices: folded day by day, opened by what comes late, never otherwise than the visits."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from fleet.domain import unit_sums as rules
from fleet.domain.linked import VisitSeen
from fleet.domain.org_tree import Kind, Node, Tree
from fleet.domain.periods import Period
from fleet.domain.waits import LEAST, offices_of
from fleet.flows import count_waits
from fleet.flows.fold_waits import fold_all, fold_days, group
from fleet.flows.reading_waits import Reading, add_up
from fleet.flows.waits import BY, waits
from fleet.store import places, unit_sums, units, windows
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from fleet.store.rows import every, run, sql
from tests.examples import examples
from tests.fleet.at_once import WITHIN_S
from tests.fleet.domain.histories import History, histories
from tests.fleet.office import NINE, migrated
from tests.sqlite_files import SqliteFiles

OFFICES = [f"xa-{n:02d}" for n in range(rules.LEAST_OFFICES + 1)]
SERVICES = {"dat-dai": 1800, "ho-tich": 900}
FIRST, TODAY = date(2025, 11, 28), date(2026, 11, 9)
DAYS = [date(2025, 11, 28), date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 5), date(2026, 11, 6), TODAY]
MINUTE_MS = 60_000
SUMS = sql("SELECT span, begins, part, key FROM wait_sums WHERE office = :office")
WAITING_FOR_LOCKS = sql("SELECT pid FROM pg_locks WHERE NOT granted")
visits_of_day = st.lists(st.tuples(st.sampled_from(sorted(SERVICES)), st.integers(0, 50)), max_size=4)
STEP = st.one_of(
    st.tuples(st.just("visits"), st.sampled_from(OFFICES), st.sampled_from(DAYS), visits_of_day),
    st.tuples(st.just("folded"), st.integers(1, 3)),
    st.tuples(st.just("moved"), st.sampled_from(OFFICES)),
    st.tuples(st.just("asked"), st.sampled_from(DAYS), st.sampled_from(DAYS), st.sampled_from(["all", "but one"])),
)


@pytest.fixture(scope="module")
def database(sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A province with offices, which takes one story after another."""
    store = Store(sqlite_files.copy("empty", migrated, tmp_path_factory.mktemp("province")))
    furnish(store)
    return store


def furnish(store: Store) -> None:
    """The tree, and the offices; one of them has a target of its own."""
    with store.writing() as connection:
        units.save(connection, tree_of(frozenset()))
        for office in OFFICES:
            places.save_office(connection, OfficeRow(office, office, "1022"), 0)
            places.save_services(
                connection,
                [
                    ServiceRow(one, office, one, "A", n, 600 if (office, one) == ("xa-01", "ho-tich") else target_s)
                    for n, (one, target_s) in enumerate(SERVICES.items())
                ],
            )


def tree_of(elsewhere: frozenset[str]) -> list[Node]:
    """All offices in one province, but for those."""
    above = {office: "khac" if office in elsewhere else "tinh" for office in OFFICES}
    provinces = [Node("tinh", Kind.PROVINCE, "Tỉnh"), Node("khac", Kind.PROVINCE, "Tỉnh khác")]
    return provinces + [Node(office, Kind.OFFICE, office, above[office]) for office in OFFICES]


class Story:
    """What happens at the offices, in the database and in a list of visits."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.elsewhere: frozenset[str] = frozenset()
        self.kept: dict[tuple[str, date], list[VisitSeen]] = defaultdict(list)
        with store.writing() as connection:
            for table in ("wait_hours", "wait_sums", "wait_open", "wait_members", "visits", "windows"):
                run(connection, sql(f"DELETE FROM {table}"))  # noqa: S608
        self.moved(None)

    def moved(self, office: str | None) -> None:
        """An office belongs to the other province from now on, or comes back."""
        if office is not None:
            self.elsewhere ^= {office}
        with self.store.writing() as connection:
            units.save(connection, tree_of(self.elsewhere))
            group(connection, Tree(units.nodes(connection)), TODAY)

    def visits(self, office: str, day: date, waited: list[tuple[str, int]]) -> None:
        """An office's day has just these visits, whatever it had before."""
        with self.store.writing() as connection:
            windows.mark(connection, [(office, day.isoformat())])
            self.linked(connection, office, day, waited)

    def linked(self, connection: Connection, office: str, day: date, waited: list[tuple[str, int]]) -> None:
        """The same, within a linker's transaction."""
        was = self.kept[office, day]
        now = [
            VisitSeen(f"q/1/1/{n}", "quay-1", service, n, NINE + minutes * MINUTE_MS, False, minutes * MINUTE_MS)
            for n, (service, minutes) in enumerate(waited)
        ]
        self.kept[office, day] = now
        places.hold(connection, office)
        place = places.office(connection, office)
        assert place is not None
        DayParts(connection, office, day.isoformat()).save(VISITS, was, now)
        count_waits.count_changed(connection, place, day.isoformat(), was, now)

    def folded(self, times: int) -> None:
        """Some days are folded."""
        for _ in range(times):
            fold_days(self.store, NINE)

    def asked(self, first: date, last: date, who: str) -> None:
        """What is told of a period is what its visits say; and the offices' sums alone tell the same."""
        period = Period(min(first, last), max(first, last))
        only = None if who == "all" else frozenset(OFFICES) - {"xa-00"}
        offices = [one for one in OFFICES if one not in self.elsewhere and (only is None or one in only)]
        if not offices:
            return
        for by in ("month", "service", "hour"):
            found = waits(self.store, "tinh", period, by, NINE, only)
            with self.store.reading() as connection:
                plain = Reading(connection, offices)
                rows = plain.stretches(BY[by](period)) if by in BY else plain.parts(period, by)
            assert list(found.rows) == rows
            assert found.whole.visits == len(self.waited(offices, period))
            for row in found.rows if by == "service" else [found.whole]:
                self.compare(offices, period, row.key, row.wait)

    def compare(self, offices: list[str], period: Period, service: str, told: object) -> None:
        """How long people waited, from the list."""
        minutes = [(office, one, m) for office, one, m in self.waited(offices, period) if service in ("", one)]
        sorted_minutes = sorted(m for _, _, m in minutes)
        n = len(minutes)
        assert told.n == n  # type: ignore[attr-defined]
        if n >= LEAST:
            in_time = [m * 60 <= (600 if (o, s) == ("xa-01", "ho-tich") else SERVICES[s]) for o, s, m in minutes]
            assert told.within == sum(in_time) / n  # type: ignore[attr-defined]
            right_s = sorted_minutes[ceil(0.9 * n) - 1] * 60
            assert abs(told.p90_s - right_s) <= max(0.5, 0.0101 * right_s)  # type: ignore[attr-defined]

    def waited(self, offices: list[str], period: Period) -> list[tuple[str, str, int]]:
        return [
            (office, str(one.service), (one.wait_ms or 0) // MINUTE_MS)
            for (office, day), visits in self.kept.items()
            if office in offices and period.first <= day <= period.last
            for one in visits
        ]


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(STEP, min_size=4, max_size=25))
def test_whatever_happens_a_province_is_what_its_visits_are(database: Store, steps: list[tuple[object, ...]]) -> None:
    story = Story(database)
    for at, office in enumerate(OFFICES):
        story.visits(office, DAYS[at % len(DAYS)], [("ho-tich", 5 * at), ("dat-dai", 40)])
    for name, *values in steps:
        getattr(story, str(name))(*values)
    for _ in fold_all(database, NINE):
        pass
    story.asked(FIRST, TODAY, "all")
    with database.reading() as connection:
        for unit, members in unit_sums.all_members(connection).items():
            assert set(unit_sums.open_days(connection, unit, "2025", "2027")) <= {TODAY.isoformat()}
            assert members == {one for one in OFFICES if (one in story.elsewhere) == (unit == "khac")}


def test_a_late_visit_opens_its_day_until_it_is_folded_again(empty_store: Store) -> None:
    furnish(empty_store)
    story = Story(empty_store)
    for office in OFFICES:
        story.visits(office, DAYS[4], [("ho-tich", 10)])
        story.visits(office, DAYS[3], [("ho-tich", 20)])
        story.visits(office, TODAY, [("ho-tich", 30)])
    assert [*fold_all(empty_store, NINE)] == [(0, 2), (1, 2), (2, 2)], "today is not over"
    assert fold_days(empty_store, NINE) == 0
    offices_are_not_asked(empty_store, Period(DAYS[3], DAYS[4]))
    story.visits("xa-03", DAYS[4], [("ho-tich", 10), ("dat-dai", 50)])
    with empty_store.reading() as connection:
        assert unit_sums.open_days(connection, "tinh", "2026-01-01", "2026-11-08") == ["2026-11-06"]
    story.asked(DAYS[3], TODAY, "all")
    assert fold_days(empty_store, NINE) == 1
    story.asked(DAYS[3], TODAY, "all")
    with empty_store.writing() as connection:
        run(connection, sql("UPDATE wait_sums SET visits = 1000 WHERE office = 'tinh' AND span = 'month'"))
    assert [done for done, _ in fold_all(empty_store, NINE, anew=True)][-1] == 2
    story.asked(DAYS[3], TODAY, "all")


def test_what_is_being_linked_is_waited_for(empty_store: Store) -> None:
    furnish(empty_store)
    story, other = Story(empty_store), Store(empty_store.url)
    for office in OFFICES:
        story.visits(office, DAYS[4], [("ho-tich", 10)])
    with ThreadPoolExecutor(1) as pool:
        with empty_store.writing(alone=False) as connection:
            story.linked(connection, "xa-03", DAYS[4], [("ho-tich", 10), ("dat-dai", 50)])
            folded = pool.submit(fold_days, other, NINE)
            while empty_store.is_postgresql and not folded.done() and not every(connection, WAITING_FOR_LOCKS):
                pass
        assert folded.result(WITHIN_S) == 1
    other.close()
    story.asked(DAYS[4], DAYS[4], "all")
    assert fold_days(empty_store, NINE) == 0


def test_who_takes_a_day_out_that_was_never_in_has_it_folded_anew(database: Store) -> None:
    story = Story(database)
    for office in OFFICES:
        story.visits(office, DAYS[4], [("ho-tich", 10)])
    for _ in fold_all(database, NINE):
        pass
    with database.writing() as connection:
        run(connection, sql("DELETE FROM wait_sums WHERE office = 'tinh' AND span <> 'day'"))
    story.visits("xa-03", DAYS[4], [])
    for _ in fold_all(database, NINE):
        pass
    story.asked(FIRST, DAYS[4], "all")
    with database.reading() as connection:
        assert not unit_sums.open_days(connection, "tinh", "2025", "2027")
        assert {row.span for row in every(connection, SUMS, office="tinh")} == {"day", "month", "year"}


def test_a_province_of_few_offices_has_no_sums_of_its_own(database: Store) -> None:
    story = Story(database)
    for office in OFFICES[:2]:
        story.moved(office)
    with database.reading() as connection:
        assert unit_sums.all_members(connection) == {}
        assert not [*every(connection, SUMS, office="tinh")]


@settings(max_examples=examples(12), deadline=None)
@given(histories())
def test_who_is_a_member_of_what_is_what_waits_are_told_of(history: History) -> None:
    tree = Tree(history.nodes)
    for day in history.seen:
        found = rules.members(tree, day, least=1)
        for unit in tree.units:
            if tree.units[unit][0].kind not in (Kind.OFFICE, Kind.COUNTER):
                assert found.get(unit, frozenset()) == set(offices_of(tree, unit, day).whole)


def offices_are_not_asked(store: Store, period: Period) -> None:
    """The sums of a period are read from the unit's own, by whatever part it has."""
    with store.reading() as connection:
        right = [Reading(connection, OFFICES).sums(part, [period]) for part in rules.PARTS]
    with pytest.raises(RuntimeError, match="rolled back"), store.writing() as connection:
        reading = Reading(connection, OFFICES, "tinh")
        reading.odd = frozenset()  # those are always read
        run(connection, sql("DELETE FROM wait_sums WHERE office <> 'tinh'"))
        for part, whole in zip(rules.PARTS, right, strict=True):
            assert add_up(reading.sums(part, [period])[period].values()) == add_up(whole[period].values())
        raise RuntimeError("rolled back")
