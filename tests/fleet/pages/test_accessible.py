"""Every page as axe-core sees it (WCAG 2.2 A, AA): on a desk in the light, on a phone in the dark in large letters.

A page that is new is looked at without being named here: all that answers a browser with HTML is. It is opened once, on
a desk, and asked everything; what depends on how it looks it is asked again as it stands on a phone. The forms of
settings are made of one kit, so every other one of them is looked at there.
"""

from typing import Any

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
LOOKS = RULES | {
    "runOnly": [
        "color-contrast",
        "target-size",
        "link-in-text-block",
        "scrollable-region-focusable",
        "aria-hidden-focus",
    ]
}
# What a narrow window, large letters or the dark can break; all else is the same however a page looks.
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


def findings(page: Page, address: str, letters: int) -> list[tuple[str, str, list[str]]]:
    """What is serious or critical on a page: (its address, the rule, the parts that break it)."""
    page.goto(address)
    page.evaluate(f"document.documentElement.style.fontSize = '{letters}%'")
    return seen_by_axe(page, address)


def findings_on_a_phone(page: Page, name: str) -> list[tuple[str, str, list[str]]]:
    """The same of the page that is open, on a phone in the dark in large letters, as far as that can be otherwise."""
    page.set_viewport_size({"width": 360, "height": 900})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return grave_in(page.evaluate("rules => axe.run(rules)", LOOKS), f"{name} on a phone")


def seen_by_axe(page: Page, name: str) -> list[tuple[str, str, list[str]]]:
    """The same of what the page shows now, under this name."""
    return grave_in(Axe().run(page, options=RULES).response, name)


def grave_in(told: dict[str, Any], name: str) -> list[tuple[str, str, list[str]]]:
    """The same of what axe tells."""
    return [
        (name, finding["id"], [node["html"][:160] for node in finding["nodes"]])
        for finding in told["violations"]
        if finding["impact"] in GRAVE
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_page_has_a_grave_finding(town: Town, address: str, chromium: Browser, share: int) -> None:
    """A share of the pages a time, so that several can be looked at at once."""
    enrol(town.store, PARTS["device"], ["printer"], "tan-an", None, now_ms())
    grave, seen = [], pages(town)
    assert len(seen) >= 8
    for somebody in dict.fromkeys(who for who, _ in seen):
        with window(chromium, town, 1280, "light", somebody) as context:
            page = context.new_page()
            for path in (path for who, path in seen[share::SHARES] if who == somebody):
                page.set_viewport_size({"width": 1280, "height": 900})
                page.emulate_media(color_scheme="light", reduced_motion="reduce")
                grave += findings(page, address + path, 100)
                if not path.startswith("/settings/") or seen.index((somebody, path)) % (2 * SHARES) < SHARES:
                    grave += findings_on_a_phone(page, path)
    assert grave == []


def test_what_is_grave_on_a_phone_alone_is_found(address: str, town: Town, chromium: Browser) -> None:
    with window(chromium, town, 1280, "light", None) as context:
        page = context.new_page()
        assert findings(page, address + "/login", 100) == findings_on_a_phone(page, "as it is") == []
        page.evaluate("document.querySelector('main').style.color = '#111'")
        assert [rule for _, rule, _ in findings_on_a_phone(page, "as dark as the page")] == ["color-contrast"]
        page.emulate_media(color_scheme="light")
        assert seen_by_axe(page, "in the light") == []


def test_what_is_grave_is_found(address: str, town: Town, chromium: Browser) -> None:
    with window(chromium, town, 1280, "light", None) as context:
        page = context.new_page()
        page.goto(address + "/login")
        page.evaluate("document.body.append(new Image()), document.documentElement.removeAttribute('lang')")
        found = {one["id"] for one in Axe().run(page, options=RULES).response["violations"]}
        assert {"image-alt", "html-has-lang"} <= found
