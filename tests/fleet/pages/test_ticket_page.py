"""The page of a ticket: what its holder is shown and may say, and that nobody else learns anything of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.clock import now_ms
from fleet.domain.day import day_of, later
from fleet.domain.procedures import Procedure
from fleet.domain.resident_now import LEAST_AWAY_MIN
from fleet.domain.spread import Spread
from fleet.domain.telling import Cause, Told
from fleet.domain.told_now import ToldNow
from fleet.flows import rate_on_page, thanks
from fleet.flows.equip import set_office
from fleet.flows.leases import grant
from fleet.flows.virtual_device import begins_later
from fleet.pages import ticket_tries
from fleet.pages.static_files import FOLDER
from fleet.store import places, procedures
from fleet.store.rows import every, run, sql
from protocols import events
from protocols.signing import ticket_token
from protocols.ticket_code import TicketCode
from tests.fleet.office import OFFICE
from tests.fleet.pages.desks import Desks, open_desks
from tests.sqlite_files import SqliteFiles

TIMEZONE = "Asia/Ho_Chi_Minh"
TOLD = sql("SELECT kind, body, counter FROM events WHERE device = 'srv-pages' ORDER BY seq")
ESTIMATED = sql("""
    INSERT INTO estimates (office, day, version, made_ms, due_ms, taken_until_ms, body)
    VALUES (:office, :day, 0, :made_ms, 0, 0, :body)
    ON CONFLICT (office) DO UPDATE SET made_ms = excluded.made_ms, body = excluded.body""")
MOST_BYTES = 30 * 1024


class Ticket:
    """A ticket that was printed, at the office of these desks."""

    def __init__(self, desks: Desks, number: int, day: str | None = None) -> None:
        self.desks, self.number = desks, number
        with desks.town.store.writing() as connection:
            office = places.office(connection, OFFICE)
            assert office is not None
            lease = grant(connection, "tp-1", 1, office, "ho-tich", day or day_of(now_ms(), TIMEZONE), 20)
        assert lease is not None
        self.code = str(TicketCode(lease.id, number, ticket_token(lease.secret, lease.id, number)))
        self.path = f"/t/{self.code}"

    def taken(self) -> "Ticket":
        self.desks.takes(self.number)
        return self

    def served(self, ago_s: float = 30) -> str:
        """Called to the first counter, and the clerk has finished; the finish."""
        self.desks.says("q-1", events.NumberCalled, ago_s + 20, service="ho-tich", number=self.number)
        return self.desks.says("q-1", events.VisitFinished, ago_s)

    def told(self) -> list[tuple[str, dict[str, Any], str]]:
        """What was said on pages."""
        with self.desks.town.store.reading() as connection:
            return [(row.kind, json.loads(row.body), row.counter) for row in every(connection, TOLD)]


@pytest.fixture
def desks(sqlite_files: SqliteFiles, tmp_path: Path) -> Iterator[Desks]:
    with open_desks(sqlite_files, tmp_path) as made:
        yield made


def estimated(desks: Desks, number: int, low: float, middle: float, high: float, ahead: int = 6) -> None:
    """What the estimator says to whoever waits with this number."""
    told = Told(now_ms(), Spread(low, middle, high, 0.5), 1, ahead, Cause.FEWER_COUNTERS)
    body = ToldNow(now_ms(), {}, {("ho-tich", number): told})
    with desks.town.store.writing() as connection:
        values = {"office": OFFICE, "day": day_of(now_ms(), TIMEZONE), "made_ms": now_ms()}
        run(connection, ESTIMATED, **values, body=json.dumps(body.to_dict()))


def test_the_holder_sees_where_they_stand_from_the_ticket_to_the_thanks(desks: Desks) -> None:
    thanks.set_thanks(desks.town.store, OFFICE, "Mời nhận một chai nước tại bàn hướng dẫn.")
    with desks.town.browser() as browser:
        ticket = Ticket(desks, 3)
        assert "Máy lấy số chưa gửi tin về" in browser.get(ticket.path).text
        desks.takes(1, 2, 3)
        page = browser.get(ticket.path)
        assert "Trước Ông/Bà còn 2 người" in page.text and "Chưa ước được thời gian chờ" in page.text
        estimated(desks, 3, LEAST_AWAY_MIN + 9, 31, 52)
        page = browser.get(ticket.path)
        assert "Chờ khoảng 35 phút, có thể tới 55 phút" in page.text
        assert "sau khoảng 20 phút" in page.text and "có quầy vừa nghỉ" in page.text and "trước giờ nghỉ" in page.text
        estimated(desks, 3, 1, 3, 8, ahead=1)
        assert "Sắp tới lượt" in browser.get(ticket.path).text
        desks.says("q-1", events.NumberCalled, 20, service="ho-tich", number=3)
        assert "Mời Ông/Bà đến Quầy 1" in browser.get(ticket.path).text
        desks.says("q-1", events.NoShow, 15)
        assert "chưa thấy Ông/Bà" in browser.get(ticket.path).text
        ticket.served(5)
        page = browser.get(ticket.path)
        assert "được phục vụ thế nào?" in page.text and page.text.index("Rất hài lòng") < page.text.index("Không hài")
        rated = browser.client.post(ticket.path, data={"score": "5"})
        assert (rated.status_code, rated.headers["location"]) == (303, ticket.path), "nothing of the score"
        page = browser.get(ticket.path)
        assert "Xin hỏi thêm một câu" in page.text and "một chai nước" in page.text
        criterion = page.text.partition('name="criterion" value="')[2][0]
        browser.client.post(ticket.path, data={"criterion": criterion, "points": "2"})
        last = browser.get(ticket.path)
        assert "giúp nơi đây phục vụ tốt hơn" in last.text and "Xin hỏi thêm" not in last.text
        assert [kind for kind, _, _ in ticket.told()] == ["rating", "answer"]
        desks.link()
        assert browser.get(ticket.path).text == last.text, "linked or not"
        code = last.text.partition("<b>")[2].partition("</b>")[0]
        assert thanks.is_genuine(desks.town.store, OFFICE, code, now_ms())
        assert not thanks.is_genuine(desks.town.store, OFFICE, "aaa-aaa", now_ms())


def test_only_whoever_pressed_low_is_asked_why_and_the_answers_belong_to_the_visit(desks: Desks) -> None:
    ticket = Ticket(desks, 1).taken()
    finish = ticket.served()
    with desks.town.browser() as browser:
        asked = browser.client.post(ticket.path, data={"score": "2"}).headers["location"]
        assert "?press=srv-pages/" in asked
        assert "chưa hài lòng nhất" in browser.get(asked).text
        others = browser.get(ticket.path)
        assert "chưa hài lòng nhất" not in others.text, "a clerk who scanned the ticket learns nothing of the score"
        assert "chưa hài lòng nhất" not in browser.get(asked[:-1] + ("0" if asked[-1] != "0" else "1")).text
        press = asked.partition("press=")[2]
        for _ in range(2):
            browser.client.post(ticket.path, data={"reason": "long_wait", "press": press})
        browser.client.post(ticket.path, data={"reason": "not ours", "press": press})
        browser.client.post(ticket.path, data={"reason": "attitude", "press": "srv-pages/1/1/1.0123456789abcdef"})
        assert "chưa hài lòng nhất" not in browser.get(asked).text
        for points in ("0", "2"):
            browser.client.post(ticket.path, data={"criterion": "8", "points": points})
        browser.client.post(ticket.path, data={"criterion": "1", "points": "2"})
    said = ticket.told()
    assert [(kind, counter) for kind, _, counter in said] == [
        ("rating", "quay-1"),
        ("rating_reason", "quay-1"),
        ("answer", "quay-1"),
    ]
    rating, reason, answer = (body for _, body, _ in said)
    assert (rating["score"], rating["scale"], rating["armed"]) == (2, 5, finish)
    assert (reason["reason"], reason["rating"]) == ("long_wait", press.rpartition(".")[0])
    assert (answer["criterion"], answer["points"], answer["finish"]) == (8, 0, finish)


def test_a_second_press_counts_within_the_quiet_time_and_none_after_the_buttons(desks: Desks) -> None:
    store = desks.town.store
    mine, other = Ticket(desks, 1).taken(), Ticket(desks, 22).taken()
    mine.served()
    server = begins_later(store, "pages", now_ms)
    at = now_ms()
    for score, ms in ((1, at), (4, at + 3_000), (5, at + 9_000)):
        rate_on_page.rate(store, server, mine.code, score, ms)
    assert [body["score"] for _, body, _ in mine.told()] == [1, 4]
    finish = other.served()
    desks.says("nut-1", events.RatingGiven, 1, score=5, scale=5, armed=finish)
    with desks.town.browser() as browser:
        assert "Xin hỏi thêm một câu" in browser.get(other.path).text
        browser.client.post(other.path, data={"score": "1"})
    assert len(mine.told()) == 2


def test_before_the_visit_is_over_nothing_can_be_said(desks: Desks) -> None:
    ticket = Ticket(desks, 1).taken()
    with desks.town.browser() as browser:
        for form in ({"score": "5"}, {"criterion": "7", "points": "1"}, {"press": "x", "reason": "other"}, {}):
            assert browser.client.post(ticket.path, data=form).status_code == 303
        assert browser.client.post(ticket.path, data={"score": "nine"}).status_code == 400
    assert ticket.told() == []


def test_a_wrong_token_is_answered_as_a_number_that_does_not_exist_and_so_is_one_of_yesterday(desks: Desks) -> None:
    ticket = Ticket(desks, 1).taken()
    today = day_of(now_ms(), TIMEZONE)
    old, coming = Ticket(desks, 41, later(today, -1)), Ticket(desks, 61, later(today, 1))
    lease, token = ticket.code.split(":")[1], ticket.code[-16:]
    wrong = "0" if token[0] != "0" else "1"
    with desks.town.browser() as browser:
        right = browser.get(ticket.path)
        answers = [
            browser.get(f"/t/{code}")
            for code in (
                f"MC1:{lease}:1:{wrong}{token[1:]}",
                f"MC1:{lease}:2:{token}",
                f"MC1:nobody:1:{token}",
                "MC1:",
                "x" * 80,
                old.code,
                coming.code,
            )
        ]
        assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
        assert browser.client.post(f"/t/{old.code}", data={"score": "5"}).text == answers[0].text
        assert browser.get(f"{ticket.path}/papers").text == answers[0].text, "no procedures"
    for answer in (right, *answers):
        assert answer.headers["referrer-policy"] == "no-referrer" and "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["cache-control"] == "no-store" and "set-cookie" not in answer.headers


def test_who_tries_codes_is_slowed_and_whoever_holds_a_ticket_is_not(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, fresh = Ticket(desks, 1).taken(), Ticket(desks, 22).taken()
    clock = [0.0]
    monkeypatch.setattr("fleet.pages.ticket_page.time.monotonic", lambda: clock[0])
    with desks.town.browser() as browser:
        assert browser.get(known.path).status_code == 200
        tried = [browser.get("/t/MC1:x:1:0123456789abcdef").status_code for _ in range(ticket_tries.WRONG_AT_MOST + 1)]
        assert tried == [404] * ticket_tries.WRONG_AT_MOST + [429]
        assert (browser.get(fresh.path).status_code, browser.get(known.path).status_code) == (429, 200)
        looked = [browser.get(known.path).status_code for _ in range(ticket_tries.LOOKS_AT_MOST)]
        assert looked[-1] == 429
        clock[0] = ticket_tries.WINDOW_S + 1
        assert (browser.get(fresh.path).status_code, browser.get(known.path).status_code) == (200, 200)


def test_papers_time_and_fee_stand_on_the_page_or_on_one_of_their_own(desks: Desks) -> None:
    ticket = Ticket(desks, 1).taken()
    set_office(desks.town.store, OFFICE, now_ms(), hotline="1900 1022")
    some = [
        Procedure(f"1.00{n:04d}", f"Thủ tục {n}", days=n / 2, papers=("Tờ khai",), fee="8.000 đồng", service="ho-tich")
        for n in range(1, 101)
    ]
    with desks.town.store.writing() as connection:
        procedures.save(connection, some[:2])
    with desks.town.browser() as browser:
        page = browser.get(ticket.path).text
        assert "0,5 ngày làm việc" in page and "Tờ khai" in page and "8.000 đồng" in page and "tel:19001022" in page
        with desks.town.store.writing() as connection:
            procedures.save(connection, some)
        assert "Xem 100 thủ tục" in browser.get(ticket.path).text
        names = browser.get(f"{ticket.path}/papers")
        assert "Còn 40 thủ tục khác" in names.text and len(names.content) < MOST_BYTES
        one = browser.get(f"{ticket.path}/papers?procedure=1.000006&lang=en")
        assert "3 working days" in one.text
        assert browser.get(f"{ticket.path}/papers?procedure=1.009999").status_code == 404


def test_the_page_speaks_the_language_of_the_telephone_and_weighs_little(desks: Desks) -> None:
    ticket = Ticket(desks, 1).taken()
    estimated(desks, 1, 30, 40, 60)
    files = sum((FOLDER / name).stat().st_size for name in ("ticket.css", "ticket.js", "mark.svg"))
    with desks.town.browser() as browser:
        for wished, said in (("vi-VN,vi;q=0.9,en;q=0.8", "Chờ khoảng"), ("en-GB", "to wait"), ("fr", "Chờ khoảng")):
            page = browser.get(ticket.path, headers={"accept-language": wished})
            assert said in page.text
            assert len(page.content) + files < MOST_BYTES
            assert 'href="/du-lieu-ca-nhan/tan-an?lang=' in page.text
        english = browser.get(f"{ticket.path}?lang=en").text
        assert "to wait" in english and 'href="/du-lieu-ca-nhan/tan-an?lang=en">Personal data' in english
    with desks.town.store.writing() as connection:
        run(connection, sql("UPDATE tickets SET state = 'closed'"))
    with desks.town.browser() as browser:
        assert 'http-equiv="refresh"' not in browser.get(ticket.path).text
