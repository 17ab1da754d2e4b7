"""Files of calendars; an office's calendar follows the tree."""

from datetime import date
from pathlib import Path

import pytest

from fleet.domain.calendars import Calendar
from fleet.domain.file_errors import BadFile
from fleet.flows.calendars import CalendarsImported, calendar_of, export_calendars, import_calendars
from fleet.flows.instruct import whole_state
from fleet.flows.units import import_units
from fleet.store.database import Store
from tests.fleet.office import DAY, NINE, OFFICE

HEAD = "Mã đơn vị,Loại ngày,Thứ,Từ giờ,Đến giờ,Từ ngày,Đến hết ngày,Làm như thứ,Ghi chú\n"
UNITS = """Mã đơn vị,Loại,Tên,Cấp trên,Hiệu lực từ,Hết hiệu lực từ,Hotline
p,tỉnh,Tỉnh,,,,1022
a,trung tâm,A,p,,,
b,trung tâm,B,p,,,
tan-an,điểm tiếp nhận,Tân An,a,,01/12/2026,
tan-an,điểm tiếp nhận,Tân An,b,01/12/2026,,
"""


@pytest.fixture
def take(store: Store, tmp_path: Path):
    path = tmp_path / "units.csv"
    path.write_text(UNITS)
    import_units(store, path, "mai", NINE)

    def take(text: str, whole: bool = False) -> CalendarsImported:
        path = tmp_path / "lich.csv"
        path.write_text(text)
        return import_calendars(store, path, "mai", NINE, whole=whole)

    return take


def calendar(store: Store, unit: str = OFFICE) -> Calendar:
    with store.reading() as connection:
        return calendar_of(connection, unit)


def hours(found: Calendar, day: date) -> list[tuple[int, int]]:
    return [(one.start // 60, one.end // 60) for one in found.sessions(day)]


def test_hours_are_inherited_as_the_tree_was_on_the_day(store: Store, take) -> None:
    rules = "*,giờ làm việc,T2-T6,06:00,07:00,,,,\np,giờ làm việc,T2-T6,07:00,11:00,,,,\n"
    assert take(HEAD + rules + "b,giờ làm việc,T2-T7,08:00,12:00,,,,\n") == CalendarsImported("lich.csv", 3, 3, 3)
    office = calendar(store)
    assert hours(office, date(2026, 11, 30)) == [(7, 11)], "the province's, over A"
    assert hours(office, date(2026, 12, 1)) == [(8, 12)], "B has its own"
    assert hours(office, date(2026, 11, 28)) == [] and hours(office, date(2026, 12, 5)) == [(8, 12)]
    assert hours(calendar(store, "nobody"), date(2026, 11, 30)) == [(6, 7)]


def test_a_file_says_all_of_the_units_that_it_names(store: Store, take) -> None:
    take(HEAD + "a,nghỉ,,,,10/11/2026,,,Bão\na,nghỉ,,,,11/11/2026,,,Bão\nb,không hẹn,T6,,,,,,\n")
    assert take(HEAD + "a,nghỉ,,,,10/11/2026,,,Bão\n").changed == 1
    exported = export_calendars(store)
    assert exported.decode().splitlines()[1:] == ["a,nghỉ,,,,,10/11/2026,10/11/2026,,Bão", "b,không hẹn,T6,,,,,,,"]
    assert take(exported.decode()) == CalendarsImported("lich.csv", 2, 2, 0)
    assert take(exported.decode().replace("b,không hẹn,T6,,,,,,,\r\n", ""), whole=True).removed == 1
    assert calendar(store, "b").plan(date(2026, 11, 13)).appointments
    assert not calendar(store).is_working_day(date(2026, 11, 10))
    assert calendar(store).is_working_day(date(2026, 11, 11))


def test_a_bad_row_keeps_the_whole_file_out(store: Store, take) -> None:
    with pytest.raises(BadFile) as refusal:
        take(HEAD + "a,nghỉ,,,,10/11/2026,,,\nc,nghỉ,,,,10/11/2026,,,\n")
    assert refusal.value.said("en") == [
        "Row 3, column “Mã đơn vị”: found “c”; expected the id of a unit of the tree, or * for everywhere."
    ]
    assert len(export_calendars(store).splitlines()) == 1


def test_printers_hold_numbers_for_the_next_two_days_that_are_worked(store: Store, take) -> None:
    def days() -> set[str]:
        state = whole_state(store, "tp-1", 10, NINE)
        assert state is not None and state.leases is not None
        return {lease.day for lease in state.leases}

    assert days() == {DAY, "2026-11-10", "2026-11-11"}
    take(HEAD + "*,nghỉ,,,,11/11/2026,13/11/2026,,Bão\na,làm việc,,,,14/11/2026,,T2,Làm bù\n")
    assert days() == {DAY, "2026-11-10", "2026-11-14"}, "what was granted for the 11th is told no more"
