"""Reports are taken from a page by whoever may see ratings, at their own office."""

from datetime import date

import pytest

from fleet.domain.named_periods import Length
from fleet.domain.org_tree import Kind, Node
from fleet.pages.reports_page import OFFERED, offered
from fleet.store import units
from tests.fleet.pages.town import Town


def test_the_periods_of_the_page_the_newest_of_each_length_first() -> None:
    found = offered(date(2026, 11, 22))
    assert [str(one) for one in found][:7] == [
        *("2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06"),
        "2026-Q4",
    ]
    assert {length: sum(one.length == length for one in found) for length in Length} == OFFERED


def test_a_supervisor_takes_each_form(town: Town) -> None:
    with town.browser("supervisor") as browser:
        shown = browser.get("/offices/tan-an/reports").text
        assert 'href="/offices/tan-an/reports"' in browser.get("/offices/tan-an").text
        for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfunit,period")):
            path = f"/offices/tan-an/reports/2026-10.{form}"
            answer = browser.get(path)
            assert answer.content.startswith(begins)
            assert answer.headers["content-disposition"] == f'attachment; filename="tan-an-2026-10.{form}"'
            assert answer.headers["cache-control"] == "private, no-store"
    assert "PDF để ký" in shown and 'href="/cong-khai/tan-an"' in shown


@pytest.mark.parametrize(
    "path", ["cai-khe/reports", "cai-khe/reports/2026-10.pdf", "tan-an/reports/2099-01.pdf", "tan-an/reports/x.pdf"]
)
def test_what_is_not_there_is_not_found(town: Town, path: str) -> None:
    with town.browser("supervisor") as browser:
        assert browser.get(f"/offices/{path}").status_code == 404
        assert browser.get("/offices/tan-an/reports/2026-10.doc").status_code == 404


def test_whoever_works_everywhere_takes_those_of_centres_and_provinces_too(town: Town) -> None:
    nodes = [
        Node("tinh", Kind.PROVINCE, "Thành phố Cần Thơ"),
        Node("ninh-kieu", Kind.CENTRE, "Trung tâm Ninh Kiều", "tinh"),
        Node("phong-bep", Kind.CENTRE, "Không có bộ phận nào", "tinh"),
        Node("tan-an", Kind.OFFICE, "Phường Tân An", "ninh-kieu"),
    ]
    with town.store.writing() as connection:
        units.save(connection, nodes)
    with town.browser("root") as browser:
        shown = browser.get("/offices/tan-an/reports").text
        assert 'href="/units/ninh-kieu/reports"' in shown and 'href="/units/tinh/reports"' in shown
        above = browser.get("/units/tinh/reports").text
        assert 'href="/units/ninh-kieu/reports"' in above and "phong-bep" not in above
        assert 'href="/offices/tan-an/reports"' in browser.get("/units/ninh-kieu/reports").text
        answer = browser.get("/units/tinh/reports/2026-10.csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="tinh-2026-10.csv"'
        for path in (
            "phong-bep/reports",
            "nowhere/reports",
            "tinh/reports/2099-01.pdf",
            "phong-bep/reports/2026-10.csv",
        ):
            assert browser.get(f"/units/{path}").status_code == 404, path
    with town.browser("supervisor") as browser:
        assert "/units/" not in browser.get("/offices/tan-an/reports").text
        assert browser.get("/units/tinh/reports/2026-10.csv").status_code == 404
