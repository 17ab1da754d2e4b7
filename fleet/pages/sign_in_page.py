"""Signing in, by one step or two, and out, and the choice of language."""

import asyncio
import re
from functools import partial
from typing import Annotated
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.provider import ProviderAway, ProviderUnfit
from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.flows.second_step import HalfwayOver, take_second_step
from fleet.flows.sign_in import Halfway, SignedIn
from fleet.flows.single_sign_on import began_with
from fleet.pages import cookies
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import LINE, Visitor, address_of, allow, public

REFUSED_EVERY_S = 0.5
# A refusal leaves on the half second, so that the microseconds of different reasons cannot be told apart.

LONGEST_CODE = 80

LOCAL = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
# Visible ASCII without backslash, and no second slash at its head.

router = APIRouter()


@router.get("/login")
def sign_in_page(
    request: Request, visitor: Annotated[Visitor, Depends(public())], next: str = "/", over: bool = False
) -> Response:
    """The form; whoever is signed in goes on. `over`: the second step came too late."""
    if visitor.person:
        return RedirectResponse(local_path(next), 303)
    return page(request, "sign_in.html", next=local_path(next), name="", refused=False, over=over)


@router.post("/login")
async def signing_in(
    request: Request,
    visitor: Annotated[Visitor, Depends(public())],
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A new session under a new token; the old one, if any, ends."""
    house, began_s = house_of(request), asyncio.get_running_loop().time()
    hours, address = house.settings.session_hours, address_of(request)
    may = None if house.sign_on is None else house.sign_on.rules.may_use_password
    signed_in = await anyio.to_thread.run_sync(
        sign_in.sign_in, house.store, name, password, now_ms(), hours, address, may, limiter=LINE
    )
    if signed_in is None:
        await pause(began_s)
        return page(request, "sign_in.html", 403, next=local_path(next), name=name[:64], refused=True, over=False)
    return await went_on(request, signed_in, next)


@router.get("/login/code")
def code_page(request: Request, visitor: Annotated[Visitor, Depends(public())], next: str = "/") -> Response:
    """The form of the second step; whoever did not take the first begins there."""
    if cookies.halfway_name(house_of(request).settings) not in request.cookies:
        return RedirectResponse(f"/login?next={quote(local_path(next), safe='/')}", 303)
    return page(request, "second_step.html", next=local_path(next), refused=False)


@router.post("/login/code")
async def second_step(
    request: Request,
    visitor: Annotated[Visitor, Depends(public())],
    code: Annotated[str, Form(max_length=LONGEST_CODE)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A new session for whoever is halfway and shows the code."""
    house, began_s = house_of(request), asyncio.get_running_loop().time()
    token, hours = request.cookies.get(cookies.halfway_name(house.settings), ""), house.settings.session_hours
    work = partial(take_second_step, house.store, token, code, now_ms(), hours, address_of(request))
    try:
        signed_in = await run_in_threadpool(work)
    except HalfwayOver:
        return RedirectResponse(f"/login?next={quote(local_path(next), safe='/')}&over=1", 303)
    if signed_in is None:
        await pause(began_s)
        return page(request, "second_step.html", 403, next=local_path(next), refused=True)
    await run_in_threadpool(end_session, request)
    return entered(request, signed_in, next)


@router.post("/logout")
def signing_out(request: Request, _person: Annotated[Person, Depends(allow(at_once=True))]) -> Response:
    """End this session; one that began at a provider ends there, too."""
    address = way_out(request)
    end_session(request)
    response = RedirectResponse("/login", 303) if address is None else leave_for(request, address)
    cookies.drop_session(response, house_of(request).settings)
    return response


@router.post("/language")
def choosing_language(
    request: Request,
    visitor: Annotated[Visitor, Depends(public())],
    language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Remember the language, in the browser and for the person."""
    house = house_of(request)
    if language not in house.wordings:
        raise HTTPException(400)
    if visitor.person:
        sign_in.read_in(house.store, visitor.person, language)
    response = RedirectResponse(local_path(next), 303)
    cookies.set_language(response, house.settings, language)
    return response


async def went_on(request: Request, signed_in: SignedIn | Halfway, next: str) -> Response:
    """In, instead of whoever was in at this browser; or on to the second step."""
    if isinstance(signed_in, Halfway):
        response = RedirectResponse(f"/login/code?next={quote(local_path(next), safe='/')}", 303)
        cookies.set_halfway(response, house_of(request).settings, signed_in.token)
        return response
    await run_in_threadpool(end_session, request)
    return entered(request, signed_in, next)


def entered(request: Request, signed_in: SignedIn, next: str) -> Response:
    """On to the page that was asked for, with the new session; however the person was proved."""
    settings, response = house_of(request).settings, RedirectResponse(local_path(next), 303)
    cookies.set_session(response, settings, signed_in.token, signed_in.hours)
    cookies.set_language(response, settings, signed_in.person.language)
    if cookies.halfway_name(settings) in request.cookies:
        cookies.drop_halfway(response, settings)
    return response


async def pause(began_s: float) -> None:
    """Until the next half second since then."""
    await asyncio.sleep(REFUSED_EVERY_S - (asyncio.get_running_loop().time() - began_s) % REFUSED_EVERY_S)


def end_session(request: Request) -> None:
    """End the session of the request's cookie, if it has one."""
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings))
    if token:
        sign_in.sign_out(house.store, token)


def way_out(request: Request) -> str | None:
    """Where the session of this request ends beside here; None for one that began here, and while nobody answers."""
    house = house_of(request)
    began = began_with(house.store, request.cookies.get(cookies.session_name(house.settings), ""))
    if house.sign_on is None or began is None:
        return None
    try:
        return house.sign_on.provider.way_out(began, now_ms() / 1000)
    except (ProviderAway, ProviderUnfit):
        return None


def leave_for(request: Request, address: str) -> Response:
    """A page that goes on to a provider by itself: as an answer to a form, browsers would refuse to leave our site."""
    response = page(request, "leaving.html", address=address)
    response.headers["Refresh"] = f"0; url={address}"
    return response


def local_path(wanted: str) -> str:
    """The place to go on to, if it is one of ours; else the first page. `//host` and `/\\host` are other hosts."""
    return wanted if LOCAL.fullmatch(wanted) else "/"
