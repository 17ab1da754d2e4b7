"""Mondays of the small office on which one counter was there for everybody, and people waited for long."""

from datetime import date, timedelta
from pathlib import Path

from fleet.domain.day import midnight
from fleet.flows.presence import welcome
from fleet.store.database import Store
from tests.fleet.month import serve
from tests.fleet.office import PLAN, hello, open_office

FIRST = date(2026, 9, 7)
PLANNED = FIRST + timedelta(weeks=5)
A_DAY = 70


def mondays(folder: Path, weeks: int = 4, a_day: int = A_DAY) -> Store:
    """A store with so many of them, and the Tuesday after the first."""
    start = midnight(FIRST, "Asia/Ho_Chi_Minh")
    store, _ = open_office(folder, start)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), start)
    days = [FIRST + timedelta(weeks=n) for n in range(weeks)]
    serve(store, [*days, FIRST + timedelta(days=1)], a_day, rated=0.0)
    return store
