"""A provider of identities as it describes itself (OpenID Connect Discovery), and where browsers go to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode, urlsplit

DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_HINT = 4000
# Somebody of hundreds of groups has a token that no address takes; then the provider asks.
BASIC, IN_BODY = "client_secret_basic", "client_secret_post"


class ProviderUnfit(ValueError):
    """A provider with which nobody can sign in here; the text says why."""


class ProviderAway(Exception):
    """The provider cannot be reached, or does not answer as one; the text says what stands in the way."""


class ProviderRefused(Exception):
    """The provider answered no; the text is its word for why."""


class ProviderLine(Protocol):
    """How a provider is asked. Both give what is in its JSON, and raise ProviderAway or ProviderRefused."""

    def read(self, address: str, bearer: str | None = None) -> object:
        """What stands there."""

    def send(self, address: str, form: Mapping[str, str], sender: tuple[str, str] | None) -> object:
        """The answer to a form; `sender` proves by name and secret who sends it."""


@dataclass(frozen=True)
class Provider:
    """Where what is asked. `ending` is where people sign out, `person` where more of them is told, if anywhere."""

    issuer: str
    authorization: str
    token: str
    keys: str
    person: str | None
    ending: str | None
    secret_in_body: bool
    names_itself: bool
    """Whether its answers say of whom they are (RFC 9207)."""


@dataclass(frozen=True)
class Asked:
    """What a browser carries to the provider, of the secret that it keeps meanwhile."""

    state: str
    nonce: str
    challenge: str


def discovery_of(issuer: str) -> str:
    """Where a provider describes itself."""
    return issuer.rstrip("/") + DISCOVERY


def provider_of(document: object, issuer: str) -> Provider:
    """The provider that describes itself so; it must be the one that was asked. Raises ProviderUnfit."""
    if not isinstance(document, Mapping):
        raise ProviderUnfit("discovery: expected a JSON object, found something else")
    if document.get("issuer") != issuer:
        raise ProviderUnfit(f"issuer: expected {issuer!r}, found {str(document.get('issuer'))[:200]!r}")
    methods = document.get("code_challenge_methods_supported", ["S256"])
    if isinstance(methods, list) and "S256" not in methods:
        raise ProviderUnfit("code_challenge_methods_supported: expected S256 among them")
    ways = document.get("token_endpoint_auth_methods_supported", [BASIC])
    return Provider(
        issuer,
        address(document, "authorization_endpoint"),
        address(document, "token_endpoint"),
        address(document, "jwks_uri"),
        address_if_any(document, "userinfo_endpoint"),
        address_if_any(document, "end_session_endpoint"),
        secret_in_body=isinstance(ways, list) and BASIC not in ways and IN_BODY in ways,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def address_if_any(document: Mapping[str, object], name: str) -> str | None:
    return address(document, name) if name in document else None


def address(document: Mapping[str, object], name: str) -> str:
    """An address that nobody between can read. Raises ProviderUnfit."""
    value = document.get(name)
    if not isinstance(value, str) or not is_private(value):
        raise ProviderUnfit(f"{name}: expected an https address, found {str(value)[:200]!r}")
    return value


def is_private(address: str) -> bool:
    """Whether what is sent there stays between both: by TLS, or because it does not leave this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def way_to(provider: Provider, client: str, back: str, scopes: str, asked: Asked, anew: bool) -> str:
    """Where a browser goes to sign in; `anew`: even if somebody is signed in there already."""
    values = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back,
        "scope": scopes,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
    }
    return extended(provider.authorization, {**values, "prompt": "login"} if anew else values)


def way_out(provider: Provider, client: str, after: str, token: str) -> str | None:
    """Where a browser goes to sign out of the provider, too, and comes back from; None where it cannot.

    With the token the provider knows which session is meant and need not ask.
    """
    if provider.ending is None:
        return None
    whose = {"id_token_hint": token} if 0 < len(token) <= LONGEST_HINT else {"client_id": client}
    return extended(provider.ending, {"post_logout_redirect_uri": after, **whose})


def extended(address: str, values: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"
