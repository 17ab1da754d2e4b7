"""The pages in a real Chromium."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from fleet.clock import now_ms
from fleet.domain.closing import ClosingNow
from fleet.domain.office_now import OfficeNow
from fleet.flows import sign_in
from tests.chromium import LAUNCH
from tests.fleet.pages.sample_office import busy_office, quiet_office
from tests.fleet.pages.town import PASSWORD, Town, serving

PATIENCE_MS = 40_000

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Window:
    """A browser's window, what it asked for and what it complained of."""

    context: BrowserContext
    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def enter(self, address: str, name: str = "supervisor") -> None:
        """Sign in as a person does."""
        self.page.goto(f"{address}/")
        self.page.get_by_label("Tên đăng nhập").fill(name)
        self.page.get_by_label("Mật khẩu").fill(PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()
        expect(self.page.locator("#connection, .panel").first).to_be_visible()

    def is_signed_in(self, town: Town, address: str, name: str) -> None:
        """As if this person had signed in."""
        token, _ = town.session(name)
        self.context.add_cookies([{"name": "motcua", "value": token, "url": address}])

    def wider_than_itself(self) -> int:
        """By how many pixels the page must be moved sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, viewport={"width": 1440, "height": 900}, **LAUNCH
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context
        context.close()


@pytest.fixture
def window(chromium: BrowserContext) -> Iterator[Window]:
    chromium.clear_cookies()
    window = Window(chromium, chromium.new_page())
    window.page.on("request", lambda request: window.hosts.add(str(urlsplit(request.url).hostname)))
    window.page.on("console", lambda said: said.type in ("error", "warning") and window.complaints.append(said.text))
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    window.page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => console.error('CSP: ' + event.blockedURI))"
    )
    yield window
    window.page.close()


@dataclass(frozen=True)
class Story:
    """What the pages are told of an office: everything in it began when the test did, and only the time goes on."""

    began_ms: int

    def busy(self, office: str, at_ms: int) -> OfficeNow:
        return replace(busy_office(office, self.began_ms), now_ms=at_ms)

    def quiet(self, office: str, at_ms: int) -> OfficeNow:
        return replace(quiet_office(office, self.began_ms), now_ms=at_ms)

    def one_more_waits(self, office: str, at_ms: int) -> OfficeNow:
        first, *others = self.busy(office, at_ms).services
        return replace(self.busy(office, at_ms), services=(replace(first, waiting=first.waiting + 1), *others))


@pytest.fixture
def story() -> Story:
    return Story(now_ms())


def test_the_page_changes_when_it_is_told(town: Town, address: str, window: Window, story: Story) -> None:
    town.office = story.quiet
    window.enter(address)
    page = window.page
    expect(page.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
    expect(page.locator(".headline-sentence")).to_have_text("Không có ai đang chờ")
    page.evaluate("window.same = true")
    town.office = story.busy
    town.changes.tell("tan-an")
    expect(page.locator(".headline-sentence")).to_have_text("Có người chờ quá lâu: Đất đai, môi trường")
    expect(page.locator("#spoken")).to_have_text("Có người chờ quá lâu: Đất đai, môi trường")
    expect(page.locator("#satisfaction .share")).to_have_text("87% hài lòng")
    town.office = story.one_more_waits
    town.changes.tell("tan-an")
    expect(page.locator("#queues tbody tr").first.locator("b")).to_have_text("7")
    expect(page.locator("#queues tr.changed")).to_have_count(1)
    assert page.title().startswith("▲ Chờ quá lâu")
    assert page.evaluate("window.same"), "the page was not loaded anew"
    assert window.hosts == {"127.0.0.1"}
    assert window.complaints == []


def test_what_a_page_must_not_do_is_noticed(town: Town, address: str, window: Window) -> None:
    """So that the silence of the test above means something."""
    window.enter(address)
    with window.page.expect_console_message(lambda said: said.text == "CSP: inline"):
        window.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))"
        )
    with window.page.expect_console_message(lambda said: said.text == "CSP: http://localhost:9/outside.png"):
        window.page.evaluate("new Image().src = 'http://localhost:9/outside.png'")
    assert {"CSP: inline", "CSP: http://localhost:9/outside.png"} <= set(window.complaints)


def test_waiting_times_run_on_by_themselves(town: Town, address: str, window: Window, story: Story) -> None:
    town.office = story.busy
    window.enter(address)
    time = window.page.locator("#queues .level-late .time")
    first = time.inner_text()
    expect(time).not_to_have_text(first)
    minutes, seconds = map(int, time.inner_text().split(":"))
    assert 31 <= minutes <= 40
    assert 0 <= seconds < 60


def test_a_lost_connection_is_said_and_found_again(town: Town, window: Window, story: Story) -> None:
    town.office = story.busy
    with serving(town) as port:
        window.enter(f"http://127.0.0.1:{port}")
        expect(window.page.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
        expect(window.page.locator("#lost")).to_be_hidden()
    expect(window.page.locator("#lost")).to_be_visible()
    expect(window.page.locator("#lost")).to_contain_text("Mất kết nối với máy chủ từ")
    expect(window.page.locator("#connection")).to_have_text("Mất kết nối")
    town.office = story.quiet
    with serving(town, port):
        expect(window.page.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
        expect(window.page.locator("#lost")).to_be_hidden()
        expect(window.page.locator(".headline-sentence")).to_have_text("Không có ai đang chờ")


def test_the_page_leaves_when_the_session_ends(town: Town, address: str, window: Window) -> None:
    window.enter(address)
    expect(window.page.locator("#connection")).to_have_text("Đang cập nhật trực tiếp")
    (token,) = (cookie["value"] for cookie in window.context.cookies() if cookie["name"] == "motcua")
    sign_in.sign_out(town.store, token)
    town.changes.tell("tan-an")
    expect(window.page.get_by_label("Mật khẩu")).to_be_visible()


def test_the_page_says_when_numbers_are_given_no_more_and_whom_that_leaves(
    town: Town, address: str, window: Window, story: Story
) -> None:
    until_ms = 1_795_429_800_000  # 17:30
    closed = ClosingNow(until_ms, said=False, closed=True, waiting=7, parked=2, ended=0)
    town.office = lambda office, at_ms: replace(story.busy(office, at_ms), closing=closed)
    window.enter(address)
    said = window.page.locator("#headline .closing")
    expect(said).to_have_text("Đã ngừng cấp số từ 17:30: còn 7 người chờ, 2 người tạm gác.")
    for width, letters in [(1440, 100), (360, 100), (360, 200)]:
        window.page.set_viewport_size({"width": width, "height": 900})
        window.page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
        assert window.wider_than_itself() <= 0, (width, letters)
    kept = replace(closed, said=True, closed=False, ended=3)
    town.office = lambda office, at_ms: replace(story.busy(office, at_ms), closing=kept)
    town.changes.tell("tan-an")
    expect(said).to_have_text(
        "Cấp số đến 17:30, theo quyết định riêng cho hôm nay. Đã kết thúc ngày khi 3 người còn chờ."
    )


@pytest.mark.parametrize("path", ["/offices/tan-an", "/devices", "/offices/tan-an/ratings", "/devices/buttons"])
def test_a_page_fits_its_window(town: Town, address: str, window: Window, path: str) -> None:
    window.is_signed_in(town, address, "root")
    too_wide = {}
    for width, letters in [(1440, 100), (1024, 100), (390, 100), (1280, 200), (390, 200)]:
        window.page.set_viewport_size({"width": width, "height": 900})
        window.page.goto(address + path)
        window.page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
        too_wide[width, letters] = max(0, window.wider_than_itself())
    assert set(too_wide.values()) == {0}, too_wide


def test_the_keyboard_goes_first_to_the_content(town: Town, address: str, window: Window) -> None:
    window.enter(address)
    window.page.keyboard.press("Tab")
    skip = window.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("main")).to_be_focused()


def test_a_word_in_english_stays_english(town: Town, address: str, window: Window, story: Story) -> None:
    town.office = story.busy
    window.enter(address)
    window.page.locator(".languages button[value=en]").click()
    expect(window.page.locator("#connection")).to_have_text("Live")
    town.office = story.quiet
    town.changes.tell("tan-an")
    expect(window.page.locator(".headline-sentence")).to_have_text("Nobody is waiting")
    assert window.complaints == []
