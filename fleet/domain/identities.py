"""Who somebody is to a provider, in the words of the claims that an administrator has named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from fleet.domain.id_tokens import Claims, subject_of

ALWAYS = "*"
LONGEST_GROUP, MOST_GROUPS = 255, 1000


@dataclass(frozen=True)
class Words:
    """Which claims are read: of the name to sign in with, of groups, and which ways of signing in are two steps."""

    name: str
    groups: str
    two_steps: frozenset[str]


@dataclass(frozen=True)
class Identity:
    """Who signed in at a provider. Only `issuer` and `subject` stay the same for ever; `session` is what
    the provider calls that of today, `token` what it wants to see again when it ends.
    """

    issuer: str
    subject: str
    name: str
    shown_as: str
    groups: frozenset[str]
    two_steps: bool
    session: str | None
    token: str = field(default="", repr=False)


def identity_of(claims: Claims, words: Words, token: str = "") -> Identity:
    """The identity in claims of a token whose signature and subject were looked at."""
    return Identity(
        str(claims["iss"]),
        subject_of(claims),
        text_of(claims, words.name),
        text_of(claims, "name"),
        frozenset(texts_of(claims, words.groups)),
        ALWAYS in words.two_steps or bool(words.two_steps & ways_of(claims)),
        session_of(claims),
        token,
    )


def session_of(claims: Claims) -> str | None:
    """What the provider calls the session there, shortened: some call it by hundreds of letters."""
    named = claims.get("sid")
    return sha256(named.encode("utf-8", "surrogatepass")).hexdigest() if isinstance(named, str) and named else None


def says_all(claims: Claims, words: Words) -> bool:
    """Whether name and groups are in these claims, so that the provider need not be asked for more."""
    return bool(text_of(claims, words.name)) and (not words.groups or found(claims, words.groups) is not None)


def ways_of(claims: Claims) -> frozenset[str]:
    """How the person proved to be the one, as the provider says (amr), and under which rule (acr)."""
    return frozenset((*texts_of(claims, "amr"), text_of(claims, "acr")))


def text_of(claims: Claims, path: str) -> str:
    """The text under this name, "" where there is none."""
    value = found(claims, path)
    return value if isinstance(value, str) and len(value) <= LONGEST_GROUP else ""


def texts_of(claims: Claims, path: str) -> list[str]:
    """The texts under this name; Keycloak writes a group's place before it, `/mot-cua/tan-an`, which stays."""
    value = found(claims, path)
    each = value[:MOST_GROUPS] if isinstance(value, list) else [value]
    return [one for one in each if isinstance(one, str) and 0 < len(one) <= LONGEST_GROUP]


def found(claims: Claims, path: str) -> object:
    """What stands under a name, or under names with dots between, as `realm_access.roles`."""
    if path in claims:
        return claims[path]
    value: object = claims
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
