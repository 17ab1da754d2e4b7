"""The server of the application."""

import time
from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from fleet.flows.changes import Changes
from fleet.pages.tls import pages_tls
from fleet.settings import Settings

HANGS_AFTER_S = 60.0


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
    """uvicorn that ends the open streams when it stops; otherwise it would wait for every browser to leave."""

    def __init__(self, config: uvicorn.Config, changes: Changes) -> None:
        super().__init__(config)
        self.changes = changes
        self.ticked_s = time.monotonic()

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
        await super().shutdown(sockets)
