"""A page that is told of changes: sections are looked at again, and those that changed go out as HTML.

A stream of server-sent events has three kinds: `section` (its id and HTML), `beat` (the server lives; this is its time
and the version of its files) and `ended` (the session is over, sign in again).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import ServerSentEvent

from fleet.domain.rights import Person
from fleet.flows import sign_in
from fleet.pages import cookies
from fleet.pages.house import house_of, now_ms

BEAT_S = 5.0
# The browser says that the connection is lost after three beats that did not come.
AT_MOST_EVERY_S = 0.2

Value = TypeVar("Value")


async def live(
    request: Request,
    person: Person,
    moments: AsyncGenerator[bool],
    look: Callable[[], Mapping[str, Value]],
    show: Callable[[str, Value], str],
) -> AsyncIterator[ServerSentEvent]:
    """At each of the `moments` look at the sections and show those that changed, until the session ends."""
    house = house_of(request)
    shown: dict[str, Value] = {}
    checked_s = asyncio.get_running_loop().time()
    async with aclosing(moments):
        async for _ in moments:
            if asyncio.get_running_loop().time() - checked_s >= house.session_check_s:
                checked_s = asyncio.get_running_loop().time()
                if not await run_in_threadpool(still_here, request, person):
                    yield ServerSentEvent(event="ended", data={})
                    return
            for name, section in (await run_in_threadpool(look)).items():
                if shown.get(name) != section:
                    shown[name] = section
                    yield ServerSentEvent(event="section", data={"id": name, "html": show(name, section)})
            yield ServerSentEvent(event="beat", data={"now": now_ms(), "version": house.static})
            await asyncio.sleep(AT_MOST_EVERY_S)  # what changes meanwhile goes out together


async def every(seconds: float) -> AsyncGenerator[bool]:
    """A moment at once and then again and again, for what nobody tells the changes of."""
    while True:
        yield True
        await asyncio.sleep(seconds)


def still_here(request: Request, person: Person) -> bool:
    """Whether the session is open yet and the person's rights are what they were."""
    house = house_of(request)
    token = request.cookies.get(cookies.session_name(house.settings), "")
    session = sign_in.who(house.store, token, now_ms())
    return session is not None and (session.person.role, session.person.office) == (person.role, person.office)
