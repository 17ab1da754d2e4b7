"""A counter's day and a clerk's month on pages: what stands there, what never does, and whose offices they are."""

import re

import pytest

from fleet.clock import now_ms
from fleet.domain.named_periods import Length, holding
from fleet.flows.import_dossiers import day_in_viet_nam
from tests.fleet.pages import sample_history
from tests.fleet.pages.test_office_page import text_of
from tests.fleet.pages.town import Town

LAST_MONTH = holding(Length.MONTH, day_in_viet_nam(now_ms())).before()


@pytest.fixture
def busy(town: Town) -> Town:
    sample_history.lived(town.store, LAST_MONTH.last, 10, 20)
    return town


def test_a_counters_day_is_a_line_with_its_visits_and_its_clerk(busy: Town) -> None:
    last = next(day for day in (LAST_MONTH.last.toordinal() - n for n in range(7)) if (day - 1) % 7 < 5)
    day = LAST_MONTH.last.fromordinal(last).isoformat()
    with busy.browser("supervisor") as browser:
        html = browser.get(f"/offices/tan-an/counters/ta-2?day={day}").text
        empty = browser.get("/offices/tan-an/counters/ta-2?day=2020-01-01").text
    assert html.count('class="span-visit"') == 10 and html.count('class="span-clerk"') == 1
    read = text_of(html)
    for said in ("Quầy 1", "Lượt phục vụ 10", "CB-02", "10 lượt", "Đất đai, môi trường", "B010", "đã đánh giá"):
        assert said in read
    assert f'href="/offices/tan-an/clerks/2?period={LAST_MONTH}"' in html
    assert "Ngày này quầy chưa gọi ai" in empty and "day-line" not in empty
    for word in ("hài lòng", "score"):
        assert word not in read, "no score beside a visit"


def test_a_clerks_month_has_no_rating_of_few(town: Town) -> None:
    sample_history.lived(town.store, LAST_MONTH.last, 3, 20)
    with town.browser("supervisor") as browser:
        html = browser.get(f"/offices/tan-an/clerks/2?period={LAST_MONTH}").text
        assert browser.get("/offices/tan-an/clerks/2?period=2020-01").status_code == 404
        assert browser.get("/offices/tan-an/clerks/2?period=2026-W40").status_code == 404
        assert browser.get("/offices/tan-an/clerks/9").status_code == 404
        assert browser.get("/offices/tan-an/counters/nowhere").status_code == 404
        assert browser.get("/offices/cai-khe/counters/ck-1").status_code == 404
    read = text_of(html)
    assert "Cán bộ CB-02" in read and "cần ít nhất 20 đánh giá" in read and not re.search(r"\d+% hài lòng", read)
