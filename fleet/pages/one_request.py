"""Who was let in by a request acts until it is answered, and nobody after it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from fleet.domain.audit import SERVICE
from fleet.store.acting import acting


class OneRequest:
    """Ends with each request what its guard began: `fleet.store.acting`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        with acting(SERVICE):
            await self.app(scope, receive, send)
