"""A provider of identities, as far as this process knows it: what it says of itself, its keys, who comes from there.

What it says is asked again after an hour, and its keys as soon as a token names one that is not known, so a provider
may change them at any time. A stranger who sends tokens of unknown keys makes us ask twice a minute at most. A provider
that does not answer is left alone for some seconds, so that it holds up nobody who signs in by password.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from joserfc.jwk import KeySet

from fleet.domain.browser_secrets import Journey
from fleet.domain.id_tokens import Awaited, Claims, TokenUnfit, UnknownKey, keys_of, signed_in, signed_out
from fleet.domain.identities import Identity, Words, identity_of, says_all
from fleet.domain.provider import (
    Provider,
    ProviderAway,
    ProviderLine,
    ProviderRefused,
    ProviderUnfit,
    discovery_of,
    provider_of,
    way_out,
    way_to,
)

HOLDS_S = 3600
KEYS_AGAIN_S = 30
LEFT_ALONE_S = 5

Result = TypeVar("Result")


@dataclass(frozen=True)
class Client:
    """What we are to the provider: a program with a name, a secret (if it gave one), and an address to come back to."""

    issuer: str
    name: str
    back: str
    after: str
    scopes: str
    words: Words
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    """What a browser brought back from the provider."""

    state: str
    code: str
    issuer: str | None = None


class KnownProvider:
    """One provider. Times are UTC seconds. All may raise ProviderAway, ProviderUnfit, and what else they say."""

    def __init__(self, client: Client, line: ProviderLine) -> None:
        self.client = client
        self.line = line
        self.asking = threading.Lock()
        self.known: tuple[Provider, KeySet] | None = None
        self.asked_s = self.failed_s = float("-inf")

    def way_in(self, journey: Journey, anew: bool, now_s: float) -> str:
        """Where a browser goes on this journey; `anew`: to prove who it is even if somebody is signed in there."""
        client, provider = self.client, self.provider(now_s)
        return way_to(provider, client.name, client.back, client.scopes, journey.asked, anew)

    def way_out(self, token: str, now_s: float) -> str | None:
        """Where the browser goes that signed in with this token, to sign out there, too."""
        return way_out(self.provider(now_s), self.client.name, self.client.after, token)

    def identity(self, journey: Journey, answer: Answer, now_s: float) -> Identity:
        """Who came back from this journey. Raises TokenUnfit, ProviderRefused."""
        provider = self.provider(now_s)
        if not journey.is_answered_by(answer.state):
            raise TokenUnfit("state: expected that of this browser, found another")
        if answer.issuer != provider.issuer and (provider.names_itself or answer.issuer is not None):
            raise TokenUnfit(f"iss: expected an answer of {provider.issuer!r}, found another")
        given = self.tokens(provider, journey, answer)
        token, access = given.get("id_token"), given.get("access_token")
        if not isinstance(token, str):
            raise TokenUnfit("id_token: expected one, found none; is openid among MOTCUA_OIDC_SCOPES?")
        claims = self.believed(now_s, lambda keys, awaited: signed_in(token, keys, awaited, journey.nonce))
        if isinstance(access, str) and not says_all(claims, self.client.words):
            claims = self.more_of(provider, claims, access)
        return identity_of(claims, self.client.words, token)

    def signed_out(self, token: str, now_s: float) -> Claims:
        """Who signed out there, as its own message says. Raises TokenUnfit."""
        return self.believed(now_s, lambda keys, awaited: signed_out(token, keys, awaited))

    def provider(self, now_s: float) -> Provider:
        """What it says of itself."""
        return self.all_known(now_s)[0]

    def believed(self, now_s: float, read: Callable[[KeySet, Awaited], Result]) -> Result:
        """What a token says; once more with new keys, if the provider has some."""
        awaited = Awaited(self.client.issuer, self.client.name, now_s)
        try:
            return read(self.all_known(now_s)[1], awaited)
        except UnknownKey:
            return read(self.all_known(now_s, KEYS_AGAIN_S)[1], awaited)

    def all_known(self, now_s: float, holds_s: float = HOLDS_S) -> tuple[Provider, KeySet]:
        """Provider and keys, asked anew if they were asked longer ago than this."""
        with self.asking:
            if self.known is None or now_s - self.asked_s >= holds_s:
                self.known = self.ask(now_s)
                self.asked_s = now_s
            return self.known

    def ask(self, now_s: float) -> tuple[Provider, KeySet]:
        if 0 <= now_s - self.failed_s < LEFT_ALONE_S:
            raise ProviderAway("it did not answer a moment ago")
        try:
            provider = provider_of(self.line.read(discovery_of(self.client.issuer)), self.client.issuer)
            return provider, keys_of(self.line.read(provider.keys))
        except ProviderRefused as problem:
            self.failed_s = now_s
            raise ProviderAway(str(problem)) from None
        except (ProviderAway, ProviderUnfit, TokenUnfit):
            self.failed_s = now_s
            raise

    def tokens(self, provider: Provider, journey: Journey, answer: Answer) -> Mapping[str, object]:
        """What the provider gives for the code. Raises ProviderRefused, TokenUnfit."""
        client = self.client
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": client.back,
            "code_verifier": journey.verifier,
        }
        sender = None
        if client.secret is not None and not provider.secret_in_body:
            sender = (client.name, client.secret)
        else:
            form |= {"client_id": client.name} | ({"client_secret": client.secret} if client.secret else {})
        given = self.line.send(provider.token, form, sender)
        if not isinstance(given, Mapping):
            raise TokenUnfit("token: expected a JSON object, found something else")
        return given

    def more_of(self, provider: Provider, claims: Claims, access: str) -> Claims:
        """These claims, and beside them what the provider tells of the same person elsewhere. Raises TokenUnfit."""
        if provider.person is None:
            return claims
        more = self.line.read(provider.person, bearer=access)
        if not isinstance(more, Mapping) or more.get("sub") != claims["sub"]:
            raise TokenUnfit("userinfo: expected the same person, found another")
        return {**more, **claims}
