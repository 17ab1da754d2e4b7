"""Supervisors try plans on pages: without a script, with one, in a narrow window and in large letters."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from fleet.clock import now_ms
from fleet.domain.rights import Role
from fleet.flows import sign_in
from fleet.flows.changes import Changes
from fleet.settings import Settings
from fleet.store.database import Store
from fleet.wiring import web
from tests.chromium import LAUNCH
from tests.fleet.pages.town import PASSWORD, Town, serving

MORNING = "from=08:00&to=09:30&date=2026-10-12"


@pytest.fixture(scope="module")
def planning(monday_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The whole application with an office, its Mondays, and its supervisor."""
    copy = shutil.copy(monday_data / "motcua.sqlite", tmp_path_factory.mktemp("plans"))
    store, changes = Store(f"sqlite:///{copy}"), Changes()
    sign_in.add_person(store, "supervisor", PASSWORD, Role.SUPERVISOR, now_ms(), office="tan-an")
    app = web(store, Settings(), changes)
    yield Town(store, changes, app, *([None] * 6))  # type: ignore[arg-type]
    store.close()


def minutes(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ".").split()[0])


def test_a_form_without_a_script_says_before_after_and_how_sure_that_is(planning: Town) -> None:
    with planning.browser("supervisor") as browser:
        shown = browser.get(f"/offices/tan-an/what-if?more=1&{MORNING}").text
        row = re.search(r"9/10 số người chờ không quá</th>(.*?)</tr>", shown, re.S)
        assert row is not None
        before, after, change = re.findall(r"<td[^>]*>(?:<b>)?([^<]+)", row[1])
        assert minutes(after) < minutes(before) and minutes(change) == pytest.approx(
            minutes(after) - minutes(before), abs=0.11
        )
        assert "(−" in row[1] and "thực tế là" in shown and "4 ngày thứ Hai" in shown
        widths = re.findall(r'<rect class="(was|now)"[^>]* width="([\d.]+)"', shown)
        assert max(float(width) for _, width in widths) == 100 and len(widths) % 2 == 0
        first = browser.get("/offices/tan-an/what-if").text
        assert 'value="1"' in first and 'name="from" step="900" value="08:00"' in first
        nothing = browser.get("/offices/tan-an/what-if?more=0&date=2026-10-12").text
        assert "<b>0,0</b> <small>(0,0 … 0,0)</small>" in nothing


def test_other_changes_stand_as_they_were_chosen(planning: Town) -> None:
    with planning.browser("supervisor") as browser:
        shown = browser.get(f"/offices/tan-an/what-if?more=0&{MORNING}&counter=quay-1&service=dat-dai&lunch=1").text
        assert '<option value="quay-1" selected>' in shown and 'name="lunch" value="1" checked' in shown
        assert 'name="service" value="dat-dai" checked' in shown and "<details open>" in shown
        assert "Không được gọi trước khi các quầy đóng" in shown


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("what-if?more=9", "Chỉ thử được tối đa năm quầy"),
        ("what-if?more=nhiều", "Chỉ thử được tối đa năm quầy"),
        ("what-if?more=1&from=10:00&to=09:00", "Giờ kết thúc phải sau giờ bắt đầu"),
        ("what-if?more=1&from=sáng", "Giờ kết thúc phải sau giờ bắt đầu"),
        ("what-if?more=1&service=thue", "Bộ phận không có lĩnh vực này"),
        ("what-if?more=0&counter=quay-9", "Bộ phận không có quầy này"),
        ("what-if?more=0&counter=quay-1", "Hãy chọn ít nhất một lĩnh vực"),
        ("what-if?more=1&date=mai", "Ngày không đúng"),
        ("what-if?more=1&date=2026-09-01", "Chưa có ngày nào trước ngày đó"),
        ("staffing?date=2026-10-11", "Bộ phận không làm việc ngày đó"),
    ],
)
def test_what_cannot_be_tried_is_said_and_the_form_stays(planning: Town, page: str, said: str) -> None:
    with planning.browser("supervisor") as browser:
        shown = browser.get(f"/offices/tan-an/{page}")
        assert shown.status_code == 200 and said in shown.text and "<form" in shown.text
        assert browser.get(f"/offices/cai-khe/{page}").status_code == 404


def test_how_many_counters_are_needed_and_where_they_lack(planning: Town) -> None:
    with planning.browser("supervisor") as browser:
        shown = browser.get("/offices/tan-an/staffing?date=2026-10-12&share=0.8").text
        assert "Số quầy cần mở ngày 12/10/2026" in shown and '<option value="0.8" selected>80%' in shown
        assert shown.count('<tr class="lacks">') == shown.count("thiếu quầy") > 0
        assert "Thứ tự mở quầy: Quầy 1, Quầy 2." in shown
        browser.post("/language", language="en")
        assert (
            "Counters open in this order: Quầy 1, Quầy 2."
            in browser.get("/offices/tan-an/staffing?date=2026-10-12&share=0.8").text
        )


def test_the_answer_follows_the_slider_and_fits_any_window(planning: Town) -> None:
    complaints: list[str] = []
    with (
        serving(planning) as port,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as profile,
    ):
        address = f"http://127.0.0.1:{port}/offices/tan-an/"
        context = playwright.chromium.launch_persistent_context(profile, **LAUNCH)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "motcua", "value": planning.session("supervisor")[0], "url": address}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(f"{address}what-if?more=1&{MORNING}")
        page.evaluate("window.same = true")
        was = page.locator(".figures tbody").inner_text()
        page.locator("[name=more]").press("ArrowLeft")
        expect(page.locator("#more-shown")).to_have_text("0")
        expect(page.locator(".figures tbody")).not_to_have_text(was, use_inner_text=True, timeout=60_000)
        assert "more=0" in page.url and page.evaluate("window.same"), "the page was not loaded anew"
        for path in ("what-if?lunch=1&date=2026-10-12", "staffing?date=2026-10-12&share=0.8"):
            page.goto(address + path)
            for width, letters in ((1280, 100), (360, 100), (360, 200)):
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width, letters)
        context.close()
    assert complaints == []
