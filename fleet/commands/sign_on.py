"""Whether people can sign in through the provider of identities that is set."""

from fleet.clock import now_ms
from fleet.commands.shared import Data, Refused, opened, say, settings_of
from fleet.domain.provider import ProviderAway, ProviderUnfit
from fleet.flows.watch import offices
from fleet.sign_on import SignOn, SignOnUnfit, sign_on_of
from fleet.workers.provider_line import HttpLine


def sign_on(data: Data = None) -> None:
    """Ask the provider of single sign-on for its word and keys, and look through the file of roles."""
    settings = settings_of(data)
    try:
        found = sign_on_of(settings, HttpLine(settings.oidc_tls_ca))
        if found is None:
            raise Refused("MOTCUA_OIDC_ISSUER: expected the address of a provider, found nothing")
        provider = found.provider.provider(now_ms() / 1000)
    except (SignOnUnfit, ProviderAway, ProviderUnfit) as problem:
        raise Refused(str(problem)) from None
    with opened(data) as store:
        refuse_unknown_offices(found, {one.id for one in offices(store)})
    say(f"{provider.issuer} answers; people come back to {found.provider.client.back}")
    say(f"signing out there: {provider.ending or 'not offered'}; more of a person: {provider.person or 'not offered'}")
    for row in found.rules.rows:
        say(f"{row.group}: {row.role}, {row.office or 'everywhere'}")


def refuse_unknown_offices(found: SignOn, known: set[str]) -> None:
    """Raises Refused where a row of the file of roles names an office that is not there."""
    for row in found.rules.rows:
        if row.office is not None and row.office not in known:
            expected = ", ".join(sorted(known)) or "there is none"
            text = f"group {row.group!r}: expected an office ({expected}), found {row.office!r}"
            raise Refused(f"MOTCUA_OIDC_ROLES_FILE: {text}")
