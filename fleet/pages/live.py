"""A page that is told of changes: sections are looked at again, and those that changed go out as HTML.

A stream of server-sent events has three kinds: `section` (its id and HTML), `beat` (the server lives; this is its time
and the version of its files) and `ended` (the session is over, sign in again).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from fleet.clock import now_ms
from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.pages import cookies
from fleet.pages.feeds import CSRF_OF_EACH, Alike, Feed, said
from fleet.pages.house import house_of
from fleet.pages.rendering import Fragment, fragment_for_all
from fleet.pages.rights import csrf, language

BEAT_S = 5.0
# The browser says that the connection is lost after three beats that did not come.

Value = TypeVar("Value")


def stream(
    request: Request,
    person: Person,
    office: str,
    look: Callable[[Person], Mapping[str, Value]],
    show: Callable[[Fragment, str, Value], str],
    own: bool = False,
) -> StreamingResponse:
    """At each change of the office look at the sections and show those that changed, until the session ends.

    `look` is told the rights of whoever looks on, not who they are; what it gives is shown to all who have the same,
    unless it is a person's `own`.

    FastAPI's own EventSourceResponse is not used: in 0.165 it logs a BrokenResourceError when a browser leaves while
    something is being sent to it.
    """
    house = house_of(request)
    alike = Alike(str(request.url), person.role, person.office, language(request), person.id if own else None)
    fragment = fragment_for_all(request, alike.person, CSRF_OF_EACH)

    def made() -> Feed[Value]:
        return Feed(
            lambda heard: house.changes.of(office, BEAT_S, heard),
            partial(look, alike.person),
            partial(show, fragment),
            house.static,
        )

    events = told(request, person, alike, made)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def told(request: Request, person: Person, alike: Alike, made: Callable[[], Feed[Value]]) -> AsyncIterator[bytes]:
    """The events of a stream, in bytes."""
    house, own_csrf = house_of(request), csrf(request).encode()
    clock = asyncio.get_running_loop().time
    checked_s = clock()
    async with house.feeds.of(alike, made) as feed, aclosing(feed.seen()) as seen:
        async for events in seen:
            if clock() - checked_s >= house.session_check_s:
                checked_s = clock()
                if not await run_in_threadpool(still_here, request, person):
                    yield said("ended")
                    return
            yield events.replace(CSRF_OF_EACH.encode(), own_csrf)


def still_here(request: Request, person: Person) -> bool:
    """Whether the session is open yet and the person's rights are what they were. A page that is looked at is used."""
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings), "")
    session = sign_in.who(house.store, token, now_ms(), house.settings.idle_minutes)
    return session is not None and (session.person.role, session.person.office) == (person.role, person.office)
