"""Offices of a unit side by side, from what the tables hold."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fleet.domain.compared_places import View
from fleet.domain.comparing import Measure
from fleet.domain.day import bounds
from fleet.domain.linked import RatingSeen, VisitSeen
from fleet.domain.many_comparisons import Group
from fleet.domain.named_periods import read_period
from fleet.domain.org_tree import Heir, Kind, Node
from fleet.flows import waits as flow_of_waits
from fleet.flows.compare import UnknownService, UnknownUnit, compare
from fleet.flows.count_waits import count_whole
from fleet.store import places, units
from fleet.store.database import Store
from fleet.store.day_parts import RATINGS, VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow

MIN = 60_000
QUARTER = read_period("2026-Q3")
NOW_MS = bounds("2026-10-05", "Asia/Ho_Chi_Minh")[0]
SLOW = "xa-4"
SERVICES = {"ho-tich": "Hộ tịch", "dat-dai": "Đất đai"}


def furnish(store: Store) -> None:
    """Six communes under a centre for July to September: the fourth is slow, the fifth has mostly the hard service."""
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh"), Node("tt", Kind.CENTRE, "Trung tâm", "tinh")])
        nodes = [Node(f"xa-{n}", Kind.OFFICE, f"Xã {n}", "tt") for n in range(1, 7)]
        old = Node("xa-cu", Kind.OFFICE, "Xã cũ", "tt", valid_to=date(2026, 8, 1), heirs=(Heir("xa-1"),))
        units.save(connection, [*nodes, old])
        for one in (*nodes, old):
            places.save_office(connection, OfficeRow(one.id, one.name, "1022"), 0)
            rows = [ServiceRow(id_, one.id, name, id_[0], at) for at, (id_, name) in enumerate(SERVICES.items())]
            places.save_services(connection, rows)
        for office in [one.id for one in nodes]:
            for day in range(1, 31, 2):
                served(connection, office, f"2026-09-{day:02d}")
        served(connection, "xa-cu", "2026-07-06")


def served(connection: object, office: str, day: str) -> None:
    """Sixteen visits, half of them rated: the hard service takes long everywhere, at the slow office both do."""
    nine = bounds(day, "Asia/Ho_Chi_Minh")[0] + 9 * 60 * MIN
    hard = {"xa-5": 12, "xa-cu": 0}.get(office, 4)
    seen, ratings = [], []
    for at in range(16):
        is_hard = at < hard
        waits = (20 if at % 4 else 12) if is_hard else (16 if office == SLOW and at % 3 == 1 else 4)
        called = nine + (at % 4) * 120 * MIN
        finish = f"q/1/1/{2 * at + 1}"
        rated = at % 2 == 0
        seen.append(
            VisitSeen(
                f"q/1/1/{2 * at}",
                "quay-1",
                "dat-dai" if is_hard else "ho-tich",
                at,
                called,
                False,
                waits * MIN,
                finished_ms=called + MIN,
                outcome="done",
                closed_by=finish,
                finish=finish,
                rated=rated,
            )
        )
        if rated:
            bad = at % 4 == 0 and (is_hard or office == SLOW)
            ratings.append(
                RatingSeen(f"n/1/1/{at}", "quay-1", seen[-1].id, False, 1 if bad else 5, 5, 1, called, True, None)
            )
    parts = DayParts(connection, office, day)  # type: ignore[arg-type]
    parts.save(VISITS, [], seen)
    parts.save(RATINGS, [], ratings)
    place = places.office(connection, office)  # type: ignore[arg-type]
    assert place is not None
    count_whole(connection, place, day, seen)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A province that no test changes."""
    path: Path = tmp_path_factory.mktemp("province") / "motcua.sqlite"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    furnish(store)
    yield store
    store.close()


def test_a_hard_mix_is_told_from_a_slow_office(province: Store) -> None:
    found = compare(province, "tinh", QUARTER, NOW_MS)
    assert [one.id for one in found.places] == [f"xa-{n}" for n in range(1, 7)] and found.left_out == ()
    within = {row.place: row for row in found.shares[Measure.WITHIN].rows}
    assert within["xa-5"].plain.share < within[SLOW].plain.share, "as it is counted, the hard mix looks worst"
    groups = {place: row.group for place, row in within.items()}
    assert groups.pop(SLOW) == Group.WORSE and Group.WORSE not in groups.values()
    hard, usual = within["xa-5"].standardised, within["xa-2"].standardised
    assert hard is not None and usual is not None and hard.share == pytest.approx(usual.share, abs=0.01)
    satisfied = {row.place: row.group for row in found.shares[Measure.SATISFIED].rows}
    assert satisfied[SLOW] == Group.WORSE and satisfied["xa-5"] == Group.ALIKE
    assert (found.levels, found.other_ratings, found.target_s) == (5, 0, 900)
    assert all(row.plain.share == 0.5 and row.group == Group.ALIKE for row in found.shares[Measure.RATED].rows)
    assert found.shares[Measure.ON_TIME].n == 0


def test_the_sums_are_those_of_the_waits(province: Store) -> None:
    found = compare(province, "tinh", QUARTER, NOW_MS)
    told = flow_of_waits.waits(province, "tinh", flow_of_waits.Period(QUARTER.first, QUARTER.last), "service", NOW_MS)
    assert found.shares[Measure.WITHIN].n == told.whole.wait.n == sum(row.n for row in found.waits)
    assert found.shares[Measure.WITHIN].common == told.whole.wait.within
    assert found.shares[Measure.RATED].common == told.whole.rated / told.whole.finished
    part = compare(province, "tinh", read_period("2026-09"), bounds("2026-09-12", "Asia/Ho_Chi_Minh")[0])
    until = flow_of_waits.Period(date(2026, 9, 1), date(2026, 9, 11))
    assert part.shares[Measure.WITHIN].n == flow_of_waits.waits(province, "tinh", until, "day", NOW_MS).whole.wait.n
    assert part.until == until.last


def test_an_office_that_merged_is_compared_both_ways(province: Store) -> None:
    now, then = (compare(province, "tt", QUARTER, NOW_MS, view=view) for view in View)
    assert now.places[0].offices == ("xa-1", "xa-cu")
    assert set(then.names) == {"xa-cu", *now.names}
    rows = [{row.place: row for row in found.shares[Measure.WITHIN].rows} for found in (now, then)]
    assert rows[0]["xa-1"].n == rows[1]["xa-1"].n + rows[1]["xa-cu"].n == 16 * 16
    few = rows[1]["xa-cu"]
    assert few.n == 16 and few.group == Group.FEW and few.drawn is not None
    (centre,) = compare(province, "tinh", QUARTER, NOW_MS, Kind.CENTRE).places
    assert len(centre.offices) == 7


def test_of_one_service_waits_are_told_and_nothing_of_ratings(province: Store) -> None:
    found = compare(province, "tinh", QUARTER, NOW_MS, service="dat-dai")
    assert set(found.shares) == {Measure.WITHIN, Measure.RATED}
    assert {row.place: row.n for row in found.waits}["xa-5"] == 12 * 15
    assert found.services == (("ho-tich", "Hộ tịch"), ("dat-dai", "Đất đai"))
    with pytest.raises(UnknownService):
        compare(province, "tinh", QUARTER, NOW_MS, service="x")


def test_a_caller_sees_only_places_that_concern_it(province: Store) -> None:
    found = compare(province, "tinh", QUARTER, NOW_MS, only=frozenset({"xa-1", "xa-2"}))
    assert [one.id for one in found.places] == ["xa-1", "xa-2"]
    assert compare(province, "tinh", QUARTER, NOW_MS, Kind.CENTRE, only=frozenset({"xa-1"})).places == ()
    with pytest.raises(UnknownUnit):
        compare(province, "tinh", QUARTER, NOW_MS, only=frozenset({"nowhere"}))


def test_of_a_period_that_begins_today_nothing_is_said(province: Store) -> None:
    found = compare(province, "tinh", read_period("2026-07"), bounds("2026-07-01", "Asia/Ho_Chi_Minh")[0])
    assert found.waits == () and all(its.common is None for its in found.shares.values())
