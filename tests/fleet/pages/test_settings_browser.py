"""Settings in a browser: what numbers would mean is said as they are typed; a refusal is where one looks first."""

from playwright.sync_api import Browser, expect

from fleet.flows import queue_rules
from tests.fleet.pages.test_accessible import window
from tests.fleet.pages.town import Town

QUEUE = "/settings/offices/tan-an/queue"


def test_a_rule_is_tried_refused_mended_and_saved(town: Town, address: str, chromium: Browser) -> None:
    with window(chromium, town, 1280, "light", "supervisor") as context:
        page = context.new_page()
        page.goto(address + QUEUE)
        preview = page.locator("#preview")
        page.fill("#most_in_a_row", "4")
        expect(preview).to_contain_text("nhiều nhất 4 lượt ưu tiên")
        page.fill("#most_added_s", "7,5")
        expect(preview).to_contain_text("quá 7,5 phút")
        assert queue_rules.rules(town.store, "tan-an").most_in_a_row == 2, "nothing is saved by trying"

        page.fill("#most_in_a_row", "bốn")
        expect(preview).to_contain_text("Sửa các ô chưa đúng")
        page.get_by_role("button", name="Lưu thay đổi").click()
        summary = page.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(page.locator("#most_added_s")).to_have_value("7,5")
        summary.get_by_role("link").click()
        expect(page.locator("#most_in_a_row")).to_be_focused()
        expect(page.locator("#most_in_a_row")).to_have_value("bốn")

        page.fill("#most_in_a_row", "4")
        page.get_by_role("button", name="Lưu thay đổi").click()
        expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    rules = queue_rules.rules(town.store, "tan-an")
    assert (rules.most_in_a_row, rules.most_added_s) == (4, 450)


def test_who_comes_second_sees_what_the_first_saved_and_decides(town: Town, address: str, chromium: Browser) -> None:
    with window(chromium, town, 1280, "light", "supervisor") as context:
        page = context.new_page()
        page.goto(address + QUEUE)
        queue_rules.set_numbers(town.store, "tan-an", 1, calls=3)
        page.fill("#calls", "5")
        page.get_by_role("button", name="Lưu thay đổi").click()
        expect(page.get_by_role("alert")).to_contain_text("người khác vừa thay đổi")
        expect(page.locator("#calls-now")).to_have_text("Đang áp dụng: 3")
        assert queue_rules.rules(town.store, "tan-an").calls == 3
        page.get_by_role("button", name="Lưu thay đổi").click()
        expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    assert queue_rules.rules(town.store, "tan-an").calls == 5
