"""The pages on trust in ratings: no score, decisions with a reason, and only at one's own office."""

import re

import pytest

from tests.fleet.pages.town import Town

FORM = {"press": "nut-1/3/7/124", "day": "2026-11-23", "decision": "restore", "why": "Lớp học đến thăm"}
REVIEWS = "/offices/tan-an/ratings/reviews"
SCORES = ("Rất hài lòng", "Không hài lòng", "Bình thường", "hài lòng hôm nay")


def test_a_supervisor_sees_why_presses_do_not_count_and_no_score(town: Town) -> None:
    with town.browser("supervisor") as browser:
        shown = browser.get("/offices/tan-an/ratings").text
    for word in ("Tỷ lệ đánh giá", "43%", "Bấm dồn dập", "17 lượt bấm trong 31 giây", "Một lớp học đến thăm", "29%"):
        assert word in shown, word
    assert "Nhiều lượt bấm chưa đầy 2 giây sau khi kết thúc" in shown
    assert not any(score in shown for score in SCORES)
    assert not re.search(r"[A-Z]\d{3}<", shown), "no ticket's number stands beside a moment"


def test_a_technician_sees_which_buttons_need_a_look(town: Town) -> None:
    with town.browser("technician") as browser:
        shown = browser.get("/devices/buttons").text
        assert '<a href="/devices/buttons">' in browser.get("/devices").text
    assert "không ai bấm trong 212 lượt gần nhất" in shown
    assert "Thiết bị báo nút “5” bị kẹt" in shown


def test_a_decision_that_cannot_be_taken_is_said(town: Town) -> None:
    with town.browser("supervisor") as browser:
        browser.get("/offices/tan-an/ratings")
        for change, status, words in (
            ({"why": " "}, 400, "hãy nêu lý do, từ 1 đến 200 ký tự"),
            ({"why": "x" * 201}, 400, "hãy nêu lý do"),
            ({}, 409, "không còn bị loại"),
            ({"decision": "delete"}, 400, "Yêu cầu không hợp lệ"),
        ):
            answer = browser.post(REVIEWS, **{**FORM, **change})
            assert (answer.status_code, words in answer.text) == (status, True), change


def test_a_decision_goes_through_in_the_name_of_the_person(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    monkeypatch.setattr(
        "fleet.flows.examine.review",
        lambda _store, _server, office, decided, _now_ms: taken.append((office, vars(decided))),
    )
    with town.browser("supervisor") as browser:
        browser.get("/offices/tan-an/ratings")
        answer = browser.post(REVIEWS, **FORM)
        assert (answer.status_code, answer.headers["location"]) == (303, "/offices/tan-an/ratings#exclusions")
        elsewhere = browser.post("/offices/cai-khe/ratings/reviews", **FORM)
        assert elsewhere.status_code == 404
        assert browser.get("/offices/cai-khe/ratings").status_code == 404
    assert taken == [("tan-an", {**FORM, "by": "supervisor"})]
