"""A counter's page and the keypad beside it: a clerk uses either, and the other follows, through real parts."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.chromium import LAUNCH
from tests.journeys.house import SOON_S, an_office, next_shows, stored_events, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

expect.set_options(timeout=SOON_S * 1000)


async def serves(page: Page, name: str) -> None:
    """The page says that the counter serves this number, or does this; and that this may be taken back, or not."""
    await expect(page.locator("#state")).to_have_attribute("data-title", name)


def test_one_counter_two_hands(tmp_path: Path) -> None:
    async def journey() -> None:
        async with an_office(tmp_path) as office, async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            page = await (await browser.new_context(locale="vi-VN")).new_page()
            desk, printer = office.boards.boards["quay-1"], office.boards.boards["may-in-1"]
            display = office.office.displays["quay-1"]

            await page.goto(office.address)
            await page.fill("input[name=name]", office.clerk)
            await page.fill("input[name=password]", office.clerk_password or "")
            await page.press("input[name=password]", "Enter")
            await page.get_by_role("link", name="Quầy 1").click()
            await serves(page, "Chưa mở")

            for number in (1, 2):
                await printer.press("service_1")
                waiting = page.locator("#queue .figures dd").first
                await expect(waiting).to_have_text(str(number))
            await page.keyboard.press("g")
            await serves(page, "A001")
            await until("the keypad shows whom the page called", lambda: display.text == "A001")

            await desk.press("key_finish")
            await serves(page, "Sẵn sàng")
            await expect(page.locator(".desk-step")).to_contain_text("hoàn thành số A001")
            await page.keyboard.press("z")
            await serves(page, "A001")
            await until("the keypad serves whom it had finished", lambda: display.text == "A001")
            await page.keyboard.press("h")
            await until("the keypad is free", lambda: display.text == "")

            await next_shows(desk, display, "A002")
            await serves(page, "A002")
            await expect(page.locator(".desk-step")).to_contain_text("gọi số A002")
            await page.keyboard.press("t")
            await until("the keypad shows that one is set aside", lambda: display.text == "P  1")
            await desk.press("key_recall")
            await serves(page, "A002")
            await page.goto(office.address)
            await serves(page, "A002")
            await browser.close()

    asyncio.run(journey())
    did = [
        (device[:3], kind) for kind in ("call", "finish", "park", "resume") for device, *_ in events_of(tmp_path, kind)
    ]
    assert did == [
        ("srv", "call"),
        ("qua", "call"),
        ("qua", "finish"),
        ("srv", "finish"),
        ("srv", "park"),
        ("qua", "resume"),
    ]


def events_of(folder: Path, kind: str) -> list[tuple[str, int, int, int, str]]:
    """The events of a kind in the order in which they happened."""
    return sorted(stored_events(folder, kind), key=lambda event: event[4].partition('"at":')[2])
