"""The cookies: a session, half of one, a token for forms of people who have not signed in, a language, and a counter.

Behind TLS their names begin with `__Host-`, which browsers accept only from this very host, over HTTPS, for all paths.
"""

from fastapi import Response

from fleet.settings import Settings

LANGUAGE = "motcua-language"
COUNTER = "motcua-counter"
YEAR_S = 365 * 24 * 3600
JOURNEY_S = 15 * 60


def session_name(settings: Settings) -> str:
    """The name of the session's cookie."""
    return "__Host-motcua" if settings.https else "motcua"


def form_name(settings: Settings) -> str:
    """The name of the cookie that proves a form is ours before anyone signed in."""
    return session_name(settings) + "-form"


def set_session(response: Response, settings: Settings, token: str, hours: float) -> None:
    """Sign the browser in, for so long."""
    response.set_cookie(
        session_name(settings),
        token,
        max_age=round(hours * 3600),
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, settings: Settings) -> None:
    """Sign the browser out."""
    response.delete_cookie(session_name(settings), secure=settings.https, httponly=True, samesite="lax")


def halfway_name(settings: Settings) -> str:
    """The name of the cookie of whoever has a second step to go."""
    return session_name(settings) + "-halfway"


def set_halfway(response: Response, settings: Settings, token: str) -> None:
    """The browser took the first step."""
    response.set_cookie(halfway_name(settings), token, secure=settings.https, httponly=True, samesite="lax")


def drop_halfway(response: Response, settings: Settings) -> None:
    """There is no second step to go any more."""
    response.delete_cookie(halfway_name(settings), secure=settings.https, httponly=True, samesite="lax")


def set_form(response: Response, settings: Settings, token: str) -> None:
    """Give a browser the token of its forms."""
    response.set_cookie(form_name(settings), token, secure=settings.https, httponly=True, samesite="lax")


def journey_name(settings: Settings) -> str:
    """The name of the cookie that a browser keeps while it is with a provider of identities."""
    return session_name(settings) + "-sso"


def set_journey(response: Response, settings: Settings, kept: str) -> None:
    """Let a browser go to the provider, and come back soon."""
    response.set_cookie(
        journey_name(settings),
        kept,
        max_age=JOURNEY_S,
        secure=settings.https,
        httponly=True,
        samesite="lax",  # it comes back from another site, by an address that it opens itself
    )


def drop_journey(response: Response, settings: Settings) -> None:
    """The browser is back: what it kept is good once."""
    response.delete_cookie(journey_name(settings), secure=settings.https, httponly=True, samesite="lax")


def set_language(response: Response, settings: Settings, code: str) -> None:
    """Remember the language."""
    response.set_cookie(LANGUAGE, code, max_age=YEAR_S, secure=settings.https, httponly=True, samesite="lax")


def set_counter(response: Response, settings: Settings, counter: str) -> None:
    """Remember at which counter this browser stands."""
    response.set_cookie(COUNTER, counter, max_age=YEAR_S, secure=settings.https, httponly=True, samesite="lax")
