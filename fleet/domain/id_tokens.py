"""What a provider of identities has signed: a token of who signed in, and one of who signed out.

Only the provider's public keys can have made them: signatures by a shared secret (HS256) and by nobody (none) are not
among those that are read, so no key can be taken for something that it is not. What was found wrong is said in a
sentence without the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, KeySet, OKPKey, RSAKey

KINDS = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
# The signatures that are read, and the kind of key that each needs.
LEEWAY_S = 60
# So far the clocks of two servers that both know NTP may be apart.
LONGEST_TOKEN = 64 * 1024
LONGEST_SUBJECT = 255
# OpenID Connect Core, 2: never more.
SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"

PublicKey = RSAKey | ECKey | OKPKey
Claims = Mapping[str, Any]


class TokenUnfit(ValueError):
    """A token that proves nothing; the text says why, and holds nothing of it but names."""


class UnknownKey(TokenUnfit):
    """No known key can have signed this; the provider may have a new one."""


@dataclass(frozen=True)
class Awaited:
    """Whose tokens are believed, for whom they must be made, and when they are read (UTC seconds)."""

    issuer: str
    client: str
    now_s: float


def keys_of(document: object) -> KeySet:
    """The public keys for signatures in a JSON Web Key Set; what else is in it is left aside. Raises TokenUnfit."""
    rows = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        raise TokenUnfit("keys: expected a JSON Web Key Set, found something else")
    return KeySet([key for row in rows if (key := public_key(row)) is not None])


def public_key(row: object) -> PublicKey | None:
    """The key, if it can have signed one of the tokens that are read."""
    if not isinstance(row, dict) or row.get("kty") not in KINDS.values() or row.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(row)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, (RSAKey, ECKey, OKPKey)) else None


def signed_in(token: str, keys: KeySet, awaited: Awaited, nonce: str) -> Claims:
    """What an ID token says of who signed in (OpenID Connect Core, 3.1.3.7). Raises TokenUnfit."""
    claims = claims_of(token, keys)
    refuse_others(claims, awaited)
    expires_s = moment(claims, "exp")
    if expires_s <= awaited.now_s - LEEWAY_S:
        raise TokenUnfit(
            f"exp: expected a token that still holds, found one that ended {since(awaited, expires_s)} ago"
        )
    if claims.get("nonce") != nonce:
        raise TokenUnfit("nonce: expected that of this browser, found another")
    subject_of(claims)
    return claims


def signed_out(token: str, keys: KeySet, awaited: Awaited) -> Claims:
    """What a logout token says of who signed out (OpenID Connect Back-Channel Logout, 2.6). Raises TokenUnfit."""
    claims = claims_of(token, keys)
    refuse_others(claims, awaited)
    if "exp" in claims and moment(claims, "exp") <= awaited.now_s - LEEWAY_S:
        raise TokenUnfit("exp: expected a token that still holds, found one that is over")
    events = claims.get("events")
    if not isinstance(events, dict) or SIGNED_OUT not in events or "nonce" in claims:
        raise TokenUnfit("events: expected a token of signing out, found another")
    if "sub" in claims:
        subject_of(claims)
    elif not isinstance(claims.get("sid"), str):
        raise TokenUnfit("sub, sid: expected one of them, found neither")
    return claims


def claims_of(token: str, keys: KeySet) -> Claims:
    """What is in a token that one of these keys has signed. Raises TokenUnfit, UnknownKey."""
    if len(token) > LONGEST_TOKEN:
        raise TokenUnfit(f"token: expected at most {LONGEST_TOKEN} letters, found {len(token)}")
    try:
        header = jws.extract_compact(token.encode()).headers()
        kind = KINDS.get(str(header.get("alg")))
        if kind is None:
            raise TokenUnfit(f"alg: expected one of {', '.join(KINDS)}, found {str(header.get('alg'))[:20]!r}")
        return jwt.decode(token, the_key(keys, kind, header.get("kid")), algorithms=list(KINDS)).claims
    except (JoseError, ValueError, TypeError) as problem:
        if isinstance(problem, TokenUnfit):
            raise
        raise TokenUnfit(f"token: expected one that the provider signed, found {type(problem).__name__}") from None


def the_key(keys: KeySet, kind: str, name: object) -> PublicKey:
    """The one key of this kind and name; a provider with a single key need not name it. Raises UnknownKey."""
    fit = [key for key in keys if key.key_type == kind and (name is None or key.kid == name)]
    if len(fit) != 1 or not isinstance(fit[0], (RSAKey, ECKey, OKPKey)):
        raise UnknownKey(f"kid: expected the name of one of the provider's keys, found {str(name)[:80]!r}")
    return fit[0]


def refuse_others(claims: Claims, awaited: Awaited) -> None:
    """Raises TokenUnfit for a token of another provider, for another program, or of a time to come."""
    if claims.get("iss") != awaited.issuer:
        raise TokenUnfit(f"iss: expected {awaited.issuer!r}, found {str(claims.get('iss'))[:200]!r}")
    given = claims.get("aud")
    audience = given if isinstance(given, list) else [given]
    if awaited.client not in audience:
        raise TokenUnfit(f"aud: expected {awaited.client!r}, found another program")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != awaited.client:
        raise TokenUnfit(f"azp: expected {awaited.client!r}, found another program")
    if moment(claims, "iat") > awaited.now_s + LEEWAY_S:
        raise TokenUnfit("iat: expected a token of the past, found one of a time to come; are both clocks right?")


def subject_of(claims: Claims) -> str:
    """Whom the provider means, for ever. Raises TokenUnfit."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise TokenUnfit(f"sub: expected 1 to {LONGEST_SUBJECT} letters, found something else")
    return subject


def moment(claims: Claims, name: str) -> float:
    """A time in UTC seconds. Raises TokenUnfit."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TokenUnfit(f"{name}: expected seconds, found something else")
    return float(value)


def since(awaited: Awaited, then_s: float) -> str:
    return f"{awaited.now_s - then_s:.0f} s"
