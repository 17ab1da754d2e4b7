import pytest
from fastapi import Depends
from fastapi.testclient import TestClient

from fleet.pages.rights import public
from tests.fleet.pages.town import Town

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", ["/", "/login", "/nowhere", "/healthz", "/live/devices", "/api/nowhere", "/broken"])
def test_every_answer_carries_the_security_headers(town: Town, path: str) -> None:
    break_something(town)
    with TestClient(town.app, raise_server_exceptions=False, follow_redirects=False) as client:
        headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [("/nowhere", 404, "Không tìm thấy trang"), ("/broken", 500, "Máy chủ gặp lỗi"), ("/offices", 404, "404")],
)
def test_a_person_gets_a_page(town: Town, path: str, status: int, said: str) -> None:
    break_something(town)
    with TestClient(town.app, raise_server_exceptions=False) as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert said in answer.text
    assert "a secret of the inside" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/api/nowhere", 404, "Not Found"),
        ("/api/broken", 500, "Internal Server Error"),
        ("/live/devices", 401, "Unauthorized"),
        ("/metrics", 401, "Unauthorized"),
    ],
)
def test_a_program_gets_problem_details(town: Town, path: str, status: int, title: str) -> None:
    break_something(town)
    with TestClient(town.app, raise_server_exceptions=False) as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["title"], problem["instance"]) == (status, title, path)
    assert "a secret of the inside" not in answer.text


def test_a_form_that_lacks_a_field_is_a_bad_request(town: Town) -> None:
    with town.browser() as browser:
        answer = browser.post("/language")
    assert answer.status_code == 400
    assert "Yêu cầu không hợp lệ" in answer.text


def test_a_wrong_method_says_which_is_right(town: Town) -> None:
    with town.browser() as browser:
        answer = browser.get("/logout")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_a_flood_is_turned_away(town: Town) -> None:
    with town.browser() as browser:
        answer = browser.post("/login", name="x" * 2_000_000)
    assert answer.status_code == 413


def test_files_are_kept_by_browsers_and_pages_are_not_compressed(town: Town) -> None:
    with town.browser() as browser:
        page = browser.get("/login")
        style = browser.get(f"{town.app.state.house.static}/motcua.css")
        missing = browser.get(f"{town.app.state.house.static}/../app.py")
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in page.headers
    assert missing.status_code == 404


def test_the_health_check_answers_without_a_session(town: Town) -> None:
    with town.browser() as browser:
        assert browser.get("/healthz").json() == {"ok": True}


def break_something(town: Town) -> None:
    @town.app.get("/broken", dependencies=[Depends(public())])
    @town.app.get("/api/broken", dependencies=[Depends(public())])
    def broken() -> None:
        raise RuntimeError("a secret of the inside")
