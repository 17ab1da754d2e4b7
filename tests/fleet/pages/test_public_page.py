"""What everybody sees of an office: without signing in or a cookie, for a crowd, and only where it was decided."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fleet.domain.named_periods import Period
from fleet.domain.public_now import PublicPeriod
from fleet.pages.kept_answers import Kept
from fleet.pages.public_page import PublicViews, public_router
from tests.fleet.laptop.qr_reader import read_qr
from tests.fleet.pages import sample_public
from tests.fleet.pages.test_rights import LAST_MONTH
from tests.fleet.pages.town import Town

PAGE = "/cong-khai/tan-an"


def test_it_says_what_may_be_told_in_both_languages_and_leaves_no_cookie(town: Town) -> None:
    with town.browser() as browser:
        shown = browser.get(PAGE)
        assert shown.headers["cache-control"] == "public, max-age=5" and "set-cookie" not in shown.headers
        for said in (
            *("5/7 quầy đang làm việc", "Chờ 15 phút, có thể tới 30 phút", "97,2 %", "1.804 hồ sơ"),
            *("91,5 %", "90,2 % đến 92,7 %; 2.115 lượt đánh giá", "49,0 % số lượt phục vụ có đánh giá"),
            *("Thời gian chờ đã báo đúng 8/10 lần", "7:30–11:30", "Nghỉ bù", 'href="tel:02923811022"'),
        ):
            assert said in shown.text, said
        assert "<script" not in shown.text and "csrf" not in shown.text
        english = browser.get(f"{PAGE}?lang=en").text
        assert '<html lang="en">' in english and "5 of 7 counters are working." in english and "97.2 %" in english
        assert '<html lang="vi">' in browser.get(f"{PAGE}?lang=xx").text
        assert '<html lang="vi">' in browser.get(PAGE, headers={"Cookie": "language=en"}).text


def test_what_was_not_published_is_not_there(town: Town) -> None:
    with town.browser() as browser:
        for path in ("cai-khe", "nowhere", "cai-khe/to-dan", f"cai-khe/{LAST_MONTH}.csv", "tan-an/2099-01.csv"):
            assert browser.get(f"/cong-khai/{path}").status_code == 404, path
        answer = browser.get(f"{PAGE}/{LAST_MONTH}.csv")
        assert answer.text.startswith("unit,period") and "set-cookie" not in answer.headers
        assert f"{PAGE}/{LAST_MONTH}.csv" in browser.get(PAGE).text


def test_the_poster_leads_where_people_reach_the_page(town: Town) -> None:
    with town.browser() as browser:
        poster = browser.get(f"{PAGE}/to-dan").text
    (address,) = re.findall(r'<p class="poster-address">(.*?)</p>', poster)
    assert re.fullmatch(rf"http://[\w.]+{PAGE}", address)
    (drawn,) = re.findall(r'<svg viewBox="0 0 (\d+) .*<path stroke="#000" d="([^"]*)"', poster)
    assert read_qr(modules_of(*drawn)).decode() == address


def modules_of(side: str, path: str) -> list[list[bool]]:
    """The modules that a path draws, stretch by stretch; four of the side on each end are empty."""
    rows = [[False] * int(side) for _ in range(int(side))]
    x, y = 0.0, 0.0
    for verb, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", path):
        if verb == "h":
            for n in range(int(first)):
                rows[int(y)][int(x) + n] = True
            x += int(first)
        else:
            x, y = (x * (verb == "m") + float(first), y * (verb == "m") + float(second))
    return [row[4:-4] for row in rows[4:-4]]


def test_of_fewer_than_five_nothing_is_said(town: Town) -> None:
    def little(office: str, period: Period, at_ms: int) -> PublicPeriod:
        nothing = dict.fromkeys(("p50_s", "p90_s", "within", "on_time", "satisfied", "low", "high", "response"))
        return replace(sample_public.good_period(office, period, at_ms), visits=4, n=0, dossiers=3, **nothing)

    app = FastAPI()
    app.state.house = town.app.state.house
    views = sample_public.views(frozenset({"tan-an"}))
    app.include_router(public_router(PublicViews(views.offices, views.look, little, views.data)))
    shown = TestClient(app).get(PAGE).text
    for said in ("Dưới 5 hồ sơ", "Chưa đủ 5 lượt đánh giá", "Dưới 5 lượt"):
        assert shown.count(f">{said}") == 2, said


def test_a_crowd_costs_what_one_visitor_costs() -> None:
    begun, may_end, made = threading.Event(), threading.Event(), []
    now = [0.0]

    def make(key: str) -> int:
        made.append(key)
        begun.set()
        assert may_end.wait(30)
        return len(made)

    kept = Kept[str, int](make, 5.0, clock=lambda: now[0])
    with ThreadPoolExecutor(8) as pool:
        crowd = [pool.submit(kept.get, "tan-an") for _ in range(8)]
        assert begun.wait(30)
        may_end.set()
        assert {one.result(30) for one in crowd} == {1} and made == ["tan-an"]
        now[0] = 6.0
        begun.clear()
        may_end.clear()
        first = pool.submit(kept.get, "tan-an")
        assert begun.wait(30)
        assert kept.get("tan-an") == 1, "while one makes it anew, others get what was there"
        may_end.set()
        assert first.result(30) == 2 and kept.get("tan-an") == 2


def test_what_fails_is_kept_by_nobody_and_what_nobody_asks_for_goes() -> None:
    asked: list[int] = []

    def make(key: int) -> int:
        asked.append(key)
        if len(asked) == 1:
            raise OSError("away")
        return key

    kept = Kept[int, int](make, 5.0, most=2, clock=lambda: 0.0)
    with pytest.raises(OSError, match="away"):
        kept.get(1)
    assert [kept.get(key) for key in (1, 2, 1, 3, 1)] == [1, 2, 1, 3, 1]
    assert asked == [1, 1, 2, 3] and list(kept.there) == [3, 1] and kept.making == {}
