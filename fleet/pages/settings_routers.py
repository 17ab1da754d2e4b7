"""All pages of the settings."""

from fastapi import APIRouter

from fleet.pages.settings_account import account_router
from fleet.pages.settings_index import index_router
from fleet.pages.settings_people import people_router
from fleet.pages.settings_queue import queue_router


def settings_routers() -> tuple[APIRouter, ...]:
    """Each part's router."""
    return (index_router(), queue_router(), people_router(), account_router())
