"""Every route says who may use it: `allow(permission)`, `allow()` for anyone signed in, `public()`, `holder()`,
or `signed_by_provider()`.

`allow(…, recent=True)` asks whoever proved themselves too long ago to do it again, before something is changed that
must not be changed at a browser somebody left open: the page that asks carries what was typed, and sends it on with
the proof. `allow(…, everywhere=True)` lets in only whose role holds everywhere, to what belongs to no office.

The first three also keep strangers' forms out: a request that changes something carries the token that the page gave,
as the form field `csrf` or in the header X-CSRF-Token. Who has not signed in has such a token too, in a cookie of its
own, so that nobody can be signed in under another's name. The page of a ticket needs neither: its address holds the
ticket's code, and who does not know that can send nothing there; what a provider sends must bear its signature.
"""

import secrets
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import anyio
from fastapi import Form, HTTPException, Path, Request
from fastapi.concurrency import run_in_threadpool

from fleet.clock import now_ms
from fleet.domain.audit import SERVICE, network_part
from fleet.domain.means import is_recent
from fleet.domain.rights import Permission, Person
from fleet.flows import second_step, sign_in
from fleet.pages import cookies
from fleet.pages.house import house_of
from fleet.pages.texts import FIRST
from fleet.store.acting import let_act, person_acts
from fleet.store.people import OpenSession

READING = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_TOKEN = 64 * 1024
PAGE = "page"
LONGEST_CODE = 80
# Of a ticket: a lease, a number and a token.
PROOF = "proof"
# The field in which a form brings a password or a code again.
HASHING_AT_ONCE = 2
# Each takes 64 MiB and a core for a tenth of a second; a crowd of guessers waits in line and holds nothing up.
LINE = anyio.CapacityLimiter(HASHING_AT_ONCE)
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class NotSignedIn(Exception):
    """Only people who signed in may do this."""


class NotAllowed(Exception):
    """The person's role does not grant this."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(f"this needs the right {permission.value}")
        self.permission = permission


class OneTimePassword(Exception):
    """Whoever signed in with a password that somebody else made replaces it before anything else."""

    def __init__(self) -> None:
        super().__init__("a one-time password is to be replaced first")


class SecondStepMissing(Exception):
    """Whoever is asked for a second step sets it up before anything else."""

    def __init__(self) -> None:
        super().__init__("a second step of signing in is to be set up first")


class ProveAgain(Exception):
    """The last proof is too old for this; `refused`: there was one just now, and it was wrong."""

    def __init__(self, refused: bool) -> None:
        super().__init__("prove who you are again")
        self.refused = refused


class StrangeForm(Exception):
    """A request that changes something without the token of our own page."""

    def __init__(self) -> None:
        super().__init__("the form's token is missing or out of date")


@dataclass(frozen=True)
class Visitor:
    """Who sent a request. `fresh` means that the browser does not have the CSRF token yet."""

    person: Person | None
    csrf: str
    fresh: bool = False
    session: OpenSession | None = None


class Allowed:
    """The guard of a route for people who signed in and whose role grants `permission` (None: any role).

    `at_once`: even with a password that is still to be replaced, or a second step to be set up. `recent`: a change
    needs a proof of the last minutes. `everywhere`: for whoever works at one office there is nothing here.
    """

    def __init__(
        self, permission: Permission | None, at_once: bool = False, recent: bool = False, everywhere: bool = False
    ) -> None:
        self.permission = permission
        self.at_once = at_once
        self.recent = recent
        self.everywhere = everywhere

    async def __call__(self, request: Request) -> Person:
        """The person, or one of the refusals above."""
        visitor = await look_who(request)
        if visitor.person is None:
            raise NotSignedIn
        if visitor.person.one_time and not self.at_once:
            raise OneTimePassword
        if visitor.person.lacks_second_step and not self.at_once:
            raise SecondStepMissing
        if self.permission is not None and not visitor.person.may(self.permission):
            raise NotAllowed(self.permission)
        await refuse_strange_form(request, visitor)
        if self.everywhere and visitor.person.office is not None:
            raise HTTPException(404)
        if self.recent and request.method not in READING:
            await refuse_old_proof(request, visitor)
        let_act(person_acts(visitor.person, PAGE, network_of(request)))
        return visitor.person


class Public:
    """The guard of a route for everybody."""

    async def __call__(self, request: Request) -> Visitor:
        """Whoever it is; a form must still be ours."""
        visitor = await look_who(request)
        await refuse_strange_form(request, visitor)
        person, address = visitor.person, network_of(request)
        let_act(replace(SERVICE, how=PAGE, address=address) if person is None else person_acts(person, PAGE, address))
        return visitor


class Holder:
    """The guard of a route for whoever holds a ticket; the flow looks whether its code is right."""

    async def __call__(self, code: Annotated[str, Path(max_length=LONGEST_CODE)]) -> str:
        """The code, as it stands in the address."""
        return code


class SignedByProvider:
    """The guard of a route for the provider of identities, which signs all that it sends there."""

    async def __call__(self, logout_token: Annotated[str, Form(max_length=LONGEST_TOKEN)]) -> str:
        """What it sent; the flow looks whether the signature is right."""
        return logout_token


def allow(
    permission: Permission | None = None, at_once: bool = False, recent: bool = False, everywhere: bool = False
) -> Allowed:
    """A dependency that gives the Person, who may do this; see Allowed."""
    return Allowed(permission, at_once, recent, everywhere)


def public() -> Public:
    """A dependency that gives the Visitor, whoever it is."""
    return Public()


def holder() -> Holder:
    """A dependency that gives the code of a ticket."""
    return Holder()


def signed_by_provider() -> SignedByProvider:
    """A dependency that gives what says to be of the provider."""
    return SignedByProvider()


def visitor_of(request: Request) -> Visitor | None:
    """Whom the guard of this route saw; None on routes that do not exist."""
    return getattr(request.state, "visitor", None)


def csrf(request: Request) -> str:
    """The token for this page's forms and its <meta name="csrf">."""
    visitor = visitor_of(request)
    return visitor.csrf if visitor else ""


def speak(request: Request, code: str) -> None:
    """Answer this request in that language, whoever asks: a screen that many people use has none of its own."""
    request.state.language = code


def language(request: Request) -> str:
    """The code of the language to answer in: the page's own, the person's, the browser's last choice, Vietnamese."""
    visitor = visitor_of(request)
    known = house_of(request).wordings
    spoken = getattr(request.state, "language", None)
    if spoken in known:
        return str(spoken)
    if visitor and visitor.person and visitor.person.language in known:
        return visitor.person.language
    chosen = request.cookies.get(cookies.LANGUAGE, FIRST)
    return chosen if chosen in known else FIRST


def network_of(request: Request) -> str:
    """From which network a request comes; not from which machine."""
    return network_part(request.client.host if request.client else "")


async def look_who(request: Request) -> Visitor:
    """Find the session of the request's cookie, once a request."""
    visitor = visitor_of(request)
    if visitor is None:
        visitor = request.state.visitor = await find_visitor(request)
    return visitor


async def find_visitor(request: Request) -> Visitor:
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings))
    idle = house.settings.idle_minutes
    session = await run_in_threadpool(sign_in.who, house.store, token, now_ms(), idle) if token else None
    if session:
        return Visitor(session.person, session.csrf, session=session)
    given = request.cookies.get(cookies.form_name(house.settings))
    return Visitor(None, given) if given else Visitor(None, secrets.token_urlsafe(32), fresh=True)


async def refuse_strange_form(request: Request, visitor: Visitor) -> None:
    if request.method in READING:
        return
    token = request.headers.get("x-csrf-token")
    if token is None and request.headers.get("content-type", "").split(";")[0].strip().lower() in FORMS:
        field = (await request.form()).get("csrf")
        token = field if isinstance(field, str) else None
    if token is None or visitor.fresh or not secrets.compare_digest(token.encode(), visitor.csrf.encode()):
        raise StrangeForm


async def refuse_old_proof(request: Request, visitor: Visitor) -> None:
    """Take the proof that the form brings, if one is needed. Raises ProveAgain."""
    house, session = house_of(request), visitor.session
    assert session is not None  # noqa: S101 (the guard let them in)
    if is_recent(session.proved_ms, now_ms(), house.settings.prove_again_minutes):
        return
    typed = (await request.form()).get(PROOF)
    if not isinstance(typed, str):
        raise ProveAgain(refused=False)
    token = request.cookies.get(cookies.session_name(house.settings), "")
    work = partial(second_step.prove_again, house.store, session, token, typed, now_ms(), address_of(request))
    if not await anyio.to_thread.run_sync(work, limiter=LINE):
        raise ProveAgain(refused=True)


def address_of(request: Request) -> str:
    """Where a request comes from, as the server or the proxy before it says."""
    return request.client.host if request.client else ""
