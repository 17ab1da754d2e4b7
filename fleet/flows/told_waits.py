"""What an office tells of its waits now: the estimates that were kept, for whoever tells people of them."""

from dataclasses import replace

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.spread import Spread
from fleet.domain.telling import Told
from fleet.domain.told_now import ToldNow
from fleet.store import estimates
from fleet.store.estimates import EstimateRow
from fleet.store.places import OfficeRow

HOLDS_MS = 600_000
# What is older was told by a worker that is gone.
MIN_MS = 60_000


def told(connection: Connection, office: OfficeRow, now_ms: int) -> ToldNow:
    """What the office tells now; nothing where nobody has estimated for a while."""
    row = estimates.now(connection, office.id)
    if row is None or row.day != day_of(now_ms, office.timezone) or now_ms - row.made_ms > HOLDS_MS:
        return ToldNow(0)
    return ToldNow.from_dict(row.body)


def told_then(row: EstimateRow | None, day: str) -> ToldNow:
    """What was told today before; nothing on a new day."""
    return ToldNow(0) if row is None or row.day != day else ToldNow.from_dict(row.body)


def as_heard(one: Told | None, now_ms: int) -> Told | None:
    """What somebody hears who asks a while after it was estimated: their turn has come nearer."""
    if one is None:
        return None
    passed_min = max(now_ms - one.made_ms, 0) / MIN_MS
    low, middle, high = (max(value - passed_min, 0.0) for value in (one.spread.low, one.spread.middle, one.spread.high))
    return replace(one, spread=Spread(low, middle, high, one.spread.called))
