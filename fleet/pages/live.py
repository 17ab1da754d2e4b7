"""A page that is told of changes: sections are looked at again, and those that changed go out as HTML.

A stream of server-sent events has three kinds: `section` (its id and HTML), `beat` (the server lives; this is its time
and the version of its files) and `ended` (the session is over, sign in again).
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from fleet.clock import now_ms
from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.pages import cookies
from fleet.pages.house import house_of

BEAT_S = 5.0
# The browser says that the connection is lost after three beats that did not come.
AT_MOST_EVERY_S = 0.2

Value = TypeVar("Value")


def stream(
    request: Request,
    person: Person,
    moments: AsyncGenerator[bool],
    look: Callable[[], Mapping[str, Value]],
    show: Callable[[str, Value], str],
) -> StreamingResponse:
    """At each of the `moments` look at the sections and show those that changed, until the session ends.

    FastAPI's own EventSourceResponse is not used: in 0.165 it logs a BrokenResourceError when a browser leaves while
    something is being sent to it.
    """
    events = changed(request, person, moments, look, show)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def changed(
    request: Request,
    person: Person,
    moments: AsyncGenerator[bool],
    look: Callable[[], Mapping[str, Value]],
    show: Callable[[str, Value], str],
) -> AsyncIterator[bytes]:
    """The events of a stream, in bytes."""
    house = house_of(request)
    shown: dict[str, Value] = {}
    checked_s = asyncio.get_running_loop().time()
    async with aclosing(moments):
        async for _ in moments:
            if asyncio.get_running_loop().time() - checked_s >= house.session_check_s:
                checked_s = asyncio.get_running_loop().time()
                if not await run_in_threadpool(still_here, request, person):
                    yield said("ended")
                    return
            for name, section in (await run_in_threadpool(look)).items():
                if shown.get(name) != section:
                    shown[name] = section
                    yield said("section", id=name, html=show(name, section))
            yield said("beat", now=now_ms(), version=house.static)
            await asyncio.sleep(AT_MOST_EVERY_S)  # what changes meanwhile goes out together


def said(event: str, **values: object) -> bytes:
    """One server-sent event."""
    return format_sse_event(event=event, data_str=json.dumps(values, ensure_ascii=False))


def still_here(request: Request, person: Person) -> bool:
    """Whether the session is open yet and the person's rights are what they were."""
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings), "")
    session = sign_in.who(house.store, token, now_ms())
    return session is not None and (session.person.role, session.person.office) == (person.role, person.office)
