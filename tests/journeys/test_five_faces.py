"""A morning seen by everybody at once: resident, lobby, clerk, supervisor, technician; a network goes away."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows.sign_in import add_person
from fleet.laptop.run import Running
from fleet.settings import Settings
from fleet.store.database import Store
from tests.chromium import LAUNCH
from tests.firmware.bad_wire import Wire
from tests.journeys.house import SOON_S, an_office, stored_events

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PASSWORD = "mot buoi sang o bo phan mot cua"
DESK, TELEVISION, PHONE = (1280, 900), (1920, 1080), (360, 740)
STAFF = {
    "truong": Role.SUPERVISOR,
    "ky-thuat": Role.TECHNICIAN,
    "man-hinh": Role.DISPLAY,
    "can-bo-1": Role.CLERK,
}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

expect.set_options(timeout=SOON_S * 1000)


@dataclass
class Window:
    """A browser of its own with one page, and what it complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def says(self, where: str, text: str) -> None:
        """This part of the page says so."""
        await expect(self.page.locator(where).first).to_contain_text(text)

    async def is_live(self) -> None:
        """The page hears of changes."""
        await expect(self.page.locator("#connection")).to_have_attribute("data-state", "on")


@dataclass
class Faces:
    """The office and its windows. `far` is the network of those who are not at the counter."""

    office: Running
    browser: Browser
    far: Wire
    windows: list[Window] = field(default_factory=list)

    async def window(self, path: str, size: tuple[int, int], name: str = "", far: bool = False) -> Window:
        """A browser of this size before this page, signed in under this name."""
        address = f"http://127.0.0.1:{self.far.port}" if far else self.office.address
        context = await self.browser.new_context(
            locale="vi-VN", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        window = Window(context, await context.new_page())
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", lambda asked: asked.url.startswith(address) or stray(window, asked.url))
        if name:
            await window.page.goto(f"{address}/login")
            await window.page.get_by_label("Tên đăng nhập").fill(name)
            await window.page.get_by_label("Mật khẩu").fill(PASSWORD)
            await window.page.get_by_role("button", name="Đăng nhập").click()
            await expect(window.page.locator("input[name=password]")).to_have_count(0)
        await window.page.goto(address + path)
        self.windows.append(window)
        return window


def stray(window: Window, address: str) -> None:
    """Whatever a page loads comes from the fleet."""
    window.complaints.append(f"asked {address}")


def test_a_morning_on_five_faces_at_once(tmp_path: Path) -> None:
    async def morning() -> None:
        async with an_office(tmp_path) as office, async_playwright() as playwright:
            browser = await playwright.chromium.launch(**LAUNCH)
            people(tmp_path, office)
            far = Wire()
            await far.start(int(office.address.rsplit(":", 1)[1]))
            faces = Faces(office, browser, far)
            await lived(faces)
            for window in faces.windows:
                assert window.complaints == []
                await window.page.goto("about:blank")
            await browser.close()
            await far.stop()

    asyncio.run(morning())
    assert [device[:3] for device, *_ in stored_events(tmp_path, "rating")] == ["srv"], "rated once, on the telephone"


def people(folder: Path, office: Running) -> None:
    """Somebody of each kind who may sign in."""
    store = Store(Settings(data=folder).database_url)
    try:
        for name, role in STAFF.items():
            add_person(store, name, PASSWORD, role, now_ms(), office.office.office.id)
    finally:
        store.close()


async def lived(faces: Faces) -> None:
    """Two residents come; the first is called, served, and rates on the telephone while others lose the network."""
    office, boards = faces.office, faces.office.boards.boards
    printer = boards["may-in-1"]
    lobby = await faces.window("/", TELEVISION, "man-hinh", far=True)
    clerk = await faces.window("/counters/quay-1", DESK, "can-bo-1")
    supervisor = await faces.window("/", DESK, "truong", far=True)
    technician = await faces.window("/devices", PHONE, "ky-thuat")
    for window in (lobby, clerk, supervisor, technician):
        await window.is_live()
    await lobby.says(".lobby-none", "Chưa gọi số nào")
    await supervisor.says(".headline-sentence", "Không có ai đang chờ")

    waiting = supervisor.page.locator("#queues tbody tr").first.locator("b")
    for number in ("1", "2"):
        await printer.press("service_1")
        await expect(waiting).to_have_text(number)
    slip = await asyncio.wait_for(office.office.printer.next_slip(0), SOON_S)
    (code,) = slip.slip.codes
    assert code.decode().startswith(f"{office.address}/t/"), "the code on the ticket leads to its page"
    resident = await faces.window(code.decode().removeprefix(office.address), PHONE)
    await resident.says("h1", "A001")
    await clerk.says("#queue .label", "A001")
    await lobby.says("#queues li", "2 người đang chờ")

    await clerk.page.keyboard.press("g")
    await expect(clerk.page.locator("#state")).to_have_attribute("data-title", "A001")
    await lobby.says(".lobby-last", "A001")
    await expect(resident.page).to_have_title("A001 – MỜI ĐẾN Quầy 1")
    await supervisor.says("#counters .counter-serving", "A001")

    faces.far.cut_off = True
    faces.far.cut()
    await clerk.page.keyboard.press("h")
    await expect(clerk.page.locator("#state")).to_have_attribute("data-title", "Sẵn sàng")
    await clerk.page.keyboard.press("g")
    await expect(clerk.page.locator("#state")).to_have_attribute("data-title", "A002")
    for window in (lobby, supervisor):
        await expect(window.page.locator("#lost")).to_be_visible()
    await lobby.says(".lobby-last", "A001")
    faces.far.cut_off = False
    for window in (lobby, supervisor):
        await expect(window.page.locator("#lost")).to_be_hidden()
    await lobby.says(".lobby-last", "A002")
    await supervisor.says("#counters .counter-serving", "A002")

    await resident.page.get_by_role("button", name="Rất hài lòng").click()
    await resident.says(".thanks", "Cảm ơn")
    await expect(waiting).to_have_text("0")

    await printer.unplug()
    await technician.says("tr.presence-lost", "may-in-1")
    for window in (resident, technician):
        assert await window.page.evaluate(SIDEWAYS) <= 0, "a telephone is not moved sideways"
