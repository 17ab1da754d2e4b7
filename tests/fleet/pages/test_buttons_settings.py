"""Rating buttons are set on a page: their scale, and the reasons after a low rating; one board or all of an office."""

import re

import pytest

from fleet.clock import now_ms
from fleet.flows.enrol import enrol
from fleet.flows.rating_buttons import Buttons, buttons_at
from tests.fleet.pages.form_reader import FormReader
from tests.fleet.pages.town import Browser, Town

PAGE = "/settings/offices/tan-an/buttons"


@pytest.fixture
def boards(town: Town) -> Town:
    enrol(town.store, "nut-1", ["rating"], "tan-an", "ta-1", now_ms() - 1000)
    enrol(town.store, "nut-2", ["rating"], "tan-an", None, now_ms() - 1000)
    enrol(town.store, "nut-9", ["rating"], "cai-khe", None, now_ms() - 1000)
    return town


def filled(browser: Browser, path: str) -> dict[str, list[str]]:
    forms = FormReader(browser.get(path).text).forms
    return next(one for one in forms if "settings-form" in one.classes).filled()


def at(town: Town) -> dict[str, Buttons]:
    return {one.device: one for one in buttons_at(town.store, "tan-an", now_ms())}


def test_one_board_is_changed_and_then_all_of_the_office(boards: Town) -> None:
    with boards.browser("administrator") as browser:
        assert list(at(boards)) == ["nut-1", "nut-2"], "the lobby last"
        sent = {**filled(browser, f"{PAGE}/nut-1"), "levels": "4", "reason_1": "long_wait", "reason_2": "attitude"}
        sent |= {"scores": ["1", "2"], "wait_s": "10"}
        assert browser.client.post(f"{PAGE}/nut-1", data=sent).status_code == 303
        one, other = at(boards).values()
        assert (one.levels, one.version, one.reasons, one.asked_after, one.wait_s) == (
            4, 2, ("long_wait", "attitude"), (1, 2), 10,
        )  # fmt: skip
        assert (other.levels, other.version, other.reasons) == (5, 1, ())
        assert browser.client.post(f"{PAGE}/nut-1", data=sent).status_code == 409
        sent = {**filled(browser, f"{PAGE}/nut-1"), "all_of_office": "1"}
        assert browser.client.post(f"{PAGE}/nut-1", data=sent).status_code == 303
        one, other = at(boards).values()
        assert (other.levels, other.version, other.reasons) == (4, 2, one.reasons)
        assert one.version == 2, "the same scale again is no new one"
        text = browser.get(PAGE).text
        assert text.count('class="board"') == 2 and "Rất hài lòng" in text and "Chờ lâu" in text


def test_all_that_is_wrong_is_said_beside_its_field_and_comes_back(boards: Town) -> None:
    with boards.browser("administrator") as browser:
        sent = {**filled(browser, f"{PAGE}/nut-1"), "levels": "3", "reason_1": "long_wait", "reason_2": "long_wait"}
        sent |= {
            "reason_3": "Vô lý",
            "reason_4": "portal",
            "reason_5": "late_result",
            "scores": ["1", "5"],
            "wait_s": "một lát",
        }
        answer = browser.client.post(f"{PAGE}/nut-1", data=sent)
        assert answer.status_code == 422
        wrong = {"reason_2", "reason_3", "reason_4", "reason_5", "scores", "wait_s"}
        assert set(re.findall(r'id="(\w+)-problem"', answer.text)) == wrong
        assert 'value="một lát"' in answer.text
        assert browser.client.post(f"{PAGE}/nut-1", data={**sent, "levels": "7"}).status_code == 422
        assert {one.version for one in at(boards).values()} == {1}


def test_buttons_of_another_office_are_none_here(boards: Town) -> None:
    with boards.browser("administrator") as browser:
        assert browser.get(f"{PAGE}/nut-9").status_code == 404
        assert browser.get("/settings/offices/cai-khe/buttons").status_code == 404
    with boards.browser("supervisor") as browser:
        assert browser.get(PAGE).status_code == 403
