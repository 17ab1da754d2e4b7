"""A supervisor looks back: from a day to a visit to its dossier and on, without a score anywhere."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from fleet.clock import now_ms
from fleet.domain.dossier import Dossier
from fleet.domain.rights import Role
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.sign_in import add_person
from fleet.store import dossiers
from protocols import events
from tests.fleet.office import OFFICE
from tests.fleet.pages.desks import Desks
from tests.fleet.pages.town import PASSWORD

ANOTHER = """
    INSERT INTO offices (id, name, hotline, timezone, generation, scan_opens_visit, valid_from_ms)
    VALUES ('cai-khe', 'Phường Cái Khế', '1022', 'Asia/Ho_Chi_Minh', 1, 0, 0)"""
CODE = "H15.50.05.13-261008-0975"


@pytest.fixture
def lived(desks: Desks) -> Desks:
    """One visit with a dossier, rated badly."""
    desks.takes(1, 2)
    desks.says("q-1", events.NumberCalled, 50, service="ho-tich", number=1)
    desks.says("q-1", events.CodeScanned, 40, what="dossier", code=CODE)
    finish = desks.says("q-1", events.VisitFinished, 30)
    desks.says("nut-1", events.RatingGiven, 29, score=1, scale=5, armed=finish)
    return desks


def links(html: str, beginning: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', html) if one.startswith(beginning)]


def test_from_a_day_to_a_visit_to_its_dossier_and_back(lived: Desks) -> None:
    with lived.town.browser("supervisor") as browser:
        day = browser.get(f"/offices/{OFFICE}/visits")
        assert day.status_code == 200 and "đã đánh giá" in day.text
        (visit,) = links(day.text, f"/offices/{OFFICE}/visits/one")
        told = browser.get(visit)
        assert "Số A001 được lấy tại máy lấy số." in told.text and f"Hồ sơ {CODE} được quét" in told.text
        (dossier,) = links(day.text, "/dossiers?code=")
        found = browser.get(dossier)
        assert "chưa gửi thông tin" in found.text
        assert links(found.text, f"/offices/{OFFICE}/visits/one") == [visit]
        for page in (day, told, found):
            assert "nut-1" not in page.text and "Rất không" not in page.text


def test_what_is_not_there_is_said(lived: Desks) -> None:
    with lived.town.browser("supervisor") as browser:
        refused = browser.get(f"/offices/{OFFICE}/visits?number=Q9")
        assert (refused.status_code, "Không có số Q9" in refused.text) == (400, True)
        assert "Không có lượt nào như vậy." in browser.get(f"/offices/{OFFICE}/visits?day=2020-02-30&counter=x").text
        unknown = browser.get("/dossiers?code=H15.50.05.13-261008-0976")
        assert (unknown.status_code, "Không tìm thấy hồ sơ" in unknown.text) == (404, True)
        assert browser.get("/offices/nowhere/visits").status_code == 404
        for visit in ("q-1/1/1/999", "' OR 1=1"):
            wanted = {"day": "2026-11-23", "visit": visit}
            assert browser.get(f"/offices/{OFFICE}/visits/one", params=wanted).status_code == 404


def test_a_dossier_of_another_office_is_not_told(lived: Desks) -> None:
    with lived.town.store.writing() as connection:
        connection.exec_driver_sql(ANOTHER)
    add_person(lived.town.store, "elsewhere", PASSWORD, Role.SUPERVISOR, now_ms(), office="cai-khe")
    with lived.town.browser("elsewhere") as browser:
        assert browser.get(f"/dossiers?code={CODE}").status_code == 404
        assert browser.get(f"/offices/{OFFICE}/visits").status_code == 404


def mirrored(desks: Desks, **days: int) -> None:
    """The provincial system tells of open dossiers that are due so many days from today."""
    today = day_in_viet_nam(now_ms())
    with desks.town.store.writing() as connection:
        received = date(2026, 10, 8)
        told = [
            Dossier(
                code.replace("_", "-"), "H15.50.05.13", received, today + timedelta(days=day), supplements=day == -2
            )
            for code, day in days.items()
        ]
        dossiers.save_dossiers(connection, told, now_ms())
        row = "INSERT INTO visit_dossiers VALUES (:office, '2026-10-08', 'v', :code, 1)"
        connection.execute(text(row), [{"office": OFFICE, "code": one.code} for one in told])


def test_what_is_due_is_listed_the_longest_overdue_first(desks: Desks) -> None:
    mirrored(desks, H15_1=-2, H15_2=-30, H15_3=0, H15_4=7, H15_5=8)
    with desks.town.browser("supervisor") as browser:
        late = browser.get(f"/offices/{OFFICE}/due")
        assert links(late.text, "/dossiers?") == ["/dossiers?code=H15-2", "/dossiers?code=H15-1"]
        assert [one in late.text for one in ("quá 30 ngày", "quá 2 ngày", "1 lần")] == [True] * 3
        today = browser.get(f"/offices/{OFFICE}/due?when=today&page=9").text
        assert links(today, "/dossiers?") == ["/dossiers?code=H15-3"]
        assert links(browser.get(f"/offices/{OFFICE}/due?when=coming").text, "/dossiers?") == ["/dossiers?code=H15-4"]


def test_many_that_are_due_are_turned_over(desks: Desks) -> None:
    mirrored(desks, **{f"H15_{n}": 0 for n in range(100, 151)})
    with desks.town.browser("supervisor") as browser:
        assert "Không có hồ sơ nào quá hạn." in browser.get(f"/offices/{OFFICE}/due").text
        first = browser.get(f"/offices/{OFFICE}/due?when=today").text
        (following,) = [one for one in links(first, f"/offices/{OFFICE}/due") if "page=" in one]
        rest = browser.get(following).text
        assert "Trang 2/2" in rest and links(rest, "/dossiers?") == ["/dossiers?code=H15-150"]
