"""Offices of a unit side by side, from what the tables hold."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fleet.domain.compared_places import View
from fleet.domain.comparing import Measure
from fleet.domain.day import bounds
from fleet.domain.dossier import Dossier
from fleet.domain.many_comparisons import Group
from fleet.domain.named_periods import read_period
from fleet.domain.org_tree import Kind, Node
from fleet.flows import waits as flow_of_waits
from fleet.flows.compare import UnknownService, UnknownUnit, compare
from fleet.store import dossiers, units
from fleet.store.database import Store
from fleet.store.rows import run_each, sql
from tests.fleet.compared import NOW_MS, QUARTER, SLOW

SCAN = sql("""
    INSERT INTO visit_dossiers (office, day, visit, code, scanned_ms)
    VALUES ('xa-3', '2026-08-03', :visit, :code, 0)""")


@pytest.fixture(scope="module")
def province(compared: Path) -> Iterator[Store]:
    """A province that no test here changes."""
    store = Store(f"sqlite:///{compared}")
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
    assert rows[0]["xa-1"].n == rows[1]["xa-1"].n + rows[1]["xa-cu"].n == 16 * 11
    few = rows[1]["xa-cu"]
    assert few.n == 16 and few.group == Group.FEW and few.drawn is not None
    (centre,) = compare(province, "tinh", QUARTER, NOW_MS, Kind.CENTRE).places
    assert len(centre.offices) == 7


def test_of_one_service_waits_are_told_and_nothing_of_ratings(province: Store) -> None:
    found = compare(province, "tinh", QUARTER, NOW_MS, service="dat-dai")
    assert set(found.shares) == {Measure.WITHIN, Measure.RATED}
    assert {row.place: row.n for row in found.waits}["xa-5"] == 12 * 10
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


def test_dossiers_are_those_of_an_organisation_of_its_own_or_were_scanned_there(compared: Path, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{shutil.copy(compared, tmp_path)}")
    owners = {"xa-1": "cq-1", "xa-2": "cq-2", "xa-3": "cq-3", SLOW: "cq-3"}
    with store.writing() as connection:
        codes = {one: f"H29.27.0{one[-1]}" for one in owners.values()}
        nodes = [Node(one, Kind.ORGANISATION, one, "tinh", codes=(code,)) for one, code in codes.items()]
        nodes += [Node(one, Kind.OFFICE, one, "tt", organisation=owner) for one, owner in owners.items()]
        units.save(connection, nodes)
        made = []
        for number, owner in enumerate(["cq-1"] * 30 + ["cq-2"] * 30 + ["cq-3"] * 8):
            due, code = date(2026, 8, 10), f"{codes[owner]}-260803-{number:04d}"
            late = owner == "cq-2" and number % 2
            field = "Đất đai" if number % 3 else "Hộ tịch"
            finished = date(2026, 8, 12) if late else due
            made.append(Dossier(code, codes[owner], date(2026, 8, 3), due_on=due, finished_on=finished, field=field))
        dossiers.save_dossiers(connection, made, NOW_MS)
        scans = [
            {"visit": f"v-{at}", "code": one.code} for at, one in enumerate(made) if one.organisation == codes["cq-3"]
        ]
        run_each(connection, SCAN, scans)
    found = compare(store, "tinh", QUARTER, NOW_MS)
    store.close()
    rows = {row.place: row for row in found.shares[Measure.ON_TIME].rows}
    assert {place: (row.n, row.plain.share) for place, row in rows.items()} == {
        "xa-1": (30, 1.0),
        "xa-2": (30, 0.5),
        "xa-3": (8, 1.0),
    }
    assert (rows["xa-1"].group, rows["xa-2"].group, rows["xa-3"].group) == (Group.BETTER, Group.WORSE, Group.FEW)
    assert found.by_scan == ("xa-3",), "the organisation has two places, and at one of them they were scanned"
