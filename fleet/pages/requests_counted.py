"""Every request has a name, by which its lines in the log are found, and is counted with how long it took."""

import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleet import logs, metrics

HEADER = "X-Request-Id"
FIT = re.compile(r"[A-Za-z0-9_-]{8,64}")
# A proxy may have named it; anything else could write lines of its own into a log.
DOORS = {"api": "api", "live": "live", "static": "static"}


class RequestsCounted:
    """Names each request, says so in the answer, and counts it by its door."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its name back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if FIT.fullmatch(given) else secrets.token_hex(8)
        logs.request.set(name)
        door = DOORS.get(scope["path"].strip("/").partition("/")[0], "pages")
        began_s = time.perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
                count(door, message["status"], began_s)
            await send(message)

        try:
            await self.app(scope, receive, send_named)
        except Exception:
            count(door, 500, began_s)  # its answer is made outside of here
            raise


def count(door: str, status: int, began_s: float) -> None:
    """An answer has begun."""
    metrics.ANSWERED.labels(door, f"{status // 100}xx").inc()
    metrics.ANSWER_S.labels(door).observe(time.perf_counter() - began_s)
