"""Files of units: whole or not at all, and the offices and counters of the tree are there afterwards."""

import csv
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook

from fleet.domain.file_errors import BadFile
from fleet.domain.org_table import rows_of_tree
from fleet.domain.org_tree import Kind, Tree
from fleet.flows.equip import set_office
from fleet.flows.follow_tree import follow_tree
from fleet.flows.units import UnitsImported, export_units, import_units, tree_of
from fleet.laptop.furnishing import UNITS_FILE
from fleet.store import devices, places
from fleet.store.database import Store
from tests.examples import examples
from tests.fleet.domain.histories import History, histories
from tests.fleet.office import NINE, OFFICE, with_tables

DAY_MS = 86_400_000
HEAD = "Mã đơn vị;Loại đơn vị;Tên đơn vị;Đơn vị cấp trên;Hiệu lực từ;Hết hiệu lực từ;Đơn vị kế thừa;Đường dây nóng\n"
PROVINCE = "p;tỉnh;Tỉnh Đồng Tháp;;;;;1022\n"


@pytest.fixture
def take(store: Store, tmp_path: Path):
    def take(text: str, whole: bool = False) -> UnitsImported:
        path = tmp_path / "don-vi.csv"
        path.write_text(text)
        return import_units(store, path, "mai", NINE, whole=whole)

    return take


def due(store: Store) -> set[str]:
    with store.reading() as connection:
        return {device for device, _ in devices.due(connection, 100)}


def test_an_office_that_was_there_is_a_leaf_before_any_file_says_so(store: Store, take) -> None:
    tree = tree_of(store)
    assert {(node.id, node.kind, node.parent) for node in tree} == {
        (OFFICE, Kind.OFFICE, None),
        ("quay-1", Kind.COUNTER, OFFICE),
        ("quay-2", Kind.COUNTER, OFFICE),
    }
    assert take(export_units(store).decode()) == UnitsImported("don-vi.csv", 0, 0, 3, 0)
    assert rows_of_tree(tree_of(store)) == rows_of_tree(tree)


def test_the_tree_names_offices_and_makes_those_that_are_new(store: Store, take) -> None:
    office = "o;điểm tiếp nhận;{name};p;01/01/2026;;;\n"
    known = f"{OFFICE};điểm tiếp nhận;Điểm tiếp nhận Tân An;p;01/07/2025;;;\n"
    assert take(HEAD + PROVINCE + known + office.format(name="Cao Lãnh") + "o-1;quầy;Quầy 1;o;01/01/2026;;;\n") == (
        UnitsImported("don-vi.csv", 3, 1, 0, 0)
    )
    with store.reading() as connection:
        offices = {one.id: (one.name, one.hotline) for one in places.offices(connection)}
        assert offices == {OFFICE: ("Điểm tiếp nhận Tân An", "1022"), "o": ("Cao Lãnh", "1022")}
        assert [one.name for one in places.counters(connection, "o")] == ["Quầy 1"]
    assert due(store) == {"tp-1", "q-1", "q-2", "nut-1", "nut-2"}, "devices there learn the new name"
    with store.writing() as connection:
        for device, changes in devices.due(connection, 100):
            devices.config_was_told(connection, device, changes)
    assert take(HEAD + office.format(name="Cao Lãnh 2")).changed == 1
    assert due(store) == set(), "what did not change tells nobody"
    assert take(HEAD + PROVINCE.replace("1022", "1900")).changed == 1
    assert due(store) == {"tp-1", "q-1", "q-2", "nut-1", "nut-2"}, "the hotline is inherited"
    with store.reading() as connection:
        assert {one.hotline for one in places.offices(connection)} == {"1900"}


def test_a_counter_that_no_file_has_named_goes_with_its_office(store: Store, take) -> None:
    take(HEAD + PROVINCE + f"{OFFICE};điểm tiếp nhận;Tân An;p;01/12/2026;01/12/2027;;\n")
    tree = tree_of(store)
    assert {(one.valid_from, one.valid_to) for unit in (OFFICE, "quay-1") for one in tree.units[unit]} == {
        (date(2026, 12, 1), date(2027, 12, 1))
    }


def test_what_is_said_of_a_later_day_is_so_from_that_day_on(store: Store, take) -> None:
    rows = f"{OFFICE};điểm tiếp nhận;{{}};p;{{}};{{}};;\n"
    province = "p;tỉnh;Tỉnh;;;01/12/2026;;1022\np;tỉnh;Tỉnh;;01/12/2026;;;1900\n"
    take(HEAD + province + rows.format("Tân An", "", "01/12/2026") + rows.format("Long An", "01/12/2026", ""))
    first, second = (NINE + days * DAY_MS for days in (21, 22))

    def office() -> tuple[str, str]:
        with store.reading() as connection:
            found = places.office(connection, OFFICE)
        assert found is not None
        return found.name, found.hotline

    assert (follow_tree(store, first), office()) == ([], ("Tân An", "1022"))
    assert (follow_tree(store, second), office()) == ([OFFICE], ("Long An", "1900"))
    assert "tp-1" in due(store)
    set_office(store, OFFICE, second, hotline="028 1022")
    assert (follow_tree(store, second + DAY_MS), office()) == ([], ("Long An", "028 1022")), "the office's own stays"


def test_a_workbook_with_real_dates_is_taken(store: Store, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["DANH SÁCH ĐƠN VỊ"],
        ["Mã đơn vị", "Loại đơn vị", "Tên đơn vị", "Đơn vị cấp trên", "Hiệu lực từ", "Đường dây nóng"],
        ["p", "Thành phố", "TP Hồ Chí Minh", None, None, 1022],
        ["c", "Trung tâm", "Sài Gòn", "p", datetime(2025, 7, 1), None],
    ):
        sheet.append(row)
    book.save(tmp_path / "don-vi.xlsx")
    assert import_units(store, tmp_path / "don-vi.xlsx", "mai", NINE).new == 2
    tree = tree_of(store)
    assert tree.units["c"][0].valid_from == date(2025, 7, 1) and tree.units["p"][0].hotline == "1022"


def test_what_ended_long_ago_is_history_and_no_office(store: Store, take) -> None:
    ended = "cu;điểm tiếp nhận;Huyện cũ;p;;01/07/2025;tan-an\ncu-1;quầy;Quầy;cu;;01/07/2025\n"
    take(HEAD + PROVINCE + f"{OFFICE};điểm tiếp nhận;Tân An;p;01/07/2025;;;\n" + ended)
    with store.reading() as connection:
        assert [one.id for one in places.offices(connection)] == [OFFICE]
    assert tree_of(store).units["cu"][0].heirs[0].id == OFFICE


def test_a_bad_row_keeps_the_whole_file_out(store: Store, take) -> None:
    before = export_units(store)
    with pytest.raises(BadFile) as refusal:
        take(HEAD + PROVINCE + "c;trung tâm;C;x;;;;\n")
    assert refusal.value.said("vi") == [
        "Dòng 3, cột “Đơn vị cấp trên”: có “x”; cần mã của một đơn vị có trong tệp hoặc đã có trong hệ thống."
    ]
    assert export_units(store) == before


def test_a_file_must_fit_what_is_known(store: Store, take) -> None:
    take(HEAD + PROVINCE + "c;trung tâm;C;p;;;;\n")
    with pytest.raises(BadFile, match=r"Already known: c, column “Đơn vị cấp trên”.*it is not on 01/07/2025"):
        take(HEAD + "p;tỉnh;Tỉnh;;;01/07/2025;;1022\n")


def test_a_whole_file_removes_what_it_does_not_name_but_no_place(store: Store, take) -> None:
    mine = f"{OFFICE};điểm tiếp nhận;Tân An;p;;;;\n" + "".join(f"quay-{n};quầy;Quầy {n};{OFFICE};;;;\n" for n in (1, 2))
    take(HEAD + PROVINCE + "c;trung tâm;C;p;;;;\n" + mine)
    assert take(HEAD + PROVINCE + mine, whole=True).removed == 1
    assert "c" not in tree_of(store).units
    with pytest.raises(BadFile, match=r"Already known: quay-2, .*say when it ended instead of leaving it out"):
        take(HEAD + PROVINCE + mine.replace("quay-2", "quay-9"), whole=True)


def test_what_people_work_with_stays_what_and_where_it_is(store: Store, take) -> None:
    rows = f"{OFFICE};trung tâm;Tân An;p;;;;\nquay-1;quầy;Quầy 1;o;;;;\no;điểm tiếp nhận;O;p;;;;\n"
    with pytest.raises(BadFile) as refusal:
        take(HEAD + PROVINCE + rows)
    assert refusal.value.said("en") == [
        "Row 3, column “Loại đơn vị”: found “trung tâm”; "
        "expected the kind “điểm tiếp nhận”, as this id has it already.",
        "Row 4, column “Đơn vị cấp trên”: found “o”; "
        "expected the office “tan-an” as before: a counter that moves elsewhere needs a new id.",
    ]


def test_the_sample_is_as_it_would_be_exported(tmp_path: Path) -> None:
    store = Store(with_tables(tmp_path))
    import_units(store, UNITS_FILE, "mai", NINE)
    assert export_units(store) == UNITS_FILE.read_bytes()
    store.close()


@settings(
    deadline=None,
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_any_history_goes_out_and_in_unchanged(history: History, tmp_path: Path) -> None:
    store = Store(with_tables(Path(mkdtemp(dir=tmp_path))))
    path = tmp_path / "units.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows_of_tree(Tree(history.nodes)))
    import_units(store, path, "mai", NINE)
    assert set(tree_of(store)) == set(history.nodes)
    path.write_bytes(export_units(store))
    assert import_units(store, path, "mai", NINE, whole=True).unchanged == len(tree_of(store).units)
    assert path.read_bytes() == export_units(store)
    store.close()
