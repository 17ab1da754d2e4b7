"""Single sign-on as the settings say: what we are to the provider, and what holds for those who come from there."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from fleet.domain.group_roles import GroupRole, RolesUnfit, group_roles
from fleet.domain.identities import Words
from fleet.domain.provider import ProviderLine, is_private
from fleet.flows.known_provider import Client, KnownProvider
from fleet.flows.sign_in import tidied
from fleet.flows.single_sign_on import Rules
from fleet.settings import Settings

BACK = "/login/sso/back"
AFTER = "/login"
LONGEST_ISSUER = 255


class SignOnUnfit(ValueError):
    """The settings of single sign-on cannot be used; the text names one and says why."""


@dataclass(frozen=True)
class SignOn:
    """A provider, what it is called on pages, and the rules."""

    provider: KnownProvider
    rules: Rules
    title: str

    @property
    def issuer(self) -> str:
        """What the provider is called among programs."""
        return self.provider.client.issuer


def sign_on_of(settings: Settings, line: ProviderLine) -> SignOn | None:
    """The provider that is set; None where none is. Raises SignOnUnfit."""
    if not settings.oidc_issuer:
        return None
    rules = Rules(
        rows_in(settings.oidc_roles_file),
        settings.oidc_makes_people,
        frozenset(tidied(name) for name in settings.oidc_emergency.split(",") if name.strip()),
    )
    return SignOn(KnownProvider(client_of(settings), line), rules, settings.oidc_title)


def client_of(settings: Settings) -> Client:
    """What we are to the provider. Raises SignOnUnfit."""
    issuer, here = settings.oidc_issuer, settings.public_address.rstrip("/")
    if not is_private(issuer) or len(issuer) > LONGEST_ISSUER:
        raise SignOnUnfit(f"MOTCUA_OIDC_ISSUER: expected an https address, found {issuer[:200]!r}")
    if not settings.oidc_client_id:
        raise SignOnUnfit("MOTCUA_OIDC_CLIENT_ID: expected what the provider calls motcua, found nothing")
    if not is_private(here):
        found = repr(here) if here else "nothing"
        raise SignOnUnfit(f"MOTCUA_PUBLIC_ADDRESS: expected the https address to come back to, found {found}")
    if "openid" not in settings.oidc_scopes.split():
        raise SignOnUnfit(f"MOTCUA_OIDC_SCOPES: expected openid among them, found {settings.oidc_scopes!r}")
    return Client(
        issuer,
        settings.oidc_client_id,
        here + BACK,
        here + AFTER,
        settings.oidc_scopes,
        Words(settings.oidc_name_claim, settings.oidc_groups_claim, frozenset(settings.oidc_two_steps.split())),
        settings.oidc_client_secret or None,
    )


def rows_in(path: Path | None) -> tuple[GroupRole, ...]:
    """Which groups have which role; none where administrators give roles. Raises SignOnUnfit."""
    if path is None:
        return ()
    try:
        return group_roles(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "not a text"
        raise SignOnUnfit(f"MOTCUA_OIDC_ROLES_FILE: expected a file that can be read: {why}") from None
    except (tomllib.TOMLDecodeError, RolesUnfit) as problem:
        raise SignOnUnfit(f"MOTCUA_OIDC_ROLES_FILE: {problem}") from None
