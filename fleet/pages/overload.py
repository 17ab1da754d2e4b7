"""When more is asked for than can be answered, some are turned away at once, so that the others are answered.

First go the pages that people look at again in a moment; calls at counters, tickets and kiosks have twice the room,
since somebody stands there. What waits for longer than anybody looks at it only takes processor time from receivers,
whose devices wait for receipts.
"""

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from fleet import metrics
from fleet.pages.refusals import refuse

AT_ONCE = 120
# Forty are worked on (the threads of a server of pages), the others wait for them: two seconds at 30 ms each.
SOMEBODY_STANDS_THERE = ("/api/", "/counters", "/t/", "/kiosk/")
UNCOUNTED = ("/static/", "/live/", "/health/")
# Files cost nothing, streams last for hours, and whoever watches must be answered.
AGAIN_S = 5


class Overload:
    """Counts what is at work, and turns away what is too much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(UNCOUNTED):
            await self.app(scope, receive, send)
            return
        if self.at_work >= self.room(scope["path"]):
            metrics.SHED.labels("pages").inc()
            refusal = refuse(Request(scope), 503, f"too much is asked for just now; try again in {AGAIN_S} seconds")
            refusal.headers["Retry-After"] = str(AGAIN_S)
            await refusal(scope, receive, send)
            return
        self.at_work += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.at_work -= 1

    def room(self, path: str) -> int:
        """How many may be at work before this one."""
        return AT_ONCE * (2 if path.startswith(SOMEBODY_STANDS_THERE) else 1)
