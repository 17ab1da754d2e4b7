"""A counter's page in a real Chromium: by keys, by hand, without scripts, with somebody else at the same counter."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from protocols import events
from tests.fleet.pages.desks import Desks
from tests.fleet.pages.town import serving

PATIENCE_MS = 40_000
# What is measured is found in the same step: the page may put another in its place in between.
HEIGHTS = """[...document.querySelectorAll("main :is(button, summary)")].filter(one => one.checkVisibility())
    .map(one => one.offsetHeight)"""
FINISH_BOX = "document.getElementById('act-finish').getBoundingClientRect().toJSON()"
LINES = """[...document.querySelectorAll(".desk-number")]
    .map(one => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight))"""
NOTE = """() => {
    window.same = true;
    window.told = [];  // what was done is said for a few seconds
    const place = document.getElementById("told");
    new MutationObserver(() => window.told.push(place.textContent)).observe(place, { childList: true });
    addEventListener("click", (click) => (window.clicked = click), { capture: true });
}"""
AGAIN = """after_ms => {
    const { clientX, clientY, timeStamp } = window.clicked;
    const again = new MouseEvent("click", { detail: 2, bubbles: true, cancelable: true, clientX, clientY });
    Object.defineProperty(again, "timeStamp", { value: timeStamp + after_ms });
    document.elementFromPoint(clientX, clientY).dispatchEvent(again);
}"""
TYPE = """text => [...text, "Enter"].forEach((key, at) => {
    const typed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(typed, "timeStamp", { value: performance.now() + 5 * at });
    document.activeElement.dispatchEvent(typed);
})"""
PRESS = """letters => new Promise(done => setTimeout(() => {
    [...letters].forEach((key, at) => {
        const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        Object.defineProperty(pressed, "timeStamp", { value: performance.now() - 120 * (letters.length - 1 - at) });
        document.body.dispatchEvent(pressed);
    });
    setTimeout(done, 100);
}, 100))"""
# When a hand moves and when the page hears of it are not the same on a machine that does much else.

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def address(desks: Desks) -> Iterator[str]:
    with serving(desks.town) as port:
        yield f"http://127.0.0.1:{port}"


@dataclass
class Seat:
    """Somebody at a screen, signed in, before a counter's page; what the page complained of."""

    context: BrowserContext
    page: Page
    scripts: bool
    complaints: list[str] = field(default_factory=list)

    def shows(self, name: str) -> None:
        """The counter serves this number, or does this."""
        expect(self.page.locator("#state")).to_have_attribute("data-title", name)

    def was_told(self, text: str) -> None:
        """The page said so, though it may be gone again."""
        self.page.wait_for_function("text => window.told.includes(text)", arg=text)

    def by(self, text: str) -> None:
        """Press the button that says so; without scripts another page is here then."""
        button = self.page.get_by_role("button", name=text).first
        with nullcontext() if self.scripts else self.page.expect_navigation():
            button.click()

    def does(self, verb: str) -> AbstractContextManager[object]:
        """Within this the page is answered that it did so; answers to what was done before are not waited for."""
        return self.page.expect_response(lambda answer: f"verb={verb}" in (answer.request.post_data or ""))


Sit = Callable[..., Seat]


@pytest.fixture
def sit(desks: Desks, address: str, chromium: Browser) -> Iterator[Sit]:
    seats: list[Seat] = []

    def sit_down(name: str = "clerk", at: str = "quay-1", scripts: bool = True) -> Seat:
        token, _ = desks.town.session(name)
        size = {"width": 1280, "height": 900}
        context = chromium.new_context(java_script_enabled=scripts, viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "motcua", "value": token, "url": address}])
        seat = Seat(context, context.new_page(), scripts)
        seat.page.on("console", lambda said: said.type in ("error", "warning") and seat.complaints.append(said.text))
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        seat.page.goto(f"{address}/counters/{at}")
        if scripts:
            expect(seat.page.locator("#connection")).to_have_attribute("data-state", "on")
            seat.page.evaluate(NOTE)
        seats.append(seat)
        return seat

    yield sit_down
    for seat in seats:
        seat.context.close()
    assert [said for seat in seats for said in seat.complaints if "409" not in said] == []


def kinds(desks: Desks) -> list[str]:
    return [kind for kind, _ in desks.done() if kind != "assigned"]


def test_a_visit_by_single_keys(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2)
    clerk = sit()
    clerk.page.keyboard.press("g")
    clerk.shows("A001")
    assert clerk.page.title().startswith("A001 · Quầy 1")
    expect(clerk.page.locator("#spoken")).to_contain_text("A001")
    with clerk.does("recall"):
        clerk.page.keyboard.press("L")
    clerk.page.keyboard.press("h")
    clerk.shows("Sẵn sàng")
    clerk.page.keyboard.press("z")
    clerk.shows("A001")
    clerk.page.keyboard.press("c")
    expect(clerk.page.locator("#send-on button").first).to_be_focused()
    clerk.page.keyboard.press("2")
    clerk.shows("Sẵn sàng")
    clerk.page.keyboard.press("d")
    expect(clerk.page.locator("#pausing-1")).to_be_focused()
    clerk.page.keyboard.press("Escape")
    expect(clerk.page.locator("#act-pause")).to_be_focused()
    clerk.page.keyboard.press("d")
    expect(clerk.page.locator("#pausing-1")).to_be_focused()
    clerk.page.keyboard.press("1")
    clerk.shows("Tạm dừng")
    clerk.page.keyboard.press("d")
    clerk.shows("Sẵn sàng")
    assert kinds(desks) == ["call", "recall", "finish", "undo", "transfer", "pause", "resume"]
    assert clerk.page.evaluate("window.same"), "the page was not loaded anew"


def test_keys_that_are_off_or_belong_to_something_else_do_nothing(desks: Desks, sit: Sit) -> None:
    """WCAG 2.1.4: they can be switched off; and they are not taken from the browser, nor from a field."""
    desks.takes(1)
    clerk = sit()
    for combination in ("Control+g", "Alt+g", "Meta+g"):
        clerk.page.keyboard.press(combination)
    clerk.page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    clerk.page.locator("main > input").press_sequentially("ghz")
    expect(clerk.page.locator("main > input")).to_have_value("ghz")
    clerk.page.locator("main > input").blur()
    clerk.by("Phím tắt đang bật")
    expect(clerk.page.get_by_role("button", name="Phím tắt đang tắt")).to_be_visible()
    expect(clerk.page.locator("kbd").first).to_be_hidden()
    clerk.page.keyboard.press("g")
    clerk.page.reload()
    expect(clerk.page.locator("#connection")).to_have_attribute("data-state", "on")
    clerk.page.keyboard.press("g")
    assert kinds(desks) == []
    clerk.by("Phím tắt đang tắt")
    clerk.page.keyboard.press("g")
    clerk.shows("A001")


def test_with_tab_and_enter_alone(desks: Desks, sit: Sit) -> None:
    desks.takes(1)
    clerk = sit()
    page = clerk.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#act-next")).to_be_focused()
    page.keyboard.press("Enter")
    clerk.shows("A001")
    expect(page.locator("#acts")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#act-undo")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#act-recall")).to_be_focused()
    with clerk.does("recall"):
        page.keyboard.press("Enter")
    desks.link()
    expect(page.locator("#state")).to_contain_text("Đã gọi lại 1 lần")
    expect(page.locator("#act-recall")).to_be_focused()
    assert kinds(desks) == ["call", "recall"]


def test_a_double_click_calls_one(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2, 3)
    clerk = sit()
    with clerk.does("next"):
        clerk.page.locator("#act-next").click()
    clerk.shows("A001")
    clerk.page.evaluate(AGAIN, 499)
    with clerk.does("finish"):
        clerk.page.locator("#act-finish").click()
    clerk.shows("Sẵn sàng")
    clerk.page.evaluate(AGAIN, 499)
    expect(clerk.page.locator("#pausing")).not_to_have_attribute("open", "")
    with clerk.does("next"):
        clerk.page.locator("#act-next").click()
    clerk.shows("A002")
    with clerk.does("recall"):
        clerk.page.evaluate(AGAIN, 501)
    assert kinds(desks) == ["call", "finish", "call", "recall"]


def test_what_is_pressed_while_something_is_done_waits_for_it(desks: Desks, sit: Sit) -> None:
    """Of keys that were pressed one after another a page that is slow may hear at once."""
    desks.takes(1, 2)
    clerk = sit()
    held: list[Route] = []

    def late(route: Route) -> None:
        if not held:
            held.append(route)
            clerk.page.evaluate(PRESS, "g")
        route.continue_()

    clerk.page.route("**/acts", late)
    with clerk.does("finish"):
        clerk.page.evaluate(PRESS, "gh")
    clerk.shows("Sẵn sàng")
    assert kinds(desks) == ["call", "finish"]


def test_a_button_pressed_before_the_answer_is_here_waits_for_it(desks: Desks, sit: Sit) -> None:
    """What was done may be heard of by the live page first."""
    desks.takes(1, 2)
    clerk = sit()
    page = clerk.page
    answers: list[Route] = []

    def late(route: Route) -> None:
        answers.append(route)
        if len(answers) > 1:
            route.continue_()
            return
        answer = route.fetch()
        clerk.shows("A001")
        for _ in range(2):
            page.locator("#act-recall").press("Enter")
        route.fulfill(response=answer)

    page.route("**/acts", late)
    with clerk.does("recall"):
        page.locator("#act-next").press("Enter")
    desks.link()
    expect(page.locator("#state")).to_contain_text("Đã gọi lại 1 lần")
    assert kinds(desks) == ["call", "recall"]


CODE = "H15.50.05.13-261008-0975"
CARD = "079203001234|123456789|Nguyễn Văn An|01012003|Nam|12 Lê Lợi|01012021"


def test_a_scanner_that_types_adds_a_dossier_and_presses_nothing(desks: Desks, sit: Sit) -> None:
    """What it types are our letters, too; and its Enter would press the button that has the focus."""
    desks.takes(1)
    clerk = sit()
    page, told, asked = clerk.page, clerk.page.locator("#told"), []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.evaluate(TYPE, CODE)
    expect(told).to_have_text("Chưa thực hiện: quầy không phục vụ số nào.")
    page.keyboard.press("g")
    clerk.shows("A001")
    page.locator("#act-finish").focus()
    page.evaluate(TYPE, f"https://dichvucong.gov.vn/tra-cuu?ma={CODE}&x=1")
    clerk.was_told("Đã ghi mã hồ sơ.")
    desks.link()
    expect(page.locator("#dossiers code")).to_have_text(CODE)
    page.evaluate(TYPE, CARD)
    expect(told).to_contain_text("đây không phải mã hồ sơ")
    page.locator("#scan-code").fill(CARD)
    page.keyboard.press("Enter")
    expect(page.locator("#scan-code")).to_have_value("")
    assert kinds(desks) == ["call", "scan"]
    assert not [one for one in asked if "079203" in one or "Nguy" in one], "a card leaves the machine nowhere"


def test_no_layout_puts_harm_under_the_second_click(desks: Desks, sit: Sit) -> None:
    """What lies where a button was, after what it does, is nothing that changes anything or only calls again."""
    desks.takes(1, 2)
    clerk = sit(scripts=False)
    harmless = {"", "act-recall", "act-pause"}
    for button, after in (("#act-next", "A001"), ("#act-no-show", "Sẵn sàng")):
        box = clerk.page.locator(button).bounding_box()
        assert box is not None
        clerk.page.locator(button).click()
        clerk.shows(after)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        under = "([x, y]) => document.elementFromPoint(x, y).closest('button, summary')?.id ?? ''"
        # Scripts of a page are off, not those of this test.
        assert clerk.page.evaluate(under, [x, y]) in harmless, button


def test_two_clerks_at_two_counters_get_two_numbers(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2, 3)
    one, other = sit(), sit("other", "quay-2")
    expect(other.page.locator("#queue .label")).to_have_text("A001")
    one.page.keyboard.press("g")
    one.shows("A001")
    expect(other.page.locator("#queue .label")).to_have_text("A002")
    other.page.keyboard.press("g")
    other.shows("A002")
    one.page.keyboard.press("h")
    one.shows("Sẵn sàng")
    expect(one.page.locator("#queue .label")).to_have_text("A003")


def test_what_could_not_be_sent_is_said_and_is_done_once_when_it_can(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2)
    one, other = sit(), sit("other")
    one.page.keyboard.press("g")
    other.shows("A001")
    one.page.route("**/acts", lambda route: route.abort())
    one.page.keyboard.press("h")
    expect(one.page.locator("#told")).to_contain_text("Chưa gửi được")
    one.shows("A001")
    one.page.unroute("**/acts")
    one.page.keyboard.press("h")
    other.shows("Sẵn sàng")
    expect(one.page.locator("#told")).to_be_hidden()
    one.complaints.clear()
    assert kinds(desks) == ["call", "finish"]


def test_a_keypad_at_the_same_counter(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2)
    clerk = sit()
    desks.says("q-1", events.NumberCalled, 5, service="ho-tich", number=1)
    clerk.shows("A001")
    mark = clerk.page.locator("#act-finish").evaluate("button => button.form.elements.seen.value")
    desks.says("q-1", events.VisitFinished, 4, service="ho-tich", number=1)
    clerk.shows("Sẵn sàng")
    desks.says("q-1", events.NumberCalled, 3, service="ho-tich", number=2)
    clerk.shows("A002")
    # As if the press had come before the page heard of it.
    pressed = "(button, mark) => { button.form.elements.seen.value = mark; button.click(); }"
    clerk.page.locator("#act-finish").evaluate(pressed, mark)
    expect(clerk.page.locator("#told")).to_contain_text("quầy vừa được thao tác ở nơi khác")
    clerk.shows("A002")
    clerk.page.keyboard.press("h")
    clerk.shows("Sẵn sàng")
    expect(clerk.page.locator("#told")).to_be_hidden()
    assert kinds(desks) == ["finish"]


def test_a_dossier_that_is_scanned_appears_and_moves_no_button(desks: Desks, sit: Sit) -> None:
    desks.takes(1)
    clerk = sit()
    clerk.page.keyboard.press("g")
    clerk.shows("A001")
    desks.link()
    expect(clerk.page.locator("#dossiers")).to_be_hidden()
    before = clerk.page.evaluate(FINISH_BOX)
    desks.says("q-1", events.CodeScanned, -1, what="dossier", code="H15.50.05.13-261008-0975")
    expect(clerk.page.locator("#dossiers")).to_contain_text("H15.50.05.13-261008-0975")
    assert clerk.page.evaluate(FINISH_BOX) == before


def test_a_choice_that_is_open_stays_open_when_the_page_changes(desks: Desks, sit: Sit) -> None:
    desks.takes(1)
    clerk = sit()
    clerk.page.keyboard.press("d")
    expect(clerk.page.locator("#pausing")).to_have_attribute("open", "")
    desks.says("q-1", events.Paused, 2)
    clerk.shows("Tạm dừng")
    desks.says("q-1", events.Resumed, 1)
    clerk.shows("Sẵn sàng")
    expect(clerk.page.locator("#pausing")).not_to_have_attribute("open", "")
    clerk.page.keyboard.press("d")
    expect(clerk.page.locator("#pausing")).to_have_attribute("open", "")
    desks.says("q-1", events.NumberCalled, service="ho-tich", number=1)
    clerk.shows("A001")


def test_a_morning_without_scripts(desks: Desks, sit: Sit) -> None:
    desks.takes(1, 2)
    clerk = sit(scripts=False)
    expect(clerk.page.locator("kbd").first).to_be_hidden()
    expect(clerk.page.locator("#keys")).to_be_hidden()
    clerk.by("Gọi số tiếp theo")
    clerk.shows("A001")
    clerk.by("Gọi lại")
    clerk.shows("A001")
    clerk.page.locator("#act-transfer").click()
    clerk.page.get_by_role("list", name="Chuyển số").get_by_role("button", name="Đất đai").click()
    clerk.shows("Sẵn sàng")
    clerk.by("Hoàn tác")
    clerk.shows("A001")
    clerk.by("Hoàn thành")
    clerk.page.locator("#act-pause").click()
    clerk.by("Nghỉ trưa")
    clerk.shows("Tạm dừng")
    clerk.by("Mở lại quầy")
    clerk.shows("Sẵn sàng")
    assert kinds(desks) == ["call", "recall", "transfer", "undo", "finish", "pause", "resume"]


def test_who_signed_out_elsewhere_signs_in_again_and_nothing_is_done(desks: Desks, sit: Sit) -> None:
    desks.takes(1)
    clerk = sit()
    with desks.town.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM sessions")
    clerk.page.keyboard.press("g")
    expect(clerk.page.get_by_label("Mật khẩu")).to_be_visible()
    assert kinds(desks) == []
    clerk.complaints.clear()


@pytest.mark.parametrize("path", ["/counters", "/counters/quay-1"])
def test_a_page_fits_its_window_and_buttons_a_thumb(desks: Desks, sit: Sit, address: str, path: str) -> None:
    desks.takes(1, 2, 3)
    desks.says("q-1", events.NumberCalled, 5, service="ho-tich", number=1)
    page = sit().page
    for width, letters in [(1440, 100), (1024, 100), (360, 100), (1280, 200), (360, 200)]:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + path)
        page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
        page.locator("#act-transfer, .desk-choice a").first.click(trial=True)
        shape = width, letters
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, shape
        assert min(page.evaluate(HEIGHTS), default=99) >= 44, shape
        assert max(page.evaluate(LINES), default=1) < 1.5, ("a number stands on one line", shape)
        assert re.search("Quầy 1", page.inner_text("body"))
