"""Signing in through a real provider of identities, and what somebody may try who is not meant to get in."""

import json
import threading
import urllib.error
import urllib.request
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from fastapi import Request, Response
from playwright.sync_api import Browser as BrowserOfPlaywright
from playwright.sync_api import Page, expect

from fleet.clock import now_ms
from fleet.domain.group_roles import GroupRole
from fleet.domain.rights import Role
from fleet.flows import people, sign_in
from fleet.flows.known_provider import KEYS_AGAIN_S
from fleet.flows.single_sign_on import Rules, began_with
from fleet.pages import sign_in_page
from fleet.settings import Settings
from fleet.sign_on import SignOn, sign_on_of
from fleet.workers.provider_line import HttpLine
from tests.fleet.pages.test_accessible import findings, seen_by_axe, window
from tests.fleet.pages.town import HOST, PASSWORD, Browser, Town, token_in
from tests.oidc_server import CLIENT, SECRET, OidcServer, oidc_server

HERE = "https://motcua.test"
NONE = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
GROUPS = (
    GroupRole("mot-cua-quan-tri", Role.ADMINISTRATOR, None),
    GroupRole("mot-cua-tan-an", Role.SUPERVISOR, "tan-an"),
    GroupRole("mot-cua-quay", Role.CLERK, "tan-an"),
)
WITHIN_S = 60
TELLS_THAT_IT_HEARD = """window.EventSource = class extends EventSource {
    constructor(address) {
        super(address);
        this.addEventListener("ended", () => console.info("ended"));
    }
};"""
LAN = {"preferred_username": "Lan.Nguyen", "name": "Nguyễn Thị Lan", "groups": ["mot-cua-tan-an"]}


@pytest.fixture(scope="module")
def running() -> Iterator[OidcServer]:
    with oidc_server() as provider:
        yield provider


@pytest.fixture
def provider(running: OidcServer) -> OidcServer:
    running.people.clear()
    running.people["lan"] = dict(LAN)
    return running


@pytest.fixture
def on(town: Town, provider: OidcServer, tmp_path: Path) -> SignOn:
    """The town lets people in who come from the provider."""
    return let_in(town, provider, HERE, tmp_path)


def let_in(town: Town, provider: OidcServer, here: str, folder: Path) -> SignOn:
    (folder / "secret").write_text(SECRET + "\n")
    settings = Settings(
        public_address=here,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret_file=folder / "secret",
        oidc_title="Cổng tỉnh",
    )
    made = sign_on_of(settings, HttpLine())
    assert made is not None
    provider.knows(here)
    return rules(town, replace(made, rules=Rules(GROUPS)))


def rules(town: Town, sign_on: SignOn, **changed: Any) -> SignOn:
    """From now on these rules hold."""
    made = replace(sign_on, rules=replace(sign_on.rules, **changed))
    town.app.state.house = replace(town.app.state.house, sign_on=made)
    return made


def asked(browser: Browser, next: str = "/") -> str:
    """The address that a browser is sent to."""
    away = browser.get(f"/login/sso?next={quote(next)}")
    assert away.status_code == 303
    return str(away.headers["location"])


def answered(provider: OidcServer, address: str, name: str = "lan") -> str:
    """The path that the provider sends the browser back to, once somebody has typed a name there."""
    form = urlencode({"query": urlsplit(address).query, "name": name}).encode()
    try:
        urllib.request.build_opener(Stays()).open(f"{provider.issuer}/verify", form, timeout=60)
    except urllib.error.HTTPError as answer:
        assert answer.code == 303
        back = str(answer.headers["location"])
        assert back.startswith(f"{HERE}/login/sso/back?")
        return back.removeprefix(HERE)
    raise AssertionError("the provider sent nobody back")


class Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


def comes(browser: Browser, provider: OidcServer, name: str = "lan") -> Any:
    """The whole way; what the browser is told in the end."""
    return browser.get(answered(provider, asked(browser), name))


def role_of(town: Town, name: str) -> tuple[Role, str | None]:
    row = people.one_of(town.store, people.named(town.store, name), None)
    return row.role, row.office


def signed_in(browser: Browser) -> bool:
    return bool(browser.get("/account").status_code == 200)


def test_who_comes_for_the_first_time_is_let_in_as_the_groups_say(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        assert "Đăng nhập bằng Cổng tỉnh" in browser.get("/login").text
        address = asked(browser, "/offices/tan-an?x=1")
        values = parse_qs(urlsplit(address).query)
        assert (values["code_challenge_method"], values["redirect_uri"]) == (["S256"], [f"{HERE}/login/sso/back"])
        back = browser.get(answered(provider, address))
        assert (back.status_code, back.headers["location"]) == (303, "/offices/tan-an?x=1")
        assert "motcua-sso" not in browser.client.cookies
        assert browser.get("/offices/tan-an").status_code == 200
        assert "Nguyễn Thị Lan" in browser.get("/account").text
    assert role_of(town, "lan.nguyen") == (Role.SUPERVISOR, "tan-an")


def test_nobody_knows_a_password_of_who_came_from_the_provider(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        comes(browser, provider)
    assert not sign_in.has_password(town.store, "lan.nguyen", "")
    assert not sign_in.has_password(town.store, "lan.nguyen", SECRET)


def test_another_group_is_another_role_and_ends_the_sessions_of_before(
    town: Town, on: SignOn, provider: OidcServer
) -> None:
    with town.browser() as before, town.browser() as after:
        comes(before, provider)
        provider.people["lan"]["groups"] = ["mot-cua-quay"]
        comes(after, provider)
        assert role_of(town, "lan.nguyen") == (Role.CLERK, "tan-an")
        assert (signed_in(before), signed_in(after)) == (False, True)


def test_without_a_group_nobody_comes_in_and_sessions_end(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as before, town.browser() as after:
        comes(before, provider)
        provider.people["lan"]["groups"] = ["khac"]
        answer = comes(after, provider)
        assert answer.status_code == 403
        assert "chưa được giao vai trò" in answer.text
        assert (signed_in(before), signed_in(after)) == (False, False)


def test_who_is_kept_out_stays_out(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        comes(browser, provider)
        people.keep_out(town.store, people.named(town.store, "lan.nguyen"), now_ms(), None)
        answer = comes(browser, provider)
        assert answer.status_code == 403
        assert "ngừng sử dụng" in answer.text
        assert not signed_in(browser)


def test_a_name_makes_nobody_the_owner_of_somebody_who_is_there(town: Town, on: SignOn, provider: OidcServer) -> None:
    """The provider's people choose their names; `root` there is not `root` here."""
    provider.people["evil"] = {**LAN, "preferred_username": "root", "groups": ["mot-cua-quan-tri"]}
    with town.browser() as browser:
        answer = comes(browser, provider, "evil")
        assert (answer.status_code, "đã thuộc về" in answer.text) == (403, True)
        assert not signed_in(browser)


def test_who_is_there_connects_an_identity_once_and_for_all(town: Town, on: SignOn, provider: OidcServer) -> None:
    rules(town, on, rows=())
    with town.browser("clerk") as clerk, town.browser("supervisor") as other:
        for browser, status in ((clerk, 303), (other, 403)):
            leaving = browser.post("/account/identity")
            address = leaving.headers["refresh"].removeprefix("0; url=")
            assert parse_qs(urlsplit(address).query)["prompt"] == ["login"]
            assert browser.get(answered(provider, address)).status_code == status
        assert "Đã kết nối từ" in clerk.get("/account").text
    with town.browser() as browser:
        assert comes(browser, provider).status_code == 303
        assert "motcua" in browser.client.cookies
        browser.csrf = None
        who = sign_in.who(town.store, browser.client.cookies["motcua"], now_ms())
        assert who is not None
        assert who.person.name == "clerk"
    number = people.named(town.store, "clerk")
    with town.browser("root") as root:
        assert root.post(f"/settings/people/{number}/acts", verb="part").status_code == 303
    with town.browser() as browser:
        answer = comes(browser, provider)
        assert (answer.status_code, "chưa có tài khoản" in answer.text) == (403, True)


def test_to_connect_needs_a_form_of_our_own_page(town: Town, on: SignOn) -> None:
    with town.browser("clerk") as browser:
        assert browser.client.post("/account/identity").status_code == 403
        assert "motcua-sso" not in browser.client.cookies


@pytest.mark.parametrize("changed", [{"state": "x" * 43}, {"state": ""}, {"code": "stolen"}, {"iss": "https://evil"}])
def test_an_answer_that_was_changed_opens_nothing(
    town: Town, on: SignOn, provider: OidcServer, changed: dict[str, str]
) -> None:
    with town.browser() as browser:
        back = urlsplit(answered(provider, asked(browser)))
        values = {name: each[0] for name, each in parse_qs(back.query).items()} | changed
        answer = browser.get(f"{back.path}?{urlencode(values)}")
        assert answer.status_code == 403
        assert 'name="password"' in answer.text
        assert not signed_in(browser)


def test_nobody_is_signed_in_as_another_by_a_link(town: Town, on: SignOn, provider: OidcServer) -> None:
    """Login CSRF: the answer to one browser opens nothing in another, whether that one is on its way or not."""
    with town.browser() as evil, town.browser() as victim:
        link = answered(provider, asked(evil))
        assert victim.get(link).status_code == 403
        asked(victim)
        assert victim.get(link).status_code == 403
        assert not signed_in(victim)


def test_an_answer_is_good_once(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        address = asked(browser)
        kept = browser.client.cookies["motcua-sso"]
        link = answered(provider, address)
        assert browser.get(link).status_code == 303
        browser.client.cookies.clear()
        assert browser.get(link).status_code == 403
        browser.client.cookies.set("motcua-sso", kept, domain=HOST)  # even with what the browser kept
        assert browser.get(link).status_code == 403
        assert not signed_in(browser)


def test_a_code_of_another_browser_is_worth_nothing_here(town: Town, on: SignOn, provider: OidcServer) -> None:
    """The verifier is another's, so the provider gives nothing; nor would the nonce fit."""
    with town.browser() as evil, town.browser() as victim:
        stolen = parse_qs(urlsplit(answered(provider, asked(victim))).query)["code"][0]
        own = urlsplit(answered(provider, asked(evil)))
        values = {name: each[0] for name, each in parse_qs(own.query).items()} | {"code": stolen}
        assert evil.get(f"{own.path}?{urlencode(values)}").status_code == 403
        assert not signed_in(evil)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_only_our_own_pages_come_after(town: Town, on: SignOn, provider: OidcServer, wanted: str) -> None:
    with town.browser() as browser:
        assert browser.get(answered(provider, asked(browser, wanted))).headers["location"] == "/"
        asked(browser)
        purpose, secret, _ = browser.client.cookies["motcua-sso"].split(".")
        assert (purpose, len(secret)) == ("in", 43)


def test_a_provider_with_new_keys_is_believed_and_old_keys_are_not(
    town: Town, on: SignOn, provider: OidcServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town.browser() as browser:
        assert comes(browser, provider).status_code == 303
    provider.rotate()
    on.provider.asked_s -= KEYS_AGAIN_S
    before = provider.asked.count("/jwks")
    with town.browser() as browser:
        assert comes(browser, provider).status_code == 303
        assert comes(browser, provider).status_code == 303
    assert provider.asked.count("/jwks") == before + 1


def test_a_provider_that_is_away_leaves_the_password(town: Town, on: SignOn) -> None:
    on.provider.line = HttpLine(limit_s=5)
    on.provider.client = replace(on.provider.client, issuer="http://127.0.0.1:9")
    with town.browser() as browser:
        answer = browser.get("/login/sso?next=/offices/tan-an")
        assert answer.status_code == 503
        assert "hiện không trả lời" in answer.text
        assert '<input type="hidden" name="next" value="/offices/tan-an">' in answer.text
        browser.csrf = token_in(answer.text)
        assert browser.post("/login", name="clerk", password=PASSWORD).status_code == 303


def test_a_provider_that_says_no_is_told(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        state = parse_qs(urlsplit(asked(browser)).query)["state"][0]
        answer = browser.get(f"/login/sso/back?error=access_denied&state={state}")
        assert (answer.status_code, "không xác nhận" in answer.text) == (403, True)


def test_where_there_are_emergency_accounts_nobody_else_uses_a_password(
    town: Town, on: SignOn, provider: OidcServer
) -> None:
    rules(town, on, emergency=frozenset({"root"}))
    with town.browser() as browser:
        assert browser.post("/login", name="supervisor", password=PASSWORD).status_code == 403
        assert browser.post("/login", name="display", password=PASSWORD).status_code == 303
    with town.browser() as browser:
        assert browser.post("/login", name="root", password=PASSWORD).status_code == 303
        browser.csrf = token_in(browser.get("/account").text)
        leaving = browser.post("/account/identity")
        answer = browser.get(answered(provider, leaving.headers["refresh"].removeprefix("0; url=")))
        assert (answer.status_code, "chỉ đăng nhập bằng mật khẩu" in answer.text) == (403, True)


def test_who_signs_out_here_signs_out_there(town: Town, on: SignOn, provider: OidcServer) -> None:
    with town.browser() as browser:
        comes(browser, provider)
        browser.csrf = token_in(browser.get("/account").text)
        leaving = browser.post("/logout")
        address = urlsplit(leaving.headers["refresh"].removeprefix("0; url="))
        values = parse_qs(address.query)
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.issuer}/session"
        assert values["post_logout_redirect_uri"] == [f"{HERE}/login"]
        assert values["id_token_hint"][0].count(".") == 2
        assert not signed_in(browser)
    with town.browser("clerk") as browser:
        assert browser.post("/logout").headers["location"] == "/login"


def test_who_signs_out_there_signs_out_here(town: Town, on: SignOn, provider: OidcServer) -> None:
    """The message is the provider's own; what it did not sign ends nothing."""
    with town.browser() as browser, town.browser() as elsewhere:
        comes(browser, provider)
        comes(elsewhere, provider)
        message = provider.message_of(sid_of(browser, town))
        head, body, signature = message.split(".")
        for forged in ("", "x", f"{head}.{body}.{signature[:-6]}AAAAAA", f"{NONE}.{body}."):
            assert town_post(browser, forged) in (400, 422)
        assert signed_in(browser)
        assert town_post(browser, message) == 200
        assert (signed_in(browser), signed_in(elsewhere)) == (False, True)


def sid_of(browser: Browser, town: Town) -> str:
    """What the provider calls the session of this browser."""
    return sid_in(str(began_with(town.store, browser.client.cookies["motcua"])))


def sid_in(token: str) -> str:
    body = token.split(".")[1]
    return str(json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sid"])


def town_post(browser: Browser, message: str) -> int:
    return int(browser.client.post("/login/sso/ended", data={"logout_token": message}).status_code)


def signs_out_while_its_page_hears_of_it(page: Page, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that somebody signs out of is told that the session is over before the answer has come."""
    is_over, may_answer, leave = threading.Event(), threading.Event(), sign_in_page.leave_for

    def later(request: Request, way_out: str) -> Response:
        is_over.set()
        assert may_answer.wait(WITHIN_S)
        return leave(request, way_out)

    monkeypatch.setattr(sign_in_page, "leave_for", later)
    with page.expect_console_message(lambda said: said.text == "ended"):
        page.get_by_role("button", name="Đăng xuất").press("Enter", no_wait_after=True)
        assert is_over.wait(WITHIN_S)
        town.changes.tell("tan-an")
    may_answer.set()


def test_in_a_browser_with_nothing_but_the_keyboard(
    town: Town,
    provider: OidcServer,
    address: str,
    tmp_path: Path,
    chromium: BrowserOfPlaywright,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There, back, out because the provider says so, in again, and out of both; between two sites."""
    let_in(town, provider, address, tmp_path)
    provider.people["hoa"] = {**LAN, "preferred_username": "hoa", "name": "Nguyễn Thị Hoa"}
    context = window(chromium, town, 390, "light", None)
    page = context.new_page()
    page.add_init_script(TELLS_THAT_IT_HEARD)
    assert findings(page, f"{address}/login", 200) == []
    page.goto(f"{address}/offices/tan-an")
    for _ in range(2):
        expect(page.get_by_role("link", name="Đăng nhập bằng Cổng tỉnh")).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_label("Tên").fill("hoa")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Nguyễn Thị Hoa")).to_be_attached()
        assert page.url == f"{address}/offices/tan-an"
        if _ == 0:
            held = next(one["value"] for one in context.cookies() if one["name"] == "motcua")
            provider.sign_out(sid_in(str(began_with(town.store, held))))
            page.wait_for_url(f"{address}/login?next=/offices/tan-an")  # which the open page does by itself
    assert seen_by_axe(page, "in") == []
    signs_out_while_its_page_hears_of_it(page, town, monkeypatch)
    page.wait_for_url(f"{provider.issuer}/session?*")
    page.goto(f"{address}/account")
    assert page.url == f"{address}/login?next=/account"
    context.close()
