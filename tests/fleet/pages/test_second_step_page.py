"""The second step on pages: set up in a browser by the keyboard, asked for, and asked again before what matters."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from fleet.clock import now_ms
from fleet.domain.one_time_codes import SECRET_BYTES, code_at, step_of
from fleet.flows import set_up_second_step
from fleet.store import second_steps
from fleet.store.database import Store
from fleet.store.rows import run, sql
from tests.fleet.pages.test_accessible import GRAVE, RULES
from tests.fleet.pages.town import PASSWORD, Town, serving


def code_of(store: Store, name: str) -> str:
    """The code that the telephone of this person shows now; what it showed before may be used again."""
    with store.writing() as connection:
        number = connection.execute(sql("SELECT id FROM users WHERE name = :name"), {"name": name}).scalar_one()
        run(connection, sql("UPDATE second_steps SET used_step = 0"))
        step = second_steps.of(connection, number)
        assert step is not None
        return code_at(second_steps.opened(connection, number, step), step_of(now_ms()))


def has_second_step(store: Store, name: str) -> None:
    with store.writing() as connection:
        number = connection.execute(sql("SELECT id FROM users WHERE name = :name"), {"name": name}).scalar_one()
        second_steps.begin(connection, number, bytes(SECRET_BYTES), now_ms())
        second_steps.confirm(connection, number, now_ms())


def long_ago(store: Store) -> None:
    """Whoever is signed in proved it a day ago."""
    with store.writing() as connection:
        run(connection, sql("UPDATE sessions SET proved_ms = proved_ms - 86400000"))


def is_in_order(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert [one["id"] for one in found if one["impact"] in GRAVE] == [], page.url


def by_password(page: Page) -> None:
    """Type name and password as the technician."""
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type("technician")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_from_the_first_password_to_two_steps_by_the_keyboard_alone(town: Town, chromium: Chromium) -> None:
    set_up_second_step.ask_of(town.store, {"technician"}, None, None, None)
    with serving(town) as port, chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        keys = page.keyboard
        page.goto(f"http://127.0.0.1:{port}/devices")
        by_password(page)
        expect(page.get_by_role("status")).to_contain_text("phải dùng xác thực hai bước")
        is_in_order(page)
        page.get_by_role("button", name="Thiết lập xác thực hai bước").focus()
        keys.press("Enter")
        expect(page.get_by_role("img", name="Mã QR")).to_be_visible()
        is_in_order(page)
        page.get_by_label("Mã xác thực").focus()
        keys.type("000000")
        keys.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Mã này không đúng")
        page.get_by_label("Mã xác thực").focus()
        keys.type(code_of(town.store, "technician"))
        keys.press("Enter")
        expect(page.locator(".paper-codes .secret")).to_have_count(10)
        is_in_order(page)
        paper = page.locator(".paper-codes .secret").first.inner_text()
        page.get_by_role("link", name="Tôi đã cất các mã này").focus()
        keys.press("Enter")
        expect(page.get_by_text("Còn 10 mã khôi phục")).to_be_visible()
        is_in_order(page)
        context.clear_cookies()
        page.goto(f"http://127.0.0.1:{port}/devices")
        by_password(page)
        expect(page.get_by_role("heading", name="Xác thực bước hai")).to_be_visible()
        expect(page.get_by_label("Mã xác thực")).to_be_focused()
        is_in_order(page)
        keys.type(paper)
        keys.press("Enter")
        page.wait_for_url("**/devices")


def test_half_a_sign_in_opens_nothing_and_both_halves_open_what_was_asked_for(town: Town) -> None:
    has_second_step(town.store, "supervisor")
    with town.browser() as browser:
        half = browser.post("/login", name="supervisor", password=PASSWORD, next="/offices/tan-an")
        assert half.headers["location"] == "/login/code?next=/offices/tan-an"
        assert "motcua" not in browser.client.cookies
        assert browser.get("/offices/tan-an").headers["location"].startswith("/login")
        wrong = browser.post("/login/code", code="000000", next="/offices/tan-an")
        assert wrong.status_code == 403 and "Mã không đúng" in wrong.text and "000000" not in wrong.text
        done = browser.post("/login/code", code=code_of(town.store, "supervisor"), next="/offices/tan-an")
        assert done.headers["location"] == "/offices/tan-an"
        assert "motcua-halfway" not in browser.client.cookies
        assert browser.get("/offices/tan-an").status_code == 200


def test_who_was_proved_long_ago_is_asked_again_and_loses_nothing_typed(town: Town) -> None:
    with town.browser("administrator") as browser:
        long_ago(town.store)
        assert browser.get("/settings/people/4").status_code == 200, "reading asks nothing"
        asked = browser.post("/settings/people/new", name="hoa", shown_as="Lê Thị Hoa", role="clerk", office="tan-an")
        assert asked.status_code == 403
        assert '<input type="hidden" name="shown_as" value="Lê Thị Hoa">' in asked.text
        assert re.search(r'action="/settings/people/new"', asked.text)
        sent = {"name": "hoa", "shown_as": "Lê Thị Hoa", "role": "clerk", "office": "tan-an", "language": "vi"}
        assert "Không đúng" in browser.post("/settings/people/new", **sent, proof="sai").text
        assert browser.post("/settings/people/new", **sent, proof=PASSWORD).status_code == 201
        assert browser.post("/settings/people/new", **{**sent, "name": "mai"}).status_code == 201, "for some minutes"


def test_who_has_a_second_step_is_asked_for_that(town: Town) -> None:
    has_second_step(town.store, "root")
    with town.browser("root") as browser:
        long_ago(town.store)
        token = {"name": "lich", "scopes": "read", "days": "30"}
        asked = browser.post("/settings/tokens/new", **token)
        assert asked.status_code == 403 and "Mã xác thực" in asked.text
        assert browser.post("/settings/tokens/new", **token, proof=PASSWORD).status_code == 403
        assert browser.post("/settings/tokens/new", **token, proof=code_of(town.store, "root")).status_code == 201


def test_an_administrator_takes_a_lost_second_step_away(town: Town) -> None:
    has_second_step(town.store, "clerk")
    with town.browser("administrator") as browser:
        assert "Gỡ xác thực hai bước" in browser.get("/settings/people/4").text
        assert browser.post("/settings/people/4/acts", verb="second_step").status_code == 303
        assert "Gỡ xác thực hai bước" not in browser.get("/settings/people/4").text
    with town.browser() as again:
        assert again.post("/login", name="clerk", password=PASSWORD).headers["location"] == "/"


def test_whom_it_is_asked_of_opens_nothing_else(town: Town) -> None:
    with town.browser("administrator") as browser, town.browser("supervisor") as other:
        page = browser.get("/settings/people/second-step")
        seen = re.search(r'name="seen" value="([^"]+)"', page.text)
        assert seen
        answer = browser.post("/settings/people/second-step", roles="supervisor", seen=seen[1])
        assert answer.status_code == 303
        for path in ("/", "/offices/tan-an", "/settings"):
            assert other.get(path).headers["location"] == "/account/second-step", path
        assert other.get("/live/offices/tan-an").status_code == 403
        assert other.get("/account/second-step").status_code == 200
        assert browser.get("/").status_code != 303 or "second-step" not in browser.get("/").headers["location"]


def test_who_leaves_the_browser_alone_is_signed_out(town: Town) -> None:
    with town.browser("supervisor") as browser, town.browser("display") as screen:
        with town.store.writing() as connection:
            run(connection, sql("UPDATE sessions SET seen_ms = seen_ms - 86400000"))
        assert browser.get("/offices/tan-an").status_code == 303
        assert screen.get("/lobby/tan-an").status_code == 200, "a screen on a wall is looked at, not used"
