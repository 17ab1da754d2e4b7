"""The official indicators of an office, from the mirror to the dossiers behind each cell."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from fleet.domain.answers import AnswerSeen
from fleet.domain.day import midnight
from fleet.domain.dossier import Dossier
from fleet.domain.indicators import Item
from fleet.domain.named_periods import read_period
from fleet.domain.nine_criteria import Criterion
from fleet.domain.official_now import Official, parts_of
from fleet.flows.official import official
from fleet.flows.units import import_units
from fleet.flows.watch import UnknownOffice
from fleet.store import dossiers
from fleet.store.database import Store
from fleet.store.day_parts import ANSWERS, DayParts
from fleet.store.rows import run_each, sql
from tests.fleet.office import NINE, OFFICE

UNITS = """Mã đơn vị,Loại,Tên,Cấp trên,Hiệu lực từ,Hết hiệu lực từ,Kế thừa,Mã định danh,Thuộc cơ quan,Hotline
p,tỉnh,Tỉnh,,,,,,,1022
moi,cơ quan,UBND phường Tân An,p,01/07/2025,,,H29.27.05,,
dat-dai,cơ quan,Đất đai,p,01/07/2025,,,H29.27.13,,
tan-an,điểm tiếp nhận,Tân An,p,01/07/2025,,,,moi,
"""
SCAN = sql("""
    INSERT INTO visit_dossiers (office, day, visit, code, scanned_ms) VALUES (:office, :day, :visit, :code, 0)""")
OCTOBER = read_period("2026-10")


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def at(day: date) -> int:
    return midnight(day, "Asia/Ho_Chi_Minh") + 3_600_000


def dossier(serial: int, received: date, due: date | None, finished: date | None = None, **fields: object) -> Dossier:
    code = f"H29.27.05-{received:%y%m%d}-{serial:04d}"
    one = Dossier(code, "H29.27.05", received, due_on=due, finished_on=finished, state="Đang xử lý", field="Hộ tịch")
    return one._replace(**fields)  # type: ignore[arg-type]


DOSSIERS = [
    dossier(1, on(9, 1), on(9, 8), on(9, 30)),  # ended before the period: not counted
    dossier(2, on(9, 28), on(10, 5), on(10, 5), channel="online"),  # worked on in it, on time
    dossier(3, on(10, 1), on(10, 8), on(10, 9)),  # late
    dossier(4, on(10, 1), on(11, 8), field="Đất đai", channel="online"),  # open, in time as of the 31st
    dossier(5, on(10, 2), on(10, 30), field=""),  # open and overdue as of the 31st
    dossier(6, on(10, 2), on(11, 30), supplements=2, channel="counter"),  # late by a second request
    dossier(7, on(10, 2), None),  # no due day, no legal time
    dossier(8, on(11, 2), on(11, 9), on(11, 2)),  # came after it
]


@pytest.fixture
def mirror(store: Store, tmp_path: Path) -> Store:
    path = tmp_path / "units.csv"
    path.write_text(UNITS)
    import_units(store, path, "mai", NINE)
    foreign = DOSSIERS[2]._replace(code="H29.27.13-261001-0009", organisation="H29.27.13")
    with store.writing() as connection:
        dossiers.save_dossiers(connection, [*DOSSIERS, foreign], at(on(10, 1)))
    return store


def serials(found: Official, cell: tuple[str, str]) -> list[int]:
    return [int(code[-4:]) for code in parts_of(found)[cell].codes]


def test_each_cell_leads_to_its_dossiers(mirror: Store) -> None:
    found = official(mirror, OFFICE, OCTOBER, NINE)
    assert found.organisation == "UBND phường Tân An"
    by_item = {one.item: one for one in found.items}
    assert by_item[Item.ON_TIME].value == Fraction(2, 5)
    cells = {name: serials(found, ("2.1", name)) for item, name in parts_of(found) if item == "2.1"}
    assert cells == {
        "on_time": [2],
        "open_in_time": [4],
        "late": [3],
        "open_late": [5],
        "late_by_supplements": [6],
        "no_due_day": [7],
        "end_not_dated": [],
    }
    assert by_item[Item.MEAN_TIME].value == Fraction(5 + 6, 2)
    assert by_item[Item.ONLINE].value == Fraction(1, 5), "two of six have a channel; silence is the counter"
    assert serials(found, ("3.3", "online")) == [4]
    assert by_item[Item.RISK].value == Fraction(2, 5) and by_item[Item.RISK].points == Fraction(8, 3)
    assert [(name, one.value) for name, one in found.by_field] == [
        ("Hộ tịch", Fraction(1, 3)),
        ("Đất đai", Fraction(1)),
        ("", Fraction(0)),
    ]
    assert found.warnings == (), "nothing can be done about a month that is over"


def test_while_the_month_goes_on_clerks_are_warned(mirror: Store) -> None:
    november = official(mirror, OFFICE, read_period("2026-11"), at(on(11, 6)))
    assert november.until == on(11, 6)
    assert serials(november, ("2.1", "due_soon")) == [4]


def test_without_an_organisation_what_was_scanned_there_counts(store: Store) -> None:
    with store.writing() as connection:
        dossiers.save_dossiers(connection, DOSSIERS, at(on(10, 1)))
        scans = [
            ("v1", DOSSIERS[1].code),
            ("v2", DOSSIERS[2].code),
            ("v3", DOSSIERS[2].code),
            ("v4", "H29-261001-9999"),
        ]
        rows = [{"office": OFFICE, "day": "2026-10-05", "visit": visit, "code": code} for visit, code in scans]
        run_each(connection, SCAN, rows)
    found = official(store, OFFICE, OCTOBER, NINE)
    assert found.organisation is None
    assert serials(found, ("2.1", "on_time")) == [2] and serials(found, ("2.1", "late")) == [3]


def test_what_residents_answered_fills_the_form_in_fives_with_its_interval(store: Store) -> None:
    said = {Criterion.ATTITUDE: [2, 2, 1, 2, 2, 0], Criterion.PUBLICITY: [1, 1, 1, 1], Criterion.FEEDBACK: [0] * 5}
    with store.writing() as connection:
        for criterion, points in said.items():
            for at, given in enumerate(points):
                day = f"2026-10-{5 + at:02d}"
                one = AnswerSeen(f"srv-1/1/{criterion}/{at}", None, f"v{at}", criterion, given, NINE, True, None)
                DayParts(connection, OFFICE, day).save(ANSWERS, [], [one])
    means = {one.criterion: one for one in official(store, OFFICE, OCTOBER, NINE).nine.means}
    attitude = means[Criterion.ATTITUDE]
    assert (attitude.n, attitude.points) == (5, Fraction(9, 5))
    assert attitude.low is not None and 0.9 < attitude.low < 1.8 < (attitude.high or 0) <= 2
    assert means[Criterion.FEEDBACK].low == 0 and means[Criterion.FEEDBACK].points == 0
    assert (means[Criterion.PUBLICITY].n, means[Criterion.PUBLICITY].points) == (0, None)
    assert all(one.n == 0 for one in official(store, OFFICE, read_period("2026-W41"), NINE).nine.means)


def test_a_unit_above_and_an_office_without_dossiers(mirror: Store) -> None:
    assert official(mirror, "moi", OCTOBER, NINE).items == official(mirror, OFFICE, OCTOBER, NINE).items
    nothing = official(mirror, "p", OCTOBER, NINE)
    assert [one.value for one in nothing.items] == [None] * 4
    with pytest.raises(UnknownOffice):
        official(mirror, "nowhere", OCTOBER, NINE)
