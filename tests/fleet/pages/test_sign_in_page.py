from dataclasses import replace

import pytest

from fleet.clock import now_ms
from fleet.flows import sign_in
from fleet.pages import sign_in_page
from fleet.pages.sign_in_page import local_path
from fleet.settings import Settings
from tests.fleet.pages.town import HOST, PASSWORD, Town, token_in


def test_signing_in_leads_back_to_the_page_that_was_asked_for(town: Town) -> None:
    with town.browser() as browser:
        asked = browser.get("/offices/tan-an?x=1")
        assert asked.headers["location"] == "/login?next=/offices/tan-an%3Fx%3D1"
        form = browser.get(asked.headers["location"])
        assert '<input type="hidden" name="next" value="/offices/tan-an?x=1">' in form.text
        entered = browser.post("/login", name="supervisor", password=PASSWORD, next="/offices/tan-an?x=1")
        assert (entered.status_code, entered.headers["location"]) == (303, "/offices/tan-an?x=1")
        assert browser.get("/offices/tan-an").status_code == 200


def test_the_session_cookie_is_out_of_reach(town: Town) -> None:
    with town.browser() as browser:
        cookie = browser.post("/login", name="clerk", password=PASSWORD).headers.get_list("set-cookie")[0]
    assert cookie.startswith("motcua=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_is_bound_to_the_host(town: Town) -> None:
    house = town.app.state.house
    town.app.state.house = replace(house, settings=Settings(secure_cookies=True))
    with town.browser() as browser:
        browser.client.base_url = "https://testserver"
        cookies = browser.get("/login").headers.get_list("set-cookie")
        cookies += browser.post("/login", name="clerk", password=PASSWORD).headers.get_list("set-cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-motcua", "__Host-motcua-form", "motcua-language"}
    assert all("Secure" in cookie for cookie in cookies)


def test_every_sign_in_has_a_new_token_and_ends_the_old_session(town: Town) -> None:
    """A token that someone planted in the browser before is worth nothing after."""
    with town.browser() as browser:
        browser.client.cookies.set("motcua", "planted-by-someone-else", domain=HOST)
        browser.post("/login", name="clerk", password=PASSWORD)
        first = browser.client.cookies["motcua"]
        assert first != "planted-by-someone-else"
        assert sign_in.who(town.store, "planted-by-someone-else", now_ms()) is None
        browser.csrf = token_in(browser.get("/counters").text)
        browser.post("/login", name="clerk", password=PASSWORD)
        assert browser.client.cookies["motcua"] != first
        assert sign_in.who(town.store, first, now_ms()) is None


def test_the_token_for_forms_changes_with_the_session(town: Town) -> None:
    with town.browser() as browser:
        before = token_in(browser.get("/login").text)
        browser.post("/login", name="clerk", password=PASSWORD)
        assert token_in(browser.get("/counters").text) != before


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_page, "REFUSED_EVERY_S", 0.01)
    answers = []
    with town.browser() as browser:
        for name in ("clerk", "nobody"):
            answer = browser.post("/login", name=name, password="not the password")
            answers.append((answer.status_code, answer.text.replace(f'value="{name}"', 'value="…"')))
            assert "motcua" not in browser.client.cookies
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert "chờ vài phút" in answers[0][1]


def test_a_refusal_leaves_on_the_half_second(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(sign_in_page.asyncio, "sleep", sleep)
    with town.browser() as browser:
        browser.post("/login", name="nobody", password="not the password")
    assert [seconds for seconds in slept if 0 < seconds <= sign_in_page.REFUSED_EVERY_S]


def test_a_name_that_is_markup_stays_text(town: Town) -> None:
    with town.browser() as browser:
        answer = browser.post("/login", name='"><script>alert(1)</script>', password="x")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_signing_out_ends_the_session_for_good(town: Town) -> None:
    with town.browser("supervisor") as browser:
        token = browser.client.cookies["motcua"]
        assert browser.get("/").status_code == 200
        assert browser.post("/logout").headers["location"] == "/login"
        assert "motcua" not in browser.client.cookies
        browser.client.cookies.set("motcua", token, domain=HOST)
        assert browser.get("/").status_code == 303


def test_a_session_that_is_over_leads_to_the_sign_in(town: Town) -> None:
    token, _ = town.session("supervisor", lasts_ms=-1)
    with town.browser() as browser:
        browser.client.cookies.set("motcua", token, domain=HOST)
        assert browser.get("/").headers["location"] == "/login"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/", "/"),
        ("/devices", "/devices"),
        ("/offices/tan-an?x=1&y=//z", "/offices/tan-an?x=1&y=//z"),
        ("", "/"),
        ("devices", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\\y", "/"),
        ("///evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/đ", "/"),
        ("//[", "/"),
    ],
)
def test_only_our_own_pages_come_after_signing_in(wanted: str, path: str) -> None:
    assert local_path(wanted) == path


def test_a_stranger_chooses_a_language_and_keeps_it(town: Town) -> None:
    with town.browser() as browser:
        assert '<html lang="vi">' in browser.get("/login").text
        chosen = browser.post("/language", language="en", next="/login?next=/devices")
        assert chosen.headers["location"] == "/login?next=/devices"
        assert '<html lang="en">' in browser.get("/login").text
        assert "Page not found" in browser.get("/nowhere").text


def test_a_person_keeps_the_language_everywhere(town: Town) -> None:
    with town.browser("supervisor") as browser:
        browser.post("/language", language="en", next="/")
        assert "Nobody" in browser.get("/").text or "Waiting too long" in browser.get("/").text
    with town.browser("supervisor") as another:
        assert '<html lang="en">' in another.get("/").text


def test_a_language_that_is_none_is_refused(town: Town) -> None:
    with town.browser() as browser:
        assert browser.post("/language", language="../vi").status_code == 400
        browser.client.cookies.set("motcua-language", "../vi", domain=HOST)
        assert '<html lang="vi">' in browser.get("/login").text
