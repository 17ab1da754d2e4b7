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
from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.flows.second_step import HalfwayOver, take_second_step
from fleet.flows.sign_in import SignedIn
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
    signed_in = await anyio.to_thread.run_sync(
        sign_in.sign_in, house.store, name, password, now_ms(), hours, address, limiter=LINE
    )
    if signed_in is None:
        await pause(began_s)
        return page(request, "sign_in.html", 403, next=local_path(next), name=name[:64], refused=True, over=False)
    if isinstance(signed_in, sign_in.Halfway):
        response = RedirectResponse(f"/login/code?next={quote(local_path(next), safe='/')}", 303)
        cookies.set_halfway(response, house.settings, signed_in.token)
        return response
    await run_in_threadpool(end_session, request)
    return entered(request, signed_in, next)


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
    """End this session."""
    end_session(request)
    response = RedirectResponse("/login", 303)
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


def local_path(wanted: str) -> str:
    """The place to go on to, if it is one of ours; else the first page. `//host` and `/\\host` are other hosts."""
    return wanted if LOCAL.fullmatch(wanted) else "/"
