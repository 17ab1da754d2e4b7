"""Pictures of a board that is enrolled in the browser: Chromium, its Web Serial led to a simulated board."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from docs.shots import SHARPNESS, keep
from hil_tests.browser_at_the_cable import BRIDGE, WEB_SERIAL, Site, a_site
from tests.chromium import LAUNCH

SIZE = (1100, 640)
HIGHEST = 1_500
SOON_MS = 240_000
KEYS = [f"score_{number}" for number in range(1, 6)]


def take_all() -> None:
    """A board is chosen, tests itself with a person's hands, and is a device."""
    with tempfile.TemporaryDirectory() as folder, a_site(Path(folder)) as site, a_page(site) as page:
        board = site.cables.board("browser", "e6614c311b7e6f09")
        site.cables.plug_in(board)
        page.evaluate("([name, usb]) => plugIn(name, usb)", [board.device, BRIDGE])
        page.get_by_role("button", name="Kết nối bo mạch").click()
        expect(page.locator("#ask-title")).to_have_text("Hãy bấm mỗi nút ba lần.", timeout=SOON_MS)
        look(page, "14-browser")
        for number, key in [(number, key) for number in (1, 2, 3) for key in KEYS]:
            site.house.loop.do(board.press(key, 40))
            heard = f"{key} {number} of 3" if (number, key) != (3, KEYS[-1]) else ""
            expect(page.locator("[data-part=buttons] small")).to_contain_text(heard)
        page.get_by_role("button", name="Có", exact=True).click(timeout=SOON_MS)
        expect(page.locator("#now")).to_have_text("Đã ghi danh.", timeout=SOON_MS)
        look(page, "15-browser-done")


@contextmanager
def a_page(site: Site) -> Iterator[Page]:
    """The page as a technician opens it, with rating buttons at the first counter chosen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        context = browser.new_context(
            locale="vi-VN",
            viewport={"width": SIZE[0], "height": SIZE[1]},
            device_scale_factor=SHARPNESS,
            reduced_motion="reduce",
        )
        context.set_default_timeout(SOON_MS)
        token, _ = site.town.session("ky-thuat")
        context.add_cookies([{"name": "motcua", "value": token, "url": site.address}])
        page = context.new_page()
        page.add_init_script(WEB_SERIAL)
        page.goto(site.address + "/devices/enrol")
        page.get_by_label("Nơi đặt thiết bị").select_option("tan-an/quay-1")
        page.get_by_label("nút đánh giá").check()
        yield page
        browser.close()


def look(page: Page, name: str) -> None:
    """What the page shows, once its letters are there."""
    page.evaluate("document.fonts.ready")
    height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
    part = {"x": 0.0, "y": 0.0, "width": float(SIZE[0]), "height": float(height)}
    keep(f"steps/{name}", page.screenshot(full_page=True, clip=part))  # type: ignore[arg-type]


if __name__ == "__main__":
    take_all()
