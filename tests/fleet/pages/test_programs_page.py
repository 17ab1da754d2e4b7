"""Programs get tokens and are told of what happens, on pages; what makes a token or a signature is shown once."""

import re

import pytest

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.domain.certificates import Certificate, Use
from fleet.domain.rights import Role
from fleet.flows import people, sign_in, tokens, webhooks
from fleet.flows.service_accounts import add_service, all_services
from fleet.flows.watch_certificates import keep
from fleet.store import webhooks as rows
from tests.fleet.pages.town import PASSWORD, Town

URL = "https://example.vn/motcua"


def secret_in(html: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', html)
    assert found
    return found[1]


def test_a_token_is_given_shown_once_and_revoked(town: Town) -> None:
    with town.browser("root") as browser:
        answer = browser.client.post(
            "/settings/tokens/new",
            data={"csrf": browser.csrf, "name": "Cổng tỉnh", "scopes": ["read", "call"], "unit": "", "days": "30"},
        )
        assert answer.status_code == 201
        secret = secret_in(answer.text)
        caller = tokens.caller(town.store, secret, now_ms())
        assert caller is not None and caller.scopes == {Scope.READ, Scope.CALL}
        listed = browser.get("/settings/tokens").text
        assert "Cổng tỉnh" in listed and secret not in listed
        assert browser.post("/settings/tokens/revoked", token=caller.token).status_code == 303
        assert tokens.caller(town.store, secret, now_ms()) is None
        assert browser.post("/settings/tokens/revoked", token="none").status_code == 303


def test_all_that_is_wrong_with_a_token_is_said_at_once(town: Town) -> None:
    with town.browser("root") as browser:
        answer = browser.client.post(
            "/settings/tokens/new",
            data={"csrf": browser.csrf, "name": "", "scopes": ["write-dossiers"], "unit": "không-có", "days": "9999"},
        )
        assert answer.status_code == 422
        assert set(re.findall(r'id="(\w+)-problem"', answer.text)) == {"name", "unit", "days"}
        assert tokens.all_tokens(town.store) == []


def test_a_persons_token_goes_with_the_person_and_a_services_stays(town: Town) -> None:
    sign_in.add_person(town.store, "chief", PASSWORD, Role.ADMINISTRATOR, now_ms())
    with town.browser("chief") as browser:
        assert browser.post("/settings/tokens/services/new", name="Cổng tỉnh", about="", unit="").status_code == 303
        (service,) = all_services(town.store)
        form = {"name": "lịch", "scopes": "read", "days": "9"}
        own = secret_in(browser.post("/settings/tokens/new", **form).text)
        of_it = secret_in(browser.post("/settings/tokens/new", **form, service=service.id).text)
        assert browser.post("/settings/tokens/new", **form, service="none").status_code == 422
        page = browser.get("/settings/tokens").text
        assert "2 khóa sẽ hết hạn" in page and "(cá nhân)" in page
    people.keep_out(town.store, people.named(town.store, "chief"), now_ms(), None)
    assert tokens.caller(town.store, own, now_ms()) is None
    assert tokens.caller(town.store, of_it, now_ms()) is not None
    with town.browser("root") as browser:
        assert browser.post("/settings/tokens/services/ended", service=service.id).status_code == 303
    assert tokens.caller(town.store, of_it, now_ms()) is None


def test_a_token_reaches_no_further_than_its_service(town: Town) -> None:
    service = add_service(town.store, "Màn hình", "", "tan-an", now_ms())
    scopes = frozenset({Scope.READ})
    with pytest.raises(tokens.TokenUnfit, match="tan-an"):
        tokens.issue(town.store, "x", scopes, "cai-khe", 9, now_ms(), service.id)
    secret = tokens.issue(town.store, "x", scopes, None, 9, now_ms(), service.id).secret
    caller = tokens.caller(town.store, secret, now_ms())
    assert caller is not None and caller.offices == {"tan-an"}


def test_an_address_is_told_paused_told_again_and_forgotten(town: Town) -> None:
    store = town.store
    with town.browser("root") as browser:
        data = {"csrf": browser.csrf, "url": URL, "events": ["alert.opened"], "office": "*"}
        answer = browser.client.post("/settings/webhooks/new", data=data)
        assert answer.status_code == 201
        secret = secret_in(answer.text)
        (one,) = webhooks.endpoints(store)
        page = f"/settings/webhooks/{one.id}"
        assert webhooks.secret_of(store, one) == secret and secret not in browser.get(page).text

        def act(deed: str) -> None:
            assert browser.post(f"{page}/deeds", deed=deed).status_code == 303

        act("test")
        assert "tin thử" in browser.get(page).text
        assert [sent.kind for sent in webhooks.last(store, one.id, 9)] == ["test"]
        act("pause")
        assert "Gửi tiếp" in browser.get(page).text
        assert webhooks.listening(store) == []
        before_ms = now_ms()
        act("resume")
        (again,) = webhooks.listening(store)
        assert again.since_ms >= before_ms, "what happened while it was paused is not told"
        act("remove")
        assert webhooks.endpoints(store) == []
        assert browser.get(page).status_code == 404
        assert browser.post(f"{page}/deeds", deed="test").status_code == 404
    with store.reading() as connection:
        assert rows.listening(connection) == []


def test_an_administrator_of_one_office_sees_no_programs(town: Town) -> None:
    with town.browser("administrator") as browser:
        menu = browser.get("/settings/people").text
        assert "/settings/tokens" not in menu and "/settings/webhooks" not in menu
        data = {"csrf": browser.csrf, "url": URL, "events": ["alert.opened"], "office": "tan-an"}
        assert browser.client.post("/settings/webhooks/new", data=data).status_code == 404
        assert webhooks.endpoints(town.store) == []


def test_until_when_certificates_hold(town: Town) -> None:
    now, day = now_ms(), 86_400_000
    with town.browser("root") as browser:
        assert "Chưa dùng chứng thư nào" in browser.get("/settings/certificates").text
        seen = [
            Certificate(Use.BROKER, "mqtt.<b>tinh</b>.vn", now + 20 * day + 1000, now),
            Certificate(Use.PAGES, "mot-cua.tinh.vn", now - day, now, "connection refused"),
        ]
        keep(town.store, seen, now)
        text = browser.get("/settings/certificates").text
    assert "còn 20 ngày" in text and "Đã hết hạn" in text and "connection refused" in text
    assert "mqtt.&lt;b&gt;tinh" in text, "a broker's certificate may be a stranger's"
