"""A real provider of identities on a port of this machine: idpyoidc, behind pages that ask for a name and nothing else.

It knows one program and the people whom a test gives it. Its keys, tokens, checks of code and verifier, and messages of
signing out are its own; what a test wants forged it does not do.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptojwt.key_jar import init_key_jar
from idpyoidc.message.oidc import AuthorizationRequest
from idpyoidc.server import Server
from idpyoidc.server.configure import OP_DEFAULT_CONFIG, OPConfiguration
from idpyoidc.server.scopes import SCOPE2CLAIMS
from idpyoidc.server.user_authn.user import UserAuthnMethod

CLIENT, SECRET = "motcua", "k7mp4qxt-hn3w-z8ad"
ACR = "urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocolPassword"
HERE = "tests.oidc_server."
ENDPOINTS = {"/.well-known/openid-configuration": "provider_config", "/token": "token", "/userinfo": "userinfo"}


class AsksForName(UserAuthnMethod):
    """A page with one field: whoever types a name is that person."""

    def __call__(self, query: str, **_more: Any) -> str:
        return (
            '<!doctype html><html lang="vi"><title>Provider</title><form method="post" action="/verify">'
            f'<input type="hidden" name="query" value="{escape(query)}"><label>Tên <input name="name"></label> '
            "<button>Vào</button></form></html>"
        )


class OidcServer:
    """The provider. `people` are claims by name; `asked` the paths that were asked for."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"provider": self}))
        self.issuer = f"http://localhost:{self.http.server_port}"  # another site than 127.0.0.1, as providers are
        self.op = Server(OPConfiguration(configuration(self.issuer)))
        self.op.context.userinfo.db = self.people  # what it is told of them at the start it copies
        self.rotate()

    def knows(self, program: str) -> None:
        """The one program that people may come from, at this address."""
        self.op.context.cdb[CLIENT] = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [(f"{program}/login/sso/back", {})],
            "post_logout_redirect_uris": [(f"{program}/login", {})],
            "backchannel_logout_uri": f"{program}/login/sso/ended",
            "token_endpoint_auth_method": "client_secret_basic",
            "response_types_supported": ["code"],
            "allowed_scopes": ["openid", "profile"],
            "id_token_signed_response_alg": "ES256",
        }

    def rotate(self) -> None:
        """New keys; what the old ones have signed is worth nothing from now on."""
        made = init_key_jar(key_defs=[{"type": "RSA", "use": ["sig"]}, {"type": "EC", "crv": "P-256", "use": ["sig"]}])
        for owner in ("", self.issuer):
            self.op.keyjar.return_issuer(owner)._bundles = []
            self.op.keyjar.import_jwks(made.export_jwks(private=True), owner)

    def message_of(self, sid: str) -> str:
        """What is said to the program when this session ends."""
        return str(self.op.get_endpoint("session").do_back_channel_logout(self.op.context.cdb[CLIENT], sid)[1])

    def sign_out(self, sid: str) -> None:
        """Somebody's session ends, and whoever began one with it is told."""
        self.op.get_endpoint("session").do_verified_logout(sid, alla=True)


class Handler(BaseHTTPRequestHandler):
    """HTTP around the endpoints of idpyoidc."""

    provider: OidcServer

    def do_GET(self) -> None:
        self.answer({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["content-length"])).decode()
        self.answer({name: values[0] for name, values in parse_qs(sent).items()})

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, values: dict[str, str]) -> None:
        op, path = self.provider.op, urlsplit(self.path).path
        self.provider.asked.append(path)
        if path == "/jwks":
            self.say(200, op.keyjar.export_jwks_as_json(), "application/json")
        elif path == "/verify":
            self.verified(values)
        elif path == "/session":
            self.say(200, "<title>Provider</title>")  # what idpyoidc does there needs its own cookies and pages
        else:
            self.endpoint(ENDPOINTS.get(path, path.strip("/")), values)

    def endpoint(self, name: str, values: dict[str, str]) -> None:
        endpoint = self.provider.op.get_endpoint(name)
        if endpoint is None:
            return self.say(404, "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        http_info = {"headers": headers, "method": self.command, "url": self.path}
        try:
            request = endpoint.parse_request(values, http_info=http_info)
            result = request if "error" in request else endpoint.process_request(request, http_info=http_info)
        except Exception as problem:  # whatever it refuses, it refuses by raising something
            return self.say(400, f'{{"error": "invalid_request", "found": "{type(problem).__name__}"}}')
        if "error" in result:
            return self.say(400, result.to_json() if hasattr(result, "to_json") else str(result))
        if "http_response" in result:
            return self.say(200, result["http_response"])
        return self.result(endpoint, request, result)

    def result(self, endpoint: Any, request: Any, result: Any) -> None:
        done = endpoint.do_response(request=request, **result)
        if endpoint.response_placement == "url":
            return self.go(done["response"])
        return self.say(200, done["response"], "application/json")

    def verified(self, values: dict[str, str]) -> None:
        """The form with the name came back."""
        endpoint = self.provider.op.get_endpoint("authorization")
        request = AuthorizationRequest().from_urlencoded(values["query"])
        session = endpoint.create_session(request, values["name"], ACR, 0, AsksForName())
        self.result(endpoint, request, endpoint.authz_part2(request=request, session_id=session))

    def go(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def say(self, status: int, text: str, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def configuration(issuer: str) -> dict[str, Any]:
    """What idpyoidc is told to be."""
    userinfo = OP_DEFAULT_CONFIG["endpoint"]["userinfo"]
    endpoints = {
        "provider_config": OP_DEFAULT_CONFIG["endpoint"]["provider_info"],
        **{name: OP_DEFAULT_CONFIG["endpoint"][name] for name in ("authorization", "token")},
        "userinfo": {**userinfo, "kwargs": {"claim_types_supported": ["normal"], "add_claims_by_scope": True}},
        "session": {
            "path": "session",
            "class": "idpyoidc.server.oidc.session.Session",
            "kwargs": {
                "client_authn_method": None,
                "signing_alg": "ES256",
                "post_logout_uri_path": "after",
                "logout_verify_url": f"{issuer}/signed-out",
                "backchannel_logout_supported": True,
                "backchannel_logout_session_supported": True,
            },
        },
    }
    return {
        "issuer": issuer,
        "allowed_scopes": ["openid", "profile"],
        "scopes_supported": ["openid", "profile"],
        "httpc_params": {"verify": False, "timeout": 30},
        "key_conf": {"key_defs": [{"type": "RSA", "use": ["sig"]}], "uri_path": "jwks"},
        "endpoint": endpoints,
        "authentication": {"name": {"acr": ACR, "class": f"{HERE}AsksForName", "kwargs": {}}},
        "userinfo": {"class": "idpyoidc.server.user_info.UserInfo", "kwargs": {"db": {}}},
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.server.oauth2.add_on.pkce.add_support",
                "kwargs": {"essential": True, "code_challenge_methods": {"S256": "idpyoidc.server.oauth2.add_on.pkce"}},
            }
        },
        "scopes_to_claims": {**SCOPE2CLAIMS, "profile": [*SCOPE2CLAIMS["profile"], "groups"]},
        "token_handler_args": {
            "code": {"kwargs": {"lifetime": 600}},
            "token": {"class": "idpyoidc.server.token.jwt_token.JWTToken", "kwargs": {"lifetime": 600}},
            "id_token": {"class": "idpyoidc.server.token.id_token.IDToken", "kwargs": {"lifetime": 600}},
        },
    }


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    """The provider, until the end."""
    provider = OidcServer()
    thread = threading.Thread(target=provider.http.serve_forever, daemon=True)
    thread.start()
    yield provider
    provider.http.shutdown()
    provider.http.server_close()
    thread.join(120)
