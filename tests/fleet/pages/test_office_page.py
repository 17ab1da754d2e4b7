import re
from dataclasses import replace

import pytest

from fleet.domain.office_now import OfficeNow, RatingsNow
from tests.fleet.pages.sample_office import busy_office, quiet_office
from tests.fleet.pages.town import OFFICES, Town

HOSTILE = "<img src=x onerror=alert(1)>'\"&"


def text_of(html: str) -> str:
    """What a person reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_first_page_is_the_persons_office_whole_without_scripts(town: Town) -> None:
    with town.browser("supervisor") as browser:
        read = text_of(browser.get("/").text)
    for said in (
        "Có người chờ quá lâu: Đất đai, môi trường",
        "Mô phỏng · nhanh gấp 20 lần",
        "31:14 / 20 phút",
        "A042",
        "Thiết bị mất kết nối: 1",
        "87% hài lòng",
        "Khoảng tin cậy 95%: 74% – 94%",
        "n = 45",
        "Tỷ lệ đánh giá: 72% (47 trên 65 lượt)",
        "H15.50.05.13-261008-0975",
        "≈ giờ ước tính",
        "đã đánh giá",
        "Sự kiện chưa gắn được lượt 3",
        "0292 3811 022",
    ):
        assert said in read


def test_below_five_ratings_there_is_no_score(town: Town) -> None:
    town.office = quiet_office
    with town.browser("supervisor") as browser:
        html = browser.get("/").text
    read = text_of(html)
    assert "Chưa đủ 5 đánh giá" in read
    assert "Tỷ lệ đánh giá: 33% (3 trên 9 lượt)" in read
    assert "bar-fill" not in html
    assert "Không có ai đang chờ" in read
    assert "Mô phỏng" not in read


@pytest.mark.parametrize(
    "by_score, said",
    [
        ((0, 2, 8), "Các mức trên tính theo thang 3 mức: 10 trong 15 đánh giá."),
        (None, "Các quầy dùng thang khác nhau, chưa thang nào đủ 5 đánh giá để xem theo mức."),
    ],
)
def test_where_counters_have_different_scales_the_page_says_what_its_bars_stand_for(
    town: Town, by_score: tuple[int, ...] | None, said: str
) -> None:
    ratings = RatingsNow(15, 0.8, 0.5, 0.9, by_score, 3, 20, 16)
    town.office = lambda office, now_ms: replace(busy_office(office, now_ms), ratings=ratings)
    with town.browser("supervisor") as browser:
        html = browser.get("/").text
    assert said in text_of(html)
    assert ("bar-fill" in html) == (by_score is not None)


def test_no_visit_stands_beside_a_score(town: Town) -> None:
    with town.browser("supervisor") as browser:
        html = browser.get("/").text
    visits = html[html.index('id="visits"') : html.index('id="quality"')]
    for word in ("ài lòng", "Bình thường", "score", "%"):
        assert word not in visits


def test_a_clerk_reads_nothing_of_ratings(town: Town) -> None:
    with town.browser("clerk") as browser:
        html = browser.get("/offices/tan-an").text
    assert "A042" in html
    for word in ("ài lòng", "đánh giá", "H15."):
        assert word not in html


def test_every_word_is_english_for_who_reads_english(town: Town) -> None:
    with town.browser("supervisor") as browser:
        browser.post("/language", language="en", next="/")
        read = text_of(browser.get("/").text)
    for said in ("Waiting too long:", "Satisfaction today", "95% confidence interval", "sent on", "time estimated"):
        assert said in read
    assert "chờ" not in read.lower()


def test_a_person_of_all_offices_chooses_one(town: Town) -> None:
    with town.browser("root") as browser:
        chosen = browser.get("/").text
        for office, name in OFFICES.items():
            assert f'<a href="/offices/{office}">{name}</a>' in chosen
        assert browser.get("/offices/cai-khe").status_code == 200


def test_names_from_the_database_are_text(town: Town) -> None:
    def hostile(office: str, now_ms: int) -> OfficeNow:
        busy = busy_office(office, now_ms)
        return replace(
            busy,
            name=HOSTILE,
            hotline=HOSTILE,
            services=tuple(replace(one, name=HOSTILE, prefix=HOSTILE) for one in busy.services),
            counters=tuple(replace(one, name=HOSTILE, state=HOSTILE, label=HOSTILE) for one in busy.counters),
            visits=tuple(
                replace(one, label=HOSTILE, counter=HOSTILE, outcome=HOSTILE, dossiers=(HOSTILE,))
                for one in busy.visits
            ),
        )

    town.office = hostile
    with town.browser("supervisor") as browser:
        html = browser.get("/").text
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert not re.search(r'="[^"]*<', html)


@pytest.mark.parametrize("path", ["/", "/login", "/devices"])
def test_nothing_in_a_page_is_inline_or_from_elsewhere(town: Town, path: str) -> None:
    with town.browser("administrator" if path != "/login" else None) as browser:
        html = browser.get(path).text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", html)
    assert all(source.startswith("/") for source in re.findall(r'(?:src|href|action)="([^"#]+)', html))
    assert [script for script in re.findall(r"<script([^>]*)>", html) if "src=" not in script] == []
