"""The page of a ticket in a real Chromium, of 360 points in large letters: by keys alone, and without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from protocols import events
from tests.fleet.pages.desks import Desks, open_desks
from tests.fleet.pages.test_accessible import GRAVE, RULES
from tests.fleet.pages.test_ticket_page import Ticket, estimated
from tests.fleet.pages.town import serving
from tests.sqlite_files import SqliteFiles

PATIENCE_MS = 40_000
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def desks(sqlite_files: SqliteFiles, tmp_path: Path) -> Iterator[Desks]:
    with open_desks(sqlite_files, tmp_path) as made:
        yield made


@pytest.fixture
def address(desks: Desks) -> Iterator[str]:
    with serving(desks.town) as port:
        yield f"http://127.0.0.1:{port}"


def telephone(chromium: Browser, scripts: bool = True) -> Page:
    """A telephone of somebody who reads large letters."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def looked_at(page: Page) -> None:
    """It is not wider than the screen in letters twice as large, and axe finds nothing grave."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) <= 0
    found = Axe().run(page, options=RULES).response["violations"]
    assert [one["id"] for one in found if one["impact"] in GRAVE] == []


def by_key(page: Page, text: str) -> None:
    """Go to the button that says so with the tabulator, and press it."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(text):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"no key leads to {text!r}")


def test_from_the_ticket_to_the_thanks_by_keys_while_the_page_moves_by_itself(
    desks: Desks, address: str, chromium: Browser
) -> None:
    page = telephone(chromium)
    page.clock.install()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    ticket = Ticket(desks, 2)
    desks.takes(1, 2)
    estimated(desks, 2, 20, 31, 52)
    page.goto(address + ticket.path)
    expect(page.get_by_role("status")).to_contain_text("có thể tới 55 phút")
    looked_at(page)
    by_key(page, "Báo bằng chuông")
    expect(page.locator("#tone")).to_have_attribute("aria-pressed", "true")
    estimated(desks, 2, 1, 2, 8, ahead=1)
    page.clock.run_for(10_500)
    expect(page.get_by_role("status")).to_contain_text("Sắp tới lượt")
    expect(page.locator("body")).to_have_attribute("data-sounded", "near")
    desks.says("q-1", events.NumberCalled, 5, service="ho-tich", number=2)
    page.clock.run_for(5_500)
    expect(page).to_have_title("A002 – MỜI ĐẾN Quầy 1")
    expect(page.locator("body")).to_have_attribute("data-sounded", "called")
    looked_at(page)
    desks.says("q-1", events.VisitFinished, 0)
    page.clock.run_for(5_500)
    expect(page.get_by_role("heading", level=2)).to_contain_text("được phục vụ thế nào?")
    by_key(page, "Rất không hài lòng")
    expect(page.get_by_role("heading", level=2)).to_contain_text("chưa hài lòng nhất")
    looked_at(page)
    by_key(page, "Chờ lâu")
    expect(page.locator(".thanks")).to_contain_text("Xin hỏi thêm một câu")
    page.locator("form button").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Cảm ơn Ông/Bà")
    looked_at(page)
    assert [kind for kind, _, _ in ticket.told()] == ["rating", "rating_reason", "answer"]
    assert page.context.cookies() == [] and complaints == []
    page.context.close()


def test_without_scripts_it_reloads_and_every_step_can_be_taken(desks: Desks, address: str, chromium: Browser) -> None:
    page = telephone(chromium, scripts=False)
    ticket = Ticket(desks, 1).taken()
    page.goto(address + ticket.path)
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    assert not page.locator("#tone").is_visible()
    ticket.served()
    page.goto(address + ticket.path)
    for button in (
        page.get_by_role("button", name="Không hài lòng", exact=True),
        page.get_by_role("button", name="Thái độ phục vụ"),
        page.locator("form button").last,
    ):
        with page.expect_navigation():  # each is another page, and its last button another one
            button.click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Cảm ơn Ông/Bà")
    assert [kind for kind, _, _ in ticket.told()] == ["rating", "rating_reason", "answer"]
    page.context.close()
