"""Templates on pages: looked at before they are published, and seen again on the page of a device."""

import re

from fleet.clock import now_ms
from fleet.flows.enrol import enrol
from fleet.flows.instruct import config_for
from tests.fleet.pages.form_reader import FormReader
from tests.fleet.pages.town import Browser, Town

PAGE = "/settings/templates/office:tan-an:rating"


def filled(browser: Browser, path: str) -> dict[str, list[str]]:
    forms = FormReader(browser.get(path).text).forms
    return next(one for one in forms if "settings-form" in one.classes).filled()


def test_a_template_is_seen_before_it_is_published_and_taken_back(town: Town) -> None:
    enrol(town.store, "nut-1", ["rating"], "tan-an", "ta-1", now_ms() - 1000)

    def wait_s() -> object:
        told = config_for(town.store, "nut-1", now_ms())
        return None if told is None else told.rating.get("wait_s")

    with town.browser("administrator") as browser:
        sent = {**filled(browser, PAGE), "rating.wait_s": "12", "rating.reasons": "long_wait", "note": "thử"}
        seen = browser.client.post(PAGE, data={**sent, "act": "preview"})
        assert seen.status_code == 200 and "1 trong 1 thiết bị sẽ thay đổi" in seen.text and wait_s() is None
        assert "Chờ lâu" in seen.text[seen.text.index('id="preview"') :]
        assert browser.client.post(PAGE, data={**sent, "act": "publish"}).status_code == 303 and wait_s() == 12
        assert browser.client.post(PAGE, data={**sent, "act": "publish"}).status_code == 409, "somebody was quicker"
        sent = {**filled(browser, PAGE), "rating.wait_s": "99", "scale": "7", "rating.scores": "-", "act": "publish"}
        wrong = browser.client.post(PAGE, data=sent)
        assert wrong.status_code == 422 and 'value="99"' in wrong.text and wait_s() == 12
        assert set(re.findall(r'id="([\w.]+)-problem"', wrong.text)) == {"rating.wait_s", "scale"}
        assert browser.client.post(PAGE, data={**sent, "scale": "", "rating.wait_s": ""}).status_code == 303
        assert wait_s() is None
        browser.client.post(f"{PAGE}/back", data={"csrf": sent["csrf"], "version": "1"})
        assert wait_s() == 12 and "phiên bản 3" in browser.get(PAGE).text.lower()
        sent = {**filled(browser, PAGE), "rating.wait_s": "20", "act": "waves"}
        waves = browser.client.post(PAGE, data=sent)
        assert waves.headers["location"] == "/rollouts/new?subject=office%3Atan-an%3Arating&version=4"
        assert 'value="office:tan-an:rating"' in browser.get(waves.headers["location"]).text and wait_s() == 12
        for other in ("unit:tinh:all", "office:cai-khe:all", "office:tan-an:nobody"):
            assert browser.get(f"/settings/templates/{other}").status_code == 404
