"""Reports that go to people after each period: once, in order, when they have settled, without any dossier's code."""

import io
import logging
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from shutil import copy

import pytest
from openpyxl import load_workbook

from fleet.domain.dossier import Dossier
from fleet.domain.named_periods import Length
from fleet.flows import mails, schedule_reports
from fleet.flows.examine import examine_marked
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.report_files import Form
from fleet.store.database import Store
from fleet.store.dossiers import save_dossiers
from fleet.workers.reporter import Reporter
from protocols import events
from tests.fleet.domain.test_report_schedules import SIX
from tests.fleet.month import serve
from tests.fleet.office import OFFICE, PLAN, Speaker, hello, open_office

DAY_MS = 86_400_000
OCTOBER_8 = SIX - 24 * DAY_MS
CODE = "H29.27.05-261002-0001"
TO = ("van-phong@example.vn", "lanh-dao@example.vn")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office of which twelve people were called on a day of October, with a dossier that is late."""
    folder = tmp_path_factory.mktemp("stocked")
    store, _ = open_office(folder, OCTOBER_8 - DAY_MS)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), OCTOBER_8)
    serve(store, [date(2026, 10, 8)], 12, 1.0)
    scan = Speaker("q-1", boot=9)
    scan.does(events.CodeScanned(what="dossier", code=CODE, up=1, at=OCTOBER_8 + 1))
    receive(store, [Arrival(scan.topic, scan.batch())], OCTOBER_8 + 2)
    link_marked(store, OCTOBER_8 + 3)
    with store.writing() as connection:
        save_dossiers(connection, [Dossier(CODE, "H29.27.05", date(2026, 10, 2), date(2026, 10, 5))], OCTOBER_8)
    examine_marked(store)
    store.close()
    return folder / "motcua.sqlite"


class House:
    """A store with a reporter whose rounds a test turns."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = OCTOBER_8

    def schedule(self, length: Length = Length.MONTH, form: Form = Form.CSV, unit: str = OFFICE) -> None:
        with self.store.writing() as connection:
            schedule_reports.schedule(connection, unit, length, form, "vi", TO, self.now_ms)

    def turn(self, at_ms: int) -> list[EmailMessage]:
        """Look once; the letters that are due then, the first of which is done with."""
        self.now_ms = at_ms
        reporter = Reporter(self.store, lambda: self.now_ms, look_s=0)
        reporter.round()
        ready = mails.take(self.store, "a@example.vn", at_ms, 99)
        return [one.message for one in ready]

    def periods(self, found: list[EmailMessage]) -> list[str]:
        """What is attached to them."""
        return [str(file.get_filename()) for one in found for file in one.iter_attachments()]


@pytest.fixture
def house(tmp_path: Path, stocked: Path) -> Iterator[House]:
    store = Store(f"sqlite:///{copy(stocked, tmp_path)}")
    yield House(store)
    store.close()


def test_a_month_goes_once_to_each_when_it_has_settled(house: House) -> None:
    house.schedule(form=Form.PDF)
    assert house.turn(SIX - 1) == []
    found = house.turn(SIX)
    assert [str(one["To"]) for one in found] == list(TO)
    assert {str(one["Subject"]) for one in found} == {"Báo cáo tháng 10/2026: Phường Tân An"}
    body = found[0].get_body()
    assert body is not None
    text = body.get_content()
    assert "Số lượt được gọi: 12" in text and "lịch số 1" in text and CODE not in text
    (file,) = found[0].iter_attachments()
    assert file.get_filename() == "tan-an-2026-10.pdf" and file.get_content().startswith(b"%PDF")
    assert house.turn(SIX + 60_000) == [], "never twice"


def test_what_an_outage_missed_is_sent_in_order(house: House) -> None:
    house.schedule(Length.MONTH)
    back = SIX + 80 * DAY_MS  # in January
    sent = [house.periods(house.turn(back + minute)) for minute in range(4)]
    assert sent == [[f"tan-an-{month}.csv"] * 2 for month in ("2026-10", "2026-11", "2026-12")] + [[]]


def test_no_dossier_is_named_in_any_form(house: House) -> None:
    house.schedule(form=Form.XLSX)
    (file,) = house.turn(SIX)[0].iter_attachments()
    book = load_workbook(io.BytesIO(file.get_content()))
    words = "".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "Hồ sơ" not in book.sheetnames and "Quá hạn" in words and CODE not in words


def test_it_waits_while_something_of_the_period_is_not_linked(house: House) -> None:
    house.schedule()
    late = Speaker("q-1", boot=20)
    late.does(events.NumberCalled(service="ho-tich", number=99, up=1, at=OCTOBER_8 + 9))
    receive(house.store, [Arrival(late.topic, late.batch())], SIX - 1000)
    assert house.turn(SIX) == []
    link_marked(house.store, SIX)
    assert house.turn(SIX + 1) == [], "its presses are examined first"
    examine_marked(house.store)
    assert len(house.turn(SIX + 2)) == 2


def test_it_waits_for_a_device_that_may_still_tell(house: House) -> None:
    house.schedule()
    with house.store.writing() as connection:
        connection.exec_driver_sql("UPDATE devices SET presence = 'lost' WHERE id = 'nut-1'")
    assert house.turn(SIX) == [], "its buttons were heard of in the morning only"
    assert len(house.turn(SIX + 2 * DAY_MS)) == 2, "not for ever"


def test_two_who_look_at_once_write_it_once(house: House) -> None:
    house.schedule()
    (one,) = schedule_reports.schedules(house.store)
    period = schedule_reports.due(house.store, one, SIX)
    assert period is not None
    assert schedule_reports.send(house.store, one, period, SIX)
    assert not schedule_reports.send(house.store, one, period, SIX)
    assert len(mails.last(house.store, 9)) == 2


def test_one_that_cannot_be_made_says_why_and_keeps_no_other_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.schedule()
    house.schedule(Length.WEEK)
    with house.store.writing() as connection:
        connection.exec_driver_sql("UPDATE report_schedules SET unit = 'gone' WHERE id = 1")
    found = house.turn(SIX)
    assert house.periods(found) == ["tan-an-2026-W41.csv"] * 2
    first, _ = schedule_reports.schedules(house.store)
    assert first.said == "2026-10: no office of id gone, and none below"
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(schedule_reports, "file_of", lambda *_, **__: 1 / 0)
    assert house.turn(SIX + 1) == [] and "report 2 could not be made, and is tried again" in caplog.text
