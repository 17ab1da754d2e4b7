"""Virtual time: what the world will do, and when. asyncio shares it: where a VM would wait, time jumps.

Milliseconds since the story began. Only here does time go on: by a jump to whatever is next, or by an operation that
takes its time, such as erasing flash.
"""

import heapq
import sys

from tests.bench.virtual import tasks

SPINS_AT_MOST = 50_000
# So many turns of the event loop without time going on: a task waits for nothing, for ever.


class Stuck(BaseException):
    """The firmware holds up everything, or has nothing left that could ever happen."""


class Broken(BaseException):
    """The world itself failed: a mistake of the bench. No Exception, for the firmware shall not survive it."""


class Agenda:
    """What happens at what time; things of one moment happen in the order in which they were noted."""

    def __init__(self):
        self.now = 0
        self._entries = []
        self._order = 0
        self._spins = 0

    def at(self, when, do, *args):
        """Note something."""
        self._order += 1
        heapq.heappush(self._entries, (when, self._order, do, args))

    def after(self, ms, do, *args):
        """Note something for later."""
        self.at(self.now + ms, do, *args)

    def happen(self):
        """Do what is due."""
        while self._entries and self._entries[0][0] <= self.now:
            _, _, do, args = heapq.heappop(self._entries)
            try:
                do(*args)
            except Exception as err:
                sys.print_exception(err)
                raise Broken(repr(err)) from None

    def wait(self, ms):
        """Let that much time go by (None: any), or less if something happens before."""
        if ms == 0:
            self._spins += 1
            if self._spins > SPINS_AT_MOST:
                raise Stuck("the event loop turns and turns and no time goes by")
            return self.happen()
        self._spins = 0
        due = self._entries[0][0] if self._entries else None
        if due is None and ms is None:
            raise Stuck("every task waits, and nothing will ever happen")
        until = due if ms is None else self.now + ms
        self.now = max(self.now, until if due is None else min(due, until))
        return self.happen()

    def spend(self, ms):
        """Something takes that long, and nothing else happens meanwhile."""
        self.now += ms
        self._spins = 0


class VirtualWaiting:
    """Stands for asyncio's poll. `power()` is asked at each turn; it raises where there is none."""

    agenda = None
    power = None
    map = ("the world",)

    def wait_io_event(self, ms):
        cls = type(self)
        cls.power()
        cls.agenda.wait(None if ms < 0 else ms)
        cls.power()


def virtual_asyncio():
    """Give asyncio our tasks and our time. Must come before anybody imports it."""
    sys.modules["_asyncio"] = tasks
    import asyncio
    from asyncio import core

    tasks.core = core
    core.IOQueue = VirtualWaiting
    core.ticks = lambda: VirtualWaiting.agenda.now
    core.ticks_diff = lambda later, earlier: later - earlier
    core.ticks_add = lambda time, ms: time + ms
    asyncio.new_event_loop()
