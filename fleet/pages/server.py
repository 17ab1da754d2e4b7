"""The server of the application."""

from socket import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from fleet.flows.changes import Changes


def pages_config(app: FastAPI, **more: Any) -> uvicorn.Config:
    """How pages are served, wherever they are."""
    return uvicorn.Config(app, access_log=False, **more)


class PagesServer(uvicorn.Server):
    """uvicorn that ends the open streams when it stops; otherwise it would wait for every browser to leave."""

    def __init__(self, config: uvicorn.Config, changes: Changes) -> None:
        super().__init__(config)
        self.changes = changes

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the streams, then let all else finish."""
        self.changes.end()
        await super().shutdown(sockets)
