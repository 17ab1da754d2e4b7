"""What stands on tickets is typed beside the paper, which follows as it is typed."""

import json

from playwright.sync_api import Browser, expect

from fleet.flows.equip import one_office
from tests.fleet.pages.town import Town

PAGE = "/settings/offices/tan-an/tickets"


def test_words_are_kept_in_their_languages_and_taken_back_when_empty(town: Town) -> None:
    with town.browser("root") as browser:
        data = {"csrf": browser.csrf, "seen": "", "ticket_url": "", "thanks": "Một ly trà", "title.en": "QUEUE TICKET"}
        page = browser.get(PAGE).text
        data["seen"] = page.split('name="seen" value="')[1].split('"')[0]
        assert browser.client.post(PAGE, data={**data, "title.km": "x" * 81}).status_code == 422
        assert browser.client.post(PAGE, data={**data, "ticket_url": "ftp://x"}).status_code == 422
        assert browser.client.post(PAGE, data=data).status_code == 303
        office = one_office(town.store, "tan-an")
        assert (json.loads(office.texts), office.thanks) == ({"title.en": "QUEUE TICKET"}, "Một ly trà")
        assert browser.client.post(PAGE, data=data).status_code == 409, "it is not as it was seen"
        page = browser.get(PAGE).text
        data["seen"] = page.split('name="seen" value="')[1].split('"')[0]
        assert browser.client.post(PAGE, data={**data, "title.en": " "}).status_code == 303
        assert json.loads(one_office(town.store, "tan-an").texts) == {}
        assert 'name="title.km"' in browser.get(f"{PAGE}?language=km").text
        assert 'name="title.K!"' not in browser.get(f"{PAGE}?language=K!").text


def test_the_paper_follows_what_is_typed(town: Town, address: str, chromium: Browser) -> None:
    token, _ = town.session("root")
    with chromium.new_context() as context:
        context.add_cookies([{"name": "motcua", "value": token, "domain": "127.0.0.1", "path": "/"}])
        page = context.new_page()
        page.goto(address + PAGE)
        paper = page.locator("#paper")
        expect(paper).to_contain_text("PHIẾU SỐ THỨ TỰ")
        page.locator("[id='title.en']").fill("TAKE A SEAT")
        expect(paper).to_contain_text("TAKE A SEAT")
        page.locator("[name=look][value=narrow]").click()
        expect(page.locator("#paper.is-narrow")).to_contain_text("TAKE A SEAT")
        expect(page.locator("[id='title.en']")).to_have_value("TAKE A SEAT")
    assert json.loads(one_office(town.store, "tan-an").texts) == {}, "looking keeps nothing"
