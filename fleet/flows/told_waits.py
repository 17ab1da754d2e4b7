"""What an office tells of its waits now: the estimates that were kept, for whoever tells people of them."""

from dataclasses import replace

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.spread import Spread
from fleet.domain.telling import Told
from fleet.domain.told_now import ToldNow
from fleet.store import estimates, places, queue
from fleet.store.database import Store
from fleet.store.estimates import EstimateRow
from fleet.store.places import OfficeRow

HOLDS_MS = 600_000
# What is older was told by a worker that is gone.
MIN_MS = 60_000


class NoSuchService(LookupError):
    """The office has no service of this id."""


class NoSuchTicket(LookupError):
    """Nobody waits with this number today."""


def newcomer(store: Store, office: OfficeRow, service: str, now_ms: int) -> Told | None:
    """What whoever takes a number now is told; None: nothing. Raises NoSuchService."""
    with store.reading() as connection:
        if service not in [one.id for one in places.services(connection, office.id)]:
            raise NoSuchService(f"{office.id} has no service {service!r}")
        return told(connection, office, now_ms).newcomers.get(service)


def holder(store: Store, office: OfficeRow, service: str, number: int, now_ms: int) -> Told | None:
    """What somebody who waits with this number is told; None: nothing. Raises NoSuchTicket."""
    with store.reading() as connection:
        found = queue.place_of(connection, office.id, day_of(now_ms, office.timezone), service, number)
        if found is None or found[0] != "waiting":
            raise NoSuchTicket(f"nobody waits with {service} {number}")
        return as_heard(told(connection, office, now_ms).waiting.get((service, number)), now_ms)


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
