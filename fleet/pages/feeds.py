"""Pages that show the same are looked at and rendered once, however many people look on.

Who has one role at the same offices, in one language, at one address, sees the same, but for the token of their forms,
which is put into what was rendered for all. A feed lives as long as somebody looks on.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar

from fastapi.concurrency import run_in_threadpool
from fastapi.sse import format_sse_event

from fleet.clock import now_ms
from fleet.domain.rights import Person, Role

log = logging.getLogger(__name__)

AT_MOST_EVERY_S = 0.05
# What changes within this time goes out together.
REST, LONGEST_REST_S = 2, 1.0
# However long a look takes, others come to their turn.
LOOKS_AT_ONCE = 4
# In one process; more would only take the time of one another.
HEAD_START_S = 0.01
# For each who looks on: of feeds that wait for their turn, one for a hundred people goes before one for a single clerk.
CSRF_OF_EACH = secrets.token_urlsafe(24)
# Stands for the token of whoever looks on until it is sent to them.

Value = TypeVar("Value")


@dataclass(frozen=True)
class Alike:
    """Those who see the same. `own`: only of this person, where what is shown is for one alone."""

    address: str
    role: Role
    office: str | None
    language: str
    own: int | None

    @property
    def person(self) -> Person:
        """Any of them, by whatever name."""
        return Person(self.own or 0, "", "", self.role, self.office, self.language)


class Feed(Generic[Value]):
    """What those see who look on alike. Looks are numbered; a section has the number of the look that changed it."""

    def __init__(
        self,
        moments: Callable[[asyncio.Event], AsyncGenerator[bool]],
        look: Callable[[], Mapping[str, Value]],
        show: Callable[[str, Value], str],
        version: str,
    ) -> None:
        self.heard = asyncio.Event()
        self.moments = moments(self.heard)
        self.look = look
        self.show = show
        self.version = version
        self.begun = self.done = 0
        self.ended = False
        self.values: dict[str, Value] = {}
        self.sections: dict[str, tuple[int, bytes]] = {}
        self.beat = b""
        self.viewers: set[asyncio.Event] = set()

    async def live(self, turns: "Turns") -> None:
        """Look again at each moment, until there are no more."""
        clock = asyncio.get_running_loop().time
        try:
            async with aclosing(self.moments) as moments:
                async for _ in moments:
                    async with turns.turn(len(self.viewers)):
                        self.begun += 1
                        began_s = clock()
                        changed = await run_in_threadpool(self.look_again)
                    self.sections |= {name: (self.begun, event) for name, event in changed.items()}
                    self.beat = said("beat", now=now_ms(), version=self.version)
                    self.done = self.begun
                    self.wake()
                    rest_s = min(max(AT_MOST_EVERY_S, REST * (clock() - began_s)), LONGEST_REST_S)
                    await asyncio.sleep(rest_s if AT_MOST_EVERY_S else 0)
        except Exception:
            log.exception("what open pages show could not be looked at")
        finally:
            self.ended = True
            self.wake()

    def look_again(self) -> dict[str, bytes]:
        """The sections that changed, as events."""
        changed = {}
        for name, value in self.look().items():
            if self.values.get(name) != value:
                changed[name] = said("section", id=name, html=self.show(name, value))
                self.values[name] = value
        return changed

    def wake(self) -> None:
        """Everybody looks at what is there now."""
        for viewer in self.viewers:
            viewer.set()

    async def seen(self) -> AsyncGenerator[bytes]:
        """What one viewer is told, all of it since they came; nothing is looked at before they did."""
        viewer, came, told = asyncio.Event(), self.begun, 0
        self.viewers.add(viewer)
        self.heard.set()
        try:
            while not self.ended:
                await viewer.wait()
                viewer.clear()
                if self.done > came and not self.ended:
                    events = [event for number, event in self.sections.values() if number > told]
                    told = self.done
                    yield b"".join((*events, self.beat))
        finally:
            self.viewers.discard(viewer)


class Turns:
    """So many looks at once; of those that wait, whichever came first, less its head start."""

    def __init__(self) -> None:
        self.free = LOOKS_AT_ONCE
        self.waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self.came = 0

    @asynccontextmanager
    async def turn(self, people: int) -> AsyncIterator[None]:
        """A look for so many people, when its turn has come."""
        if self.free:
            self.free -= 1
        else:
            loop = asyncio.get_running_loop()
            mine = loop.create_future()
            self.came += 1
            heappush(self.waiting, (loop.time() - HEAD_START_S * people, self.came, mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self.pass_on()  # it was given the turn in the same moment
                raise
        try:
            yield
        finally:
            self.pass_on()

    def pass_on(self) -> None:
        """Whoever is next begins."""
        while self.waiting:
            _, _, theirs = heappop(self.waiting)
            if not theirs.done():
                theirs.set_result(None)
                return
        self.free += 1


class Feeds:
    """The feeds of one application that somebody looks at."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.feeds: dict[tuple[Alike, asyncio.AbstractEventLoop], tuple[Feed[Any], asyncio.Task[None]]] = {}

    @asynccontextmanager
    async def of(self, alike: Alike, make: Callable[[], Feed[Any]]) -> AsyncIterator[Feed[Any]]:
        """The feed of those who see the same; the first makes it, the last ends it."""
        key = (alike, asyncio.get_running_loop())
        if key not in self.feeds or self.feeds[key][0].ended:
            made = make()
            self.feeds[key] = (made, asyncio.create_task(made.live(self.turns)))
        feed, task = self.feeds[key]
        try:
            yield feed
        finally:
            if not feed.viewers:
                task.cancel()
                if self.feeds.get(key, (None,))[0] is feed:
                    del self.feeds[key]


def said(event: str, **values: object) -> bytes:
    """One server-sent event."""
    return format_sse_event(event=event, data_str=json.dumps(values, ensure_ascii=False))
