"""Signing in and out, and the choice of language."""

import asyncio
import re
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.pages import cookies
from fleet.pages.house import house_of
from fleet.pages.rendering import page
from fleet.pages.rights import Visitor, allow, public

HASHING_AT_ONCE = 2
# Each takes 64 MiB and a core for a tenth of a second; a crowd of guessers waits in line and holds nothing up.
REFUSED_EVERY_S = 0.5
# A refusal leaves on the half second, so that the microseconds of different reasons cannot be told apart.

LOCAL = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
# Visible ASCII without backslash, and no second slash at its head.

LINE = anyio.CapacityLimiter(HASHING_AT_ONCE)

router = APIRouter()


@router.get("/login")
def sign_in_page(request: Request, visitor: Annotated[Visitor, Depends(public())], next: str = "/") -> Response:
    """The form; whoever is signed in goes on."""
    if visitor.person:
        return RedirectResponse(local_path(next), 303)
    return page(request, "sign_in.html", next=local_path(next), name="", refused=False)


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
    signed_in = await anyio.to_thread.run_sync(
        sign_in.sign_in, house.store, name, password, now_ms(), house.settings.session_hours, limiter=LINE
    )
    if signed_in is None:
        await asyncio.sleep(REFUSED_EVERY_S - (asyncio.get_running_loop().time() - began_s) % REFUSED_EVERY_S)
        return page(request, "sign_in.html", 403, next=local_path(next), name=name[:64], refused=True)
    await run_in_threadpool(end_session, request)
    response = RedirectResponse(local_path(next), 303)
    cookies.set_session(response, house.settings, signed_in.token, signed_in.hours)
    cookies.set_language(response, house.settings, signed_in.person.language)
    return response


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


def end_session(request: Request) -> None:
    """End the session of the request's cookie, if it has one."""
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings))
    if token:
        sign_in.sign_out(house.store, token)


def local_path(wanted: str) -> str:
    """The place to go on to, if it is one of ours; else the first page. `//host` and `/\\host` are other hosts."""
    return wanted if LOCAL.fullmatch(wanted) else "/"
