"""People are looked after on pages: a password is shown once, and whoever gets one replaces it first."""

import re

from tests.fleet.pages.town import Town

LAN = {"name": "lan", "shown_as": "Nguyễn Thị Lan", "role": "clerk", "office": "tan-an", "language": "vi", "seen": ""}


def secret_in(html: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', html)
    assert found
    return found[1]


def test_a_new_clerk_gets_a_password_and_replaces_it_before_anything_else(town: Town) -> None:
    with town.browser("administrator") as browser:
        answer = browser.post("/settings/people/new", **LAN)
        assert answer.status_code == 201
        password = secret_in(answer.text)
        assert password not in browser.get("/settings/people").text
        assert "Nguyễn Thị Lan" in browser.get("/settings/people?q=nguyen+lan").text
        assert "Nguyễn Thị Lan" not in browser.get("/settings/people?q=khong-co").text
    with town.browser() as browser:
        assert browser.post("/login", name="lan", password=password).status_code == 303
        browser.csrf = None
        for path in ("/counters", "/offices/tan-an", "/"):
            assert browser.get(path).headers["location"] == "/account", path
        assert browser.get("/live/offices/tan-an").status_code == 403
        page = browser.get("/account")
        assert "người khác cấp" in page.text
        browser.csrf = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
        wrong = browser.post("/account", old=password, new="một cửa mở rộng", again="khác")
        assert wrong.status_code == 422 and "một cửa" not in wrong.text, "a password does not come back"
        fine = browser.post("/account", old=password, new="một cửa mở rộng", again="một cửa mở rộng")
        assert fine.headers["location"] == "/account?saved=1"
        assert browser.get("/counters").status_code == 200


def test_whoever_is_kept_out_has_no_page_any_more(town: Town) -> None:
    with town.browser("clerk") as clerk, town.browser("administrator") as browser:
        assert clerk.get("/counters").status_code == 200
        assert browser.post("/settings/people/4/acts", verb="keep_out").status_code == 303
        assert clerk.get("/counters").headers["location"].startswith("/login")
        assert browser.post("/settings/people/4/acts", verb="let_in").status_code == 201


def test_an_administrator_of_one_office_sees_nobody_of_another_and_stays_what_it_is(town: Town) -> None:
    with town.browser("administrator") as browser:
        assert "root" not in browser.get("/settings/people").text
        assert browser.get("/settings/people/6").status_code == 404
        assert browser.post("/settings/people/6/acts", verb="password").status_code == 404
        assert browser.post("/settings/people/new", **{**LAN, "office": "*"}).status_code == 422
        assert browser.post("/settings/people/new", **{**LAN, "office": "cai-khe"}).status_code == 422
        own = browser.get("/settings/people/1").text
        assert 'value="keep_out"' not in own
        assert browser.post("/settings/people/1/acts", verb="keep_out").status_code == 422


def test_nobody_else_looks_after_people(town: Town) -> None:
    for name in ("supervisor", "technician", "clerk"):
        with town.browser(name) as browser:
            assert browser.post("/settings/people/new", **{**LAN, "role": "administrator"}).status_code == 403
            assert browser.get("/account").status_code == 200
    with town.browser("display") as browser:
        assert browser.get("/account").status_code == 403


def test_signing_out_elsewhere_leaves_this_browser_signed_in(town: Town) -> None:
    with town.browser("clerk") as one, town.browser("clerk") as other:
        assert one.post("/account/sessions").status_code == 303
        assert other.get("/account").headers["location"].startswith("/login")
        assert one.get("/account").status_code == 200
