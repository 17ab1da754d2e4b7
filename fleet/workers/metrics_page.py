"""`/metrics` for Prometheus, of the one process that serves it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def metrics_router(guard: Callable[..., Any], measure: Callable[[], None] = lambda: None) -> APIRouter:
    """The route, behind this guard; `measure` sets what is read of the database each time it is asked for."""
    router = APIRouter()

    @router.get("/metrics", dependencies=[Depends(guard)])
    def metrics() -> Response:
        """What this process has counted."""
        measure()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
