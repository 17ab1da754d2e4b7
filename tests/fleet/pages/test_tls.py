"""The pages by TLS of their own: what is shown, what is refused, and a certificate that is renewed meanwhile."""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import ValidationError

from fleet.authority import Authority, issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.domain.certificate_names import names_of
from fleet.flows.changes import Changes
from fleet.pages.headers import SecurityHeaders, security_headers
from fleet.pages.server import PagesServer, pages_config
from fleet.pages.tls import TlsUnfit, pages_tls
from fleet.settings import Settings

HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Whom the browsers here trust."""
    return make_authority("Một cửa", names_of([f"{HERE}/32"]), datetime.now(UTC) + timedelta(days=30))


@pytest.fixture
def folder(authority: Authority, tmp_path: Path) -> AuthorityFolder:
    """Where its certificates lie."""
    found = AuthorityFolder(tmp_path / "ca")
    found.keep(authority, "mười hai con giáp", None)
    return found


def settings_with(folder: AuthorityFolder, authority: Authority, **more: Any) -> Settings:
    """Settings that name another certificate than any before."""
    chain, key = folder.keep_issued("pages", issue(authority, [HERE], datetime.now(UTC), 20, for_devices=False))
    return Settings(listen_tls_cert=chain, listen_tls_key=key, **more)


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """A page that says how it was asked and by whom, as `motcua serve` serves pages; its port."""
    app = FastAPI()
    app.add_middleware(SecurityHeaders, headers=security_headers(settings))

    @app.get("/")
    def asked(request: Request) -> str:
        return f"{request.url.scheme} {request.client.host if request.client else None}"

    server = PagesServer(pages_config(app, settings, host=HERE, port=0, log_level="warning"), Changes())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(60)
    assert not thread.is_alive(), "the server did not end"


@contextmanager
def line_to(port: int, folder: AuthorityFolder) -> Iterator[http.client.HTTPSConnection]:
    """A browser that trusts the authority, connected until the end."""
    with closing(http.client.HTTPSConnection(HERE, port, timeout=60, context=trusting(folder))) as line:
        line.connect()
        yield line


def trusting(folder: AuthorityFolder) -> ssl.SSLContext:
    """What a browser has that trusts the authority."""
    return ssl.create_default_context(cafile=folder.certificate_file)


def said(line: http.client.HTTPConnection, **headers: str) -> tuple[str, http.client.HTTPMessage]:
    """The page, and what came with it."""
    line.request("GET", "/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer.read().decode().strip('"'), answer.headers


def shown(line: http.client.HTTPSConnection) -> object:
    """The number of the certificate that this browser was shown."""
    return line.sock.getpeercert()["serialNumber"]


def test_a_renewed_certificate_is_shown_and_nobody_is_cut_off(folder: AuthorityFolder, authority: Authority) -> None:
    settings = settings_with(folder, authority)
    assert settings.listen_tls_key is not None
    with served(settings) as port, line_to(port, folder) as before:
        text, headers = said(before)
        assert text == f"https {HERE}"
        assert headers["strict-transport-security"] == "max-age=31536000" and "server" not in headers
        of_before = settings.listen_tls_key.read_text()
        settings_with(folder, authority)
        of_after = settings.listen_tls_key.read_text()
        settings.listen_tls_key.write_text(of_before)
        with line_to(port, folder) as meanwhile:
            assert shown(meanwhile) == shown(before), "the two files do not belong together yet"
        settings.listen_tls_key.write_text(of_after)
        with line_to(port, folder) as after:
            assert shown(after) != shown(before)
            assert said(before)[0] == said(after)[0] == f"https {HERE}"


def test_a_browser_that_holds_a_line_and_is_silent_keeps_nobody_from_stopping(
    folder: AuthorityFolder, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncio.sslproto.constants.SSL_SHUTDOWN_TIMEOUT", 3600.0)
    with ExitStack() as browsers, served(settings_with(folder, authority)) as port:
        asked, silent = (browsers.enter_context(line_to(port, folder)) for _ in range(2))
        assert said(asked)[0] == f"https {HERE}" and silent.sock


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_tls_is_refused(folder: AuthorityFolder, authority: Authority) -> None:
    with served(settings_with(folder, authority)) as port:
        old = trusting(folder)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            http.client.HTTPSConnection(HERE, port, timeout=60, context=old).connect()


@pytest.mark.parametrize(("trusted", "found"), [("", f"http {HERE}"), (f"10.0.0.0/8,{HERE}", "https 203.0.113.9")])
def test_who_asks_is_believed_of_named_proxies_only(trusted: str, found: str) -> None:
    with served(Settings(trusted_proxies=trusted)) as port:
        line = http.client.HTTPConnection(HERE, port, timeout=60)
        assert said(line, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")[0] == found


@pytest.mark.parametrize("trusted", ["*", "proxy.example.vn", "10.0.0.1/8"])
def test_proxies_are_addresses(trusted: str) -> None:
    with pytest.raises(ValidationError, match="expected addresses or networks"):
        Settings(trusted_proxies=trusted)


def test_what_can_not_be_shown(folder: AuthorityFolder, authority: Authority, tmp_path: Path) -> None:
    good = settings_with(folder, authority)
    assert pages_tls(Settings()) is None
    with pytest.raises(TlsUnfit, match="MOTCUA_LISTEN_TLS_KEY: expected the file beside the other one"):
        pages_tls(good.model_copy(update={"listen_tls_key": None}))
    with pytest.raises(TlsUnfit, match="no such file"):
        pages_tls(good.model_copy(update={"listen_tls_key": tmp_path / "nowhere"}))
    with pytest.raises(TlsUnfit, match="expected a certificate and its key as PEM, found"):
        pages_tls(good.model_copy(update={"listen_tls_key": folder.key_file}))


def test_a_cookie_goes_by_tls_only(folder: AuthorityFolder, authority: Authority) -> None:
    from fleet.pages.cookies import set_session

    app, settings = FastAPI(), settings_with(folder, authority)

    @app.get("/")
    def page() -> Any:
        from fastapi import Response

        answer = Response()
        set_session(answer, settings, "token", 1)
        return answer

    said = TestClient(app).get("/").headers["set-cookie"]
    assert said.startswith("__Host-motcua=token;") and "Secure" in said and "HttpOnly" in said
