"""`/metrics` for Prometheus, of the one process that serves it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def metrics_router(guard: Callable[..., Any]) -> APIRouter:
    """The route, behind this guard."""
    router = APIRouter()

    @router.get("/metrics", dependencies=[Depends(guard)])
    def metrics() -> Response:
        """What this process has counted."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
