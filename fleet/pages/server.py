"""The server of the application."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from fleet.flows.changes import Changes
from fleet.pages.tls import pages_tls
from fleet.settings import Settings

HANGS_AFTER_S = 60.0
GOODBYES_S = 1.0
# By TLS both sides say goodbye, and asyncio waits half a minute for one that does not. A browser that holds a line
# open, and says nothing, does not.


def pages_config(app: FastAPI, settings: Settings, **more: Any) -> uvicorn.Config:
    """How pages are served, wherever they are. Raises TlsUnfit.

    uvicorn would believe whoever asks from this machine that he is somebody else; only named proxies are believed.
    """
    tls, proxies = pages_tls(settings), settings.trusted_proxies
    if tls is not None:
        more["ssl_context_factory"] = lambda _config, _usual: tls
    more = {"log_config": None, **more}  # we have logs of our own: `fleet/logs.py`
    return uvicorn.Config(
        app, access_log=False, server_header=False, proxy_headers=bool(proxies), forwarded_allow_ips=proxies, **more
    )


class PagesServer(uvicorn.Server):
    """uvicorn that ends the open streams when it stops; otherwise it would wait for every browser to leave.

    `opened` is called when browsers can come.
    """

    def __init__(self, config: uvicorn.Config, changes: Changes, opened: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self.changes = changes
        self.opened = opened
        self.ticked_s = time.monotonic()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen; only from then on may somebody else be told to stop."""
        await super().startup(sockets)
        if self.started:
            self.opened()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, unless something holds all requests up."""
        self.ticked_s = time.monotonic()
        return await super().on_tick(counter)

    def trouble(self) -> str:
        """Whether requests are held up."""
        return "answers nobody" if time.monotonic() - self.ticked_s > HANGS_AFTER_S else ""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the streams, then let all else finish."""
        self.changes.end()
        leaving = asyncio.create_task(self.leave_the_silent())
        try:
            await super().shutdown(sockets)
        finally:
            leaving.cancel()
            with suppress(asyncio.CancelledError):
                await leaving

    async def leave_the_silent(self) -> None:
        """Cut the lines on which all was answered and sent, and only the other side's goodbye is missing."""
        while True:
            await asyncio.sleep(GOODBYES_S)
            for transport in [connection.transport for connection in self.server_state.connections]:
                if transport.is_closing() and not transport.get_write_buffer_size():
                    transport.abort()
