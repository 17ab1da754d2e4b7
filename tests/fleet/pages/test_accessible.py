"""Every page as axe-core sees it (WCAG 2.2 A, AA): on a desk in the light, on a phone in the dark in large letters.

A page that is new is looked at without being named here: all that answers a browser with HTML is. The forms of settings
are made of one kit, so every other one of them is looked at on a desk, and the others on a phone.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from fleet.clock import now_ms
from fleet.flows.enrol import enrol
from tests.fleet.pages.test_rights import OF_A_VISIT, PARTS, routes
from tests.fleet.pages.town import Town

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of what is in order, axe need not list every part
}
GRAVE = ("serious", "critical")
LOOKS = {"desk": (1280, 100, "light"), "phone": (360, 200, "dark")}
PATIENCE_MS = 40_000
SHARES = 2


def window(chromium: Browser, town: Town, width: int, scheme: str, who: str | None) -> BrowserContext:
    """A window without movement: axe would take a colour that is on its way for the colour."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    if who is not None:
        token, _ = town.session(who)
        context.add_cookies([{"name": "motcua", "value": token, "domain": "127.0.0.1", "path": "/"}])
    return context


def pages(town: Town) -> list[tuple[str | None, str]]:
    """Who opens what: each page, as somebody who may do everything; and those of people who have not signed in."""
    readable = [path for method, path in routes(town.app) if method == "GET" and not path.startswith("/live/")]
    found: list[tuple[str | None, str]] = [(None, "/login"), ("clerk", "/counters/ta-1"), ("display", "/lobby/tan-an")]
    with town.browser("root") as browser:
        for path in readable:
            address = path.format(**PARTS) + OF_A_VISIT.get(path, "")
            answer = browser.get(address)
            if answer.status_code in (200, 404) and "text/html" in answer.headers["content-type"]:
                found.append(("root", address))
    return found


def is_seen_on(look: str, path: str, seen: list[tuple[str | None, str]]) -> bool:
    """Whether a page is looked at on a desk, or on a phone: settings on one of them, all others on both."""
    settings = [other for _, other in seen if other.startswith("/settings/")]
    return path not in settings or settings.index(path) % len(LOOKS) == list(LOOKS).index(look)


def findings(page: Page, address: str, letters: int) -> list[tuple[str, str, list[str]]]:
    """What is serious or critical on a page: (its address, the rule, the parts that break it)."""
    page.goto(address)
    page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
    return seen_by_axe(page, address)


def seen_by_axe(page: Page, name: str) -> list[tuple[str, str, list[str]]]:
    """The same of what the page shows now, under this name."""
    return [
        (name, finding["id"], [node["html"][:160] for node in finding["nodes"]])
        for finding in Axe().run(page, options=RULES).response["violations"]
        if finding["impact"] in GRAVE
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_grave_finding(town: Town, address: str, chromium: Browser, look: str, share: int) -> None:
    """A share of the pages a time, so that several can be looked at at once."""
    width, letters, scheme = LOOKS[look]
    enrol(town.store, PARTS["device"], ["printer"], "tan-an", None, now_ms())
    grave, seen = [], pages(town)
    assert len(seen) >= 8
    for somebody in dict.fromkeys(who for who, _ in seen):
        with window(chromium, town, width, scheme, somebody) as context:
            page = context.new_page()
            for path in (path for who, path in seen if who == somebody and is_seen_on(look, path, seen)):
                if seen.index((somebody, path)) // len(LOOKS) % SHARES == share:
                    grave += findings(page, address + path, letters)
    assert grave == []


def test_what_is_grave_is_found(address: str, town: Town, chromium: Browser) -> None:
    with window(chromium, town, 1280, "light", None) as context:
        page = context.new_page()
        page.goto(address + "/login")
        page.evaluate("document.body.append(new Image()), document.documentElement.removeAttribute('lang')")
        found = {one["id"] for one in Axe().run(page, options=RULES).response["violations"]}
        assert {"image-alt", "html-has-lang"} <= found
