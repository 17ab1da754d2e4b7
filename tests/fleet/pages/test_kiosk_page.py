"""The kiosk: from the services to a number, by a client without scripts and by fingers in a real Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, Page, Route, expect

from fleet.clock import now_ms
from fleet.domain.kiosk_now import AT_MOST
from fleet.domain.procedures import Procedure
from fleet.domain.rights import Role
from fleet.flows import command, set_kiosk
from fleet.flows.equip import set_office
from fleet.flows.presence import seen
from fleet.flows.sign_in import add_person
from fleet.store import procedures
from fleet.store.rows import every, sql
from protocols.commands import Reply
from protocols.presence import Alive
from tests.fleet.office import OFFICE
from tests.fleet.pages.desks import Desks, open_desks
from tests.fleet.pages.test_accessible import findings, seen_by_axe
from tests.fleet.pages.town import PASSWORD, serving
from tests.sqlite_files import SqliteFiles

PATIENCE_MS = 40_000
SCREENS = [(1920, 1080), (1366, 768), (768, 1024)]
TOUCH_PX = 72
TAKEN = sql("SELECT number, priority FROM tickets WHERE service = 'ho-tich' ORDER BY number")
BIRTH = Procedure(
    "1.001193", "Đăng ký khai sinh", days=1, papers=("Giấy chứng sinh",), fee="Miễn phí", service="ho-tich"
)
SMALL = f"""[...document.querySelectorAll("main :is(a, button, summary, label), nav a")]
    .filter((one) => one.checkVisibility() && !one.classList.contains("unseen"))
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < {TOUCH_PX}).map(([text]) => text)"""
STAYS = "document.querySelector('main').dataset.leaves = 3600"
# Seconds: a machine that is slow to look at the screen finds it there.

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def desks(sqlite_files: SqliteFiles, tmp_path: Path) -> Iterator[Desks]:
    with open_desks(sqlite_files, tmp_path) as made:
        add_person(made.town.store, "display", PASSWORD, Role.DISPLAY, now_ms(), OFFICE)
        set_office(made.town.store, OFFICE, now_ms(), texts={"ho-tich.en": "Civil status"})
        with made.town.store.writing() as connection:
            procedures.save(connection, [BIRTH])
        yield made


@pytest.fixture
def screen(chromium: Browser, desks: Desks) -> Iterator[Page]:
    """A touch screen that was signed in as a display of the office, and complains of nothing."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, has_touch=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    token, _ = desks.town.session("display")
    context.add_cookies([{"name": "motcua", "value": token, "domain": "127.0.0.1", "path": "/"}])
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => { throw Error('CSP: ' + event.blockedURI) })"
    )
    yield page
    assert complaints == []
    context.close()


def taken(desks: Desks) -> list[tuple[int, str]]:
    desks.link()
    with desks.town.store.reading() as connection:
        return [(row.number, row.priority) for row in every(connection, TAKEN)]


def test_without_scripts_a_form_gives_one_number_however_often_it_is_sent(desks: Desks) -> None:
    desks.takes(1, 2, service="dat-dai")
    with desks.town.browser("display") as browser:
        start = browser.get("/kiosk/tan-an").text
        assert "2 người đang chờ" in start and "icons.svg#land" in start and "http-equiv" in start
        assert "/login" not in start and "/logout" not in start, "nothing leads out"
        service = browser.get("/kiosk/tan-an/ho-tich").text
        assert "Giấy chứng sinh" in service and "1 ngày làm việc" in service and "Miễn phí" in service
        fields = dict(re.findall(r'type="hidden" name="(key)" value="([^"]+)"', service))
        form = {**fields, "way": "phone", "priority": "true"}
        answers = [browser.post("/kiosk/tan-an/ho-tich", **form) for _ in range(2)]
        assert [one.status_code for one in answers] == [200, 200] and "<b>A001</b>" in answers[1].text
        assert "MC1:" not in answers[0].text, "the code stands in the picture alone"
        assert taken(desks) == [(1, "priority")]
        refused = browser.post("/kiosk/tan-an/dat-dai", **form)
        assert refused.status_code == 409 and "Màn hình này đã cấp số" in refused.text
        for n in range(AT_MOST[0][1]):
            last = browser.post("/kiosk/tan-an/ho-tich", key=f"mot-lan-{n}-nua", way="phone")
        assert last.status_code == 409 and "Máy vừa cấp nhiều số" in last.text
        assert browser.post("/kiosk/tan-an/ho-tich", key="?", way="phone").status_code == 400
        assert browser.post("/kiosk/tan-an/ho-tich", key="mot-lan-cham", way="smoke").status_code == 400


def answer_order(desks: Desks, **said: Any) -> None:
    """The printer does, or does not, what it was last asked."""
    ((_, order),) = command.untold(desks.town.store, 9, now_ms())
    command.answered(desks.town.store, "tp-1", Reply(id=order.id, **said), now_ms())


def test_without_scripts_a_paper_is_waited_for_and_one_that_does_not_come_leaves_the_telephone(desks: Desks) -> None:
    path = "/kiosk/tan-an/ho-tich"
    with desks.town.browser("display") as browser:
        assert "Máy in phiếu đang mất kết nối" in browser.get(path).text
        seen(desks.town.store, "tp-1", Alive(), now_ms())
        assert "Máy in phiếu bên cạnh in ra ngay" in browser.get(path).text
        asked = browser.post(path, key="giay-mot-lan", way="paper").text
        again = re.search(r"url=(/kiosk/tan-an/ho-tich/paper/\w+)\?", asked)
        assert again is not None and "Đang in phiếu" in asked
        assert "Đang in phiếu" in browser.get(again[1]).text
        answer_order(desks, ok=True, result={"service": "ho-tich", "number": 4})
        printed = browser.get(again[1]).text
        assert "<b>A004</b>" in printed and "Mời Ông/Bà lấy phiếu ở máy in" in printed and "kiosk-code" not in printed
        browser.post(path, key="giay-lan-hai", way="paper")
        answer_order(desks, ok=False, reason="no_paper")
        refused = browser.post(path, key="giay-lan-hai", way="paper")
        why = browser.get(re.findall(r"url=([^?]+)", refused.text)[0])
        assert why.status_code == 409 and "Máy in đã hết giấy" in why.text and 'value="phone"' in why.text
    with desks.town.browser("display") as another:
        assert another.get(again[1]).status_code == 404, "another screen asked for no such paper"


def test_it_speaks_the_language_that_was_touched_and_vietnamese_else(desks: Desks) -> None:
    with desks.town.browser("display") as browser:
        assert browser.get("/kiosk/tan-an", headers={"accept-language": "en"}).headers["content-language"] == "vi"
        english = browser.get("/kiosk/tan-an?lang=en").text
        assert "Touch what you came for" in english and 'lang="en">Civil status' in english
        assert 'lang="vi">Đất đai' in english, "what has no English name keeps its own"
        assert browser.get("/kiosk/tan-an?lang=fr").headers["content-language"] == "vi"


def test_what_is_kept_of_people_is_told_on_the_screen_itself(desks: Desks) -> None:
    set_office(desks.town.store, OFFICE, now_ms(), hotline="1900 1022")
    with desks.town.browser("display") as browser:
        for path in ("/kiosk/tan-an", "/kiosk/tan-an/ho-tich"):
            assert 'href="/kiosk/tan-an/notice/privacy?lang=vi"' in browser.get(path).text
        told = browser.get("/kiosk/tan-an/notice/privacy").text
        assert "Bảo vệ dữ liệu cá nhân" in told and "1900 1022" in told and "tel:" not in told
        assert "1100 ngày, sau đó tự xóa" in told and "Dữ liệu của cán bộ" not in told
        links = re.findall(r'<a [^>]*href="([^"]+)"', told)
        assert links and all(link.startswith("/kiosk/tan-an") for link in links), "nothing leads out"
        assert "Personal data" in browser.get("/kiosk/tan-an/notice/privacy?lang=en").text


def test_a_procedure_is_found_without_its_tones_and_leads_to_its_service(desks: Desks) -> None:
    with desks.town.browser("display") as browser:
        found = browser.get("/kiosk/tan-an?find=khai si").text
        assert "Đăng ký khai sinh" in found and "/kiosk/tan-an/ho-tich?procedure=1.001193" in found
        assert "<details open" in browser.get("/kiosk/tan-an/ho-tich?procedure=1.001193").text
        assert "Không tìm thấy thủ tục nào" in browser.get("/kiosk/tan-an?find=tàu vũ trụ").text


def test_an_office_without_a_kiosk_and_one_of_others_have_none(desks: Desks) -> None:
    with desks.town.browser("display") as browser:
        for path in ("/kiosk/cai-khe", "/kiosk/tan-an/thue"):
            assert browser.get(path).status_code == 404
        set_kiosk.set_ways(desks.town.store, OFFICE, [])
        for path in ("/kiosk/tan-an", "/kiosk/tan-an/ho-tich", "/live/kiosk/tan-an"):
            assert browser.get(path).status_code == 404


def test_from_a_touch_to_the_page_of_the_ticket(desks: Desks, screen: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[str] = []
    drawn = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: codes.append(text) or drawn(text, **how))
    with serving(desks.town) as port:
        home = f"http://127.0.0.1:{port}"
        grave = findings(screen, f"{home}/kiosk/tan-an?find=khai&lang=en", 100)
        for width, height in SCREENS:
            screen.set_viewport_size({"width": width, "height": height})
            for path in ("", "?find=khai", "/ho-tich", "/notice/privacy")[: 4 if width < height else 1]:
                screen.goto(f"{home}/kiosk/tan-an{path}")
                assert screen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
                assert screen.evaluate(SMALL) == [], path
        screen.goto(f"{home}/kiosk/tan-an")
        screen.get_by_role("link", name="Hộ tịch").tap()
        take = screen.locator("button[value=phone]")
        expect(take).to_be_visible()
        sent: list[Route] = []

        def lost_once(route: Route) -> None:
            sent.append(route)
            if len(sent) > 1:
                route.continue_()
            else:
                route.fetch()
                route.abort()

        screen.route("**/kiosk/tan-an/ho-tich?*", lost_once)
        take.tap()
        expect(screen.locator("#refused")).to_contain_text("Chưa lấy được số vì mất kết nối")
        take.tap()
        expect(screen.locator(".kiosk-given b")).to_have_text("A001")
        screen.evaluate(STAYS)
        assert taken(desks) == [(1, "")], "the answer was lost, and the number was not"
        grave += seen_by_axe(screen, "the number")
        seen(desks.town.store, "tp-1", Alive(), now_ms())
        screen.goto(f"{home}/kiosk/tan-an/ho-tich")
        screen.get_by_role("button", name="Lấy phiếu giấy").dblclick()
        expect(screen.locator(".kiosk-given h1")).to_have_text("Đang in phiếu…")
        answer_order(desks, ok=True, result={"service": "ho-tich", "number": 31})
        expect(screen.locator(".kiosk-given h1 b")).to_have_text("A031")
        screen.evaluate(STAYS)
        grave += seen_by_axe(screen, "the paper")
        assert grave == []
        assert len(set(codes)) == 1, "both answers lead to the same page"
        with screen.expect_response("**/kiosk/tan-an"):
            screen.get_by_role("link", name="Xong").tap()
        expect(screen.get_by_role("link", name="Hộ tịch")).to_contain_text("1 người đang chờ")
        holder = screen.context.new_page()
        holder.goto(codes[0])
        expect(holder.locator("h1")).to_contain_text("A001")
        holder.goto(f"{home}/lobby/tan-an")
        expect(holder.locator(".lobby-wait").first).to_contain_text("1 người đang chờ")


def test_who_walks_away_leaves_a_screen_in_vietnamese(desks: Desks, screen: Page) -> None:
    screen.clock.install(time=0)
    screen.clock.pause_at(1)  # however long it takes to come, it is there at this moment
    with serving(desks.town) as port:
        screen.goto(f"http://127.0.0.1:{port}/kiosk/tan-an/ho-tich?lang=en")
        expect(screen.locator("#clock")).not_to_be_empty()
        screen.clock.run_for(40_000)
        expect(screen.locator("#leaving")).to_be_hidden()
        screen.clock.run_for(10_000)
        expect(screen.locator("#leaving")).to_contain_text("seconds")
        screen.get_by_role("button", name="I need more time").tap()
        expect(screen.locator("#leaving")).to_be_hidden()
        screen.clock.run_for(66_000)
        expect(screen.get_by_role("heading", level=1)).to_have_text("Mời Ông/Bà chạm vào việc cần làm")


def test_letters_are_typed_on_the_screen(desks: Desks, screen: Page) -> None:
    with serving(desks.town) as port:
        screen.goto(f"http://127.0.0.1:{port}/kiosk/tan-an?find=")
        for letter in "si":
            screen.get_by_role("button", name=letter, exact=True).tap()
        screen.get_by_role("button", name="Xóa một chữ").tap()
        screen.get_by_role("button", name="i", exact=True).tap()
        expect(screen.locator("#words")).to_have_value("si")
        screen.get_by_role("link", name="Đăng ký khai sinh").tap()
        expect(screen.locator("details[open]")).to_contain_text("Giấy chứng sinh")
