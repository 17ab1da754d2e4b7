"""A supervisor looks back: weeks of an office, filtered, taken away as a file, down to a visit and its dossier."""

import asyncio
import csv
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows.changes import Changes
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.made_day import made_days
from fleet.flows.replay import replay
from fleet.flows.sign_in import add_person
from fleet.laptop.opening import door_of_pages, open_pages
from fleet.store.database import Store
from fleet.wiring import web
from tests.chromium import LAUNCH
from tests.journeys.house import SOON_S, settings_in

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

VISITS, DAYS, OFFICE = 30, 8, "made-30"
NAME, PASSWORD = "truong", "nhin lai nhung tuan da qua"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

expect.set_options(timeout=SOON_S * 1000)


@asynccontextmanager
async def an_office_with_a_past(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The pages of an office with some working days behind it: their address, and the last of these days."""
    settings = settings_in(folder)
    store = Store(settings.database_url, settings.keys_database_url)
    async with AsyncExitStack() as stack:
        stack.callback(store.close)
        store.migrate()
        last = (day_in_viet_nam(now_ms()) - timedelta(days=1)).isoformat()
        for recording in made_days(VISITS, 1, DAYS, last):
            await asyncio.to_thread(replay, store, recording)
        add_person(store, NAME, PASSWORD, Role.SUPERVISOR, now_ms(), OFFICE)
        changes = Changes()
        door = stack.enter_context(door_of_pages(settings.listen_host, settings.listen_port))
        await open_pages(stack, web(store, settings, changes), settings, changes, door)
        yield f"http://127.0.0.1:{door.getsockname()[1]}", recording.day


async def fits(page: Page) -> None:
    """It is not moved sideways on a telephone, nor in letters twice as large; then all is as before."""
    for width, letters in ((360, 100), (390, 200)):
        await page.set_viewport_size({"width": width, "height": 740})
        await page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
        assert await page.evaluate(SIDEWAYS) <= 0, (page.url, width, letters)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.evaluate("document.documentElement.style.fontSize = ''")


def test_from_weeks_to_one_dossier(tmp_path: Path) -> None:
    async def journey() -> None:
        async with an_office_with_a_past(tmp_path) as (address, last), async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            context = await browser.new_context(locale="vi-VN", viewport={"width": 1280, "height": 900})
            page = await context.new_page()
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await look_back(page, address, last)
            assert complaints == []
            await browser.close()

    asyncio.run(journey())


async def look_back(page: Page, address: str, last: str) -> None:
    """By keys alone, from the sign-in to the dossier."""
    await page.goto(address)
    await expect(page.locator("input[name=name]")).to_be_focused()
    for text in (NAME, PASSWORD):
        await page.keyboard.type(text)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    tabs = page.locator(".tabs")
    await tabs.get_by_role("link", name="Nhìn lại").press("Enter")
    await expect(page.locator("h1")).to_have_text("Nhìn lại")

    await page.locator("select[name=period]").select_option(last[:7])
    await page.get_by_role("button", name="Xem").press("Enter")
    whole = page.locator("table.summary tbody tr").first.locator("td").first
    visits = number(await whole.inner_text())
    assert visits >= VISITS // 2
    await fits(page)
    await page.locator("select[name=service]").select_option(label="Hộ tịch")
    await page.get_by_role("button", name="Xem").press("Enter")
    await expect(page.locator("select[name=service]")).to_have_value("ho-tich")
    assert 0 < number(await whole.inner_text()) < visits

    async with page.expect_download() as waiting:
        await page.locator("a[href*='history.csv']").press("Enter")
    file = await (await waiting.value).path()
    with file.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    told = next(row for row in rows if row["row"] == "Lượt phục vụ")
    assert number(told["value"]) == number(await whole.inner_text()), "the file holds what the page shows"

    await tabs.get_by_role("link", name="Các lượt phục vụ").press("Enter")
    await expect(page.locator("h1")).to_have_text("Các lượt phục vụ")
    await page.goto(f"{address}/offices/{OFFICE}/visits?day={last}")
    await fits(page)
    row = page.locator("tbody tr").filter(has=page.locator(".dossiers a")).first
    label = await row.locator("th").inner_text()
    code = await row.locator(".dossiers code").first.inner_text()
    await row.locator("th a").press("Enter")
    await expect(page.locator("h1")).to_contain_text(label)
    await expect(page.locator("main")).to_contain_text(code)
    await fits(page)
    await page.go_back()
    await row.locator(".dossiers a").first.press("Enter")
    await expect(page.locator("input[name=code]")).to_have_value(code)
    await expect(page.locator("main table").first).to_contain_text("Một cửa mô phỏng")
    await fits(page)


def number(text: str) -> int:
    """A number as pages or files write it, without what stands beneath it."""
    return int("".join(one for one in text.split("\n")[0].split(",")[0] if one.isdigit()))
