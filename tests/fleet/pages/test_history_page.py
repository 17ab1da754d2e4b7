"""Looking back on a page and in files: what is shown, what is chosen, and that both hold the same."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from fleet.clock import now_ms
from fleet.domain.named_periods import Length, holding
from fleet.flows import history
from fleet.flows.import_dossiers import day_in_viet_nam
from tests.fleet.pages import sample_history
from tests.fleet.pages.test_office_page import text_of
from tests.fleet.pages.town import Town

TODAY = day_in_viet_nam(now_ms())
LAST_MONTH = holding(Length.MONTH, TODAY).before()
PATH = f"/offices/tan-an/history?period={LAST_MONTH}"


@pytest.fixture
def busy(town: Town) -> Town:
    sample_history.lived(town.store, LAST_MONTH.last, 24, 40)
    return town


def test_the_page_is_whole_and_every_chart_has_its_table(busy: Town) -> None:
    with busy.browser("supervisor") as browser:
        html = browser.get(PATH).text
    read = text_of(html)
    for said in (
        "Nhìn lại",
        "Chờ, 9/10 người không quá (phút)",
        "Đất đai, môi trường",
        "Chờ lâu vào lúc nào",
        "Thứ Sáu",
    ):
        assert said in read
    assert html.count('class="plot"') == 5 and html.count("<details") == 2
    assert "Khoảng tin cậy 95%" in read and "không xếp hạng" in read
    assert f"/offices/tan-an/history?period={LAST_MONTH}&amp;weekday=" in html, "a cell leads to its hour"


def test_an_office_without_visits_says_so(town: Town) -> None:
    with town.browser("supervisor") as browser:
        assert "Kỳ này chưa có lượt phục vụ nào" in browser.get(PATH).text
        assert "Nhìn lại" in browser.get("/offices/tan-an/history").text


def test_what_was_chosen_stays_chosen_where_there_is_too_much_to_add_up(
    busy: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "DETAIL_AT_MOST", 5)
    with busy.browser("supervisor") as browser:
        html = browser.get(f"{PATH}&service=land&hour=9").text
        assert browser.get(f"{PATH}&service=land&hour=9".replace("history?", "history.csv?")).status_code == 404
    assert "Hãy chọn kỳ ngắn hơn" in html and '<option value="land" selected>' in html


def test_files_hold_what_the_page_shows_and_no_formulas(busy: Town) -> None:
    with busy.store.writing() as connection:
        connection.exec_driver_sql("UPDATE services SET name = '=1+1' WHERE id = 'land'")
    with busy.browser("supervisor") as browser:
        told = browser.get(PATH.replace("history?", "history.csv?") + "&service=")
        rows = list(csv.DictReader(io.StringIO(told.content.decode("utf-8-sig"))))
        book = load_workbook(io.BytesIO(browser.get(PATH.replace("history?", "history.xlsx?")).content))
        html = browser.get(PATH).text
    visits = [row for row in rows if row["row"] == "Lượt phục vụ"]
    assert f"<b>{visits[0]['value']}</b>" in html.replace(".", "") and visits[0]["measured_in"] == "count"
    assert {row["period"] for row in rows} == {str(LAST_MONTH)}
    assert "'=1+1" in {row["row"] for row in rows}
    sheet = book["Theo lĩnh vực"]
    assert "'=1+1" in {cell.value for cell in sheet["A"]} and {cell.data_type for cell in sheet["A"]} <= {"s", "n"}
    assert book.sheetnames[:2] == ["So với kỳ trước và cùng kỳ năm ", "Diễn biến trong kỳ"]
    assert "attachment" in told.headers["content-disposition"]


@pytest.mark.parametrize(
    "asked", ["period=2026-13", "weekday=8", "weekday=x", "hour=24", f"period={TODAY + timedelta(days=400)}"]
)
def test_what_cannot_be_asked_is_not_found(town: Town, asked: str) -> None:
    with town.browser("supervisor") as browser:
        assert browser.get(f"/offices/tan-an/history?{asked}").status_code == 404
        assert browser.get("/offices/tan-an/history.pdf").status_code == 404
        assert browser.get("/offices/cai-khe/history").status_code == 404
