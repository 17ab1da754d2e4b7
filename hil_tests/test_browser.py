"""From a bare board to a device at work, in the browser: Chromium, its Web Serial scripted, and all else as it is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from fleet.domain.selftests import record_of
from fleet.flows.keep_selftest import tests_of as kept_tests
from fleet.laptop import flash_image
from fleet.laptop.packages import Packages
from fleet.laptop.serial_board import SerialBoard
from fleet.store import claims, device_keys
from hil_tests.at_the_cable import KNOWN, SOON_S
from hil_tests.browser_at_the_cable import BRIDGE, OWN_USB, WEB_SERIAL, Site, a_site
from hil_tests.test_bench import until
from tests.chromium import LAUNCH

KEYS = [f"score_{number}" for number in range(1, 6)]
CUTS = ("installing", "testing", "connecting")
SOON_MS = SOON_S * 1000
CUT_AT = """([step, name]) => {
    const row = document.querySelector(`[data-step="${step}"]`);
    const look = () => row.dataset.state === "now" && (watch.disconnect(), pull(name), pullTheCable());
    const watch = new MutationObserver(look);
    watch.observe(row, { attributes: true });
}"""
PRESSES = "SELECT device FROM events WHERE kind = 'rating'"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with a_site(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """The page, with rating buttons at the first counter chosen."""
    context = chromium.new_context(locale="vi-VN")
    context.set_default_timeout(SOON_MS)
    token, _ = site.town.session("ky-thuat")
    context.add_cookies([{"name": "motcua", "value": token, "url": site.address}])
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(WEB_SERIAL)
    page.goto(site.address + "/devices/enrol")
    page.get_by_label("Nơi đặt thiết bị").select_option("tan-an/quay-1")
    page.get_by_label("nút đánh giá").check()
    yield page
    context.close()
    assert complaints == []


def plugged_in(site: Site, page: Page, board: SerialBoard, usb: dict[str, int]) -> None:
    """Its cable goes in, and the browser says so."""
    site.cables.plug_in(board)
    page.evaluate("([name, usb]) => plugIn(name, usb)", [board.device, usb])


def claims_of(site: Site, hw: str) -> list[claims.Claim]:
    with site.house.store.reading() as connection:
        return claims.of_board(connection, hw)


def enrolled(site: Site, board: SerialBoard, before: set[str]) -> str:
    """The one device that this board became, by the one claim that it ever had; its key is its own."""
    [claim] = claims_of(site, board.hw)
    assert (claim.used_hw, site.ids() - before, site.ids(KNOWN) - before) == (board.hw, {claim.device}, {claim.device})
    with site.house.store.reading() as connection:
        keys = device_keys.keys_of(connection, claim.device)
    assert keys is not None and keys.claim is None, "what was in the page is worth nothing any more"
    return claim.device


def test_a_bare_board_becomes_a_device_and_its_first_press_counts(site: Site, page: Page) -> None:
    """Its USB is its own, so its port goes with each reset; somebody presses its keys and looks at its lamps."""
    before = site.ids(KNOWN)
    board = site.cables.board("bare", "e6614c311b7e6f01", renames=True)
    plugged_in(site, page, board, OWN_USB)
    page.get_by_role("button", name="Kết nối bo mạch").click()
    asked = page.locator("#ask-title")
    expect(asked).to_have_text("Hãy bấm mỗi nút ba lần.", timeout=SOON_MS)
    for number, key in [(number, key) for number in (1, 2, 3) for key in KEYS]:
        site.house.loop.do(board.press(key, 40))
        heard = re.compile(f"{key} {number} of 3|bounces")  # the last one is followed by the result
        expect(page.locator("[data-part=buttons] small")).to_have_text(heard, timeout=SOON_MS)
    expect(asked).to_have_text("Các đèn có sáng lần lượt, còi có kêu không?", timeout=SOON_MS)
    page.get_by_role("button", name="Có", exact=True).click()
    expect(page.locator("#now")).to_have_text("Đã ghi danh.", timeout=SOON_MS)
    device = enrolled(site, board, before)
    expect(page.get_by_role("link", name="Mở trang của thiết bị")).to_have_attribute("href", f"/devices/{device}")
    [tested] = kept_tests(site.house.store, device, 9)
    results = {part.part: part.result for part in record_of(tested.record).parts}
    assert (tested.passed, results["buttons"], results["lamps"]) == (True, "pass", "pass")
    page.get_by_role("button", name="Bo mạch tiếp theo").click()
    expect(page.get_by_label("nút đánh giá")).to_be_checked()
    until("it has its role, and reads its keys", lambda: KEYS[0] in board.keys)
    site.house.loop.do(board.press(KEYS[0]))
    until("its press is stored", lambda: [(device,)] == site.house.rows(PRESSES))
    site.cables.pull(board)


def test_a_cable_that_is_pulled_again_and_again_still_makes_one_device(site: Site, page: Page) -> None:
    """The page goes on by itself each time the cable is back; all firmware but its start is on the board already."""
    before = site.ids(KNOWN)
    board = site.cables.board("pulled", "00000000c0ffee00")
    files = Packages().files("simulated", ("rating",))
    flash_image.save(flash_image.open_flash(None), board.image, b"")
    flash_image.write_files(board.image, {path: files[path] for path in files if path != "main.py"})
    page.expose_function("pullTheCable", lambda: site.cables.pull(board))
    page.get_by_label("Tôi đứng cạnh bo mạch").uncheck()
    plugged_in(site, page, board, BRIDGE)
    for step in CUTS:
        page.evaluate(CUT_AT, [step, board.device])
        if step == CUTS[0]:
            page.get_by_role("button", name="Kết nối bo mạch").click()
        else:
            plugged_in(site, page, board, BRIDGE)
        expect(page.locator("#trouble-title")).to_have_text("Mất kết nối với bo mạch", timeout=SOON_MS)
        expect(page.get_by_role("button", name="Kết nối bo mạch")).to_be_enabled(timeout=SOON_MS)
        assert len(claims_of(site, board.hw)) == 1, step
    plugged_in(site, page, board, BRIDGE)
    expect(page.locator("#now")).to_have_text("Đã ghi danh.", timeout=SOON_MS)
    enrolled(site, board, before)
