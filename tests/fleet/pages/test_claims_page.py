"""Technicians make claims on a page: each is shown once, and a file of them is looked at before."""

import base64
import json
import re

import pytest

from fleet.clock import now_ms
from fleet.domain.claims import Wanted
from fleet.domain.incidents import Kind
from fleet.flows.claim import make_claims, withdraw
from fleet.pages.house import House
from fleet.store import incidents
from tests.fleet.pages.town import Town


@pytest.fixture(autouse=True)
def broker(town: Town) -> None:
    house: House = town.app.state.house
    settings = house.settings.model_copy(update={"devices_host": "broker.example.vn"})
    town.app.state.house = house.__class__(**{**vars(house), "settings": settings})


def held_in(html: str) -> str:
    found = re.search(r'name="held" value="([^"]+)"', html)
    assert found is not None, html[:2000]
    return found[1]


def test_a_claim_is_shown_once_and_withdrawn(town: Town) -> None:
    with town.browser("technician") as browser:
        assert 'href="/devices/claims"' in browser.get("/devices").text
        made = browser.post("/devices/claims", place="tan-an", role="rating", device="moi-1")
        assert made.status_code == 201
        line = json.loads(base64.urlsafe_b64decode(held_in(made.text)))
        assert (line["device"], line["network"]["host"]) == ("moi-1", "broker.example.vn")
        file = browser.post("/devices/claims/file", held=held_in(made.text))
        assert "attachment" in file.headers["content-disposition"]
        assert json.loads(file.text) == line
        page = browser.get("/devices/claims").text
        assert line["key"] not in page
        assert "moi-1" in page
        assert browser.post("/devices/claims/withdrawn", wanted=line["claim"]).status_code == 303
        again = browser.post("/devices/claims", place="tan-an", role="toaster", device="Q 1")
        assert again.status_code == 422
        assert 'value="Q 1"' in again.text, "what was typed is there to be mended"
        assert 'value="tan-an" selected' in again.text
        assert "một hoặc nhiều vai trò" in again.text


def test_a_file_is_looked_at_before_it_is_taken(town: Town) -> None:
    with town.browser("technician") as browser:

        def tried(content: str) -> str:
            browser.csrf = browser.csrf or ""
            files = {"file": ("a.csv", content.encode())}
            return str(browser.client.post("/devices/claims/import", data={"csrf": browser.csrf}, files=files).text)

        bad = tried("Vai trò;Đơn vị\nrating;nowhere\n")
        assert "một bộ phận một cửa mà bạn phụ trách" in bad
        good = tried("Vai trò;Đơn vị\nrating;tan-an\nkeypad;tan-an\n")
        assert "tan-an-rating" in good
        taken = browser.post("/devices/claims/take", held=held_in(good), name="a.csv")
        assert taken.status_code == 201
        assert "tan-an-keypad" in taken.text


def test_claims_are_looked_for_by_office_state_and_device(town: Town) -> None:
    wanted = [Wanted("nut-1", ("rating",), "tan-an", "ta-1"), Wanted("nut-2", ("rating",), "cai-khe")]
    first, second = make_claims(town.store, wanted, "lan", 72, now_ms())
    withdraw(town.store, second.claim, "lan", now_ms())

    def seen(query: str, who: str = "root") -> set[str]:
        with town.browser(who) as browser:
            html = browser.get(f"/devices/claims?{query}").text
        return {one.device for one in (first, second) if f">{one.device}</td>" in html}

    # A claim's own letters are drawn, and are looked for as well: there is never a U among them.
    assert seen("") == seen("device=NUT-") == {"nut-1", "nut-2"}
    assert seen("office=cai-khe") == seen("state=withdrawn") == seen("device=ut-2") == {"nut-2"}
    assert seen(f"device={second.claim[:4].lower()}-{second.claim[4:]}") == {"nut-2"}, "as it stands on the label"
    assert seen("state=used") == seen("device=khong-co-nhu-the") == set()
    assert seen("office=cai-khe", "technician") == {"nut-1"}, "another office is none of theirs"


def test_what_happened_at_a_device_in_waiting_stands_at_its_claim(town: Town) -> None:
    make_claims(town.store, [Wanted("nut-1", ("rating",), "tan-an")], "lan", 72, now_ms())
    with town.store.writing() as connection:
        said = "expected a claim that waits, found K7MP4QXTH, whose time is over"
        incidents.note(connection, "nut-1", Kind.CLAIM_EXPIRED, said, now_ms())
    with town.browser("technician") as browser:
        assert "cần phiếu ghi danh còn chờ, thấy phiếu K7MP4QXTH đã hết hạn" in browser.get("/devices/claims").text
        browser.post("/language", language="en", next="/")
        assert said in browser.get("/devices/claims").text
