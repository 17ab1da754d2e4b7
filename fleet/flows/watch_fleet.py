"""Look whether devices vanish everywhere: one alert about the broker or network, which silences those of offices."""

import logging

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.alert_sights import CLOSING_MS
from fleet.domain.fleet_loss import WITHIN_MS, FleetLoss, FleetSeen, is_lost
from fleet.flows.calendars import calendar_of
from fleet.flows.tell_fleet import tell_fleet
from fleet.store import fleet_losses, places
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

log = logging.getLogger(__name__)


def fleet_loss(store: Store) -> FleetLoss | None:
    """The loss that lasts."""
    with store.reading() as connection:
        return fleet_losses.open_now(connection)


def measure(store: Store) -> None:
    """Tell the metrics how many devices are lost at once."""
    loss = fleet_loss(store)
    metrics.FLEET_LOST.set(0 if loss is None else loss.lost)


def watch_fleet(store: Store, now_ms: int) -> bool:
    """Look; whether something is otherwise than before. Any number may look at once."""
    with store.reading() as connection:
        before = fleet_losses.open_now(connection)
        found = see(connection, before, now_ms)
    lost = is_lost(found, before is not None)
    if lost == (before is not None) and (before is None or found.lost <= before.lost):
        return False
    return change(store, now_ms, lost)


def see(connection: Connection, before: FleetLoss | None, now_ms: int) -> FleetSeen:
    """What was lost lately, or since it began, where it is open: in the evening all devices are switched off."""
    since_ms = (now_ms if before is None else before.opened_ms) - WITHIN_MS
    lost = fleet_losses.lost_since(connection, since_ms, since_ms - WITHIN_MS, now_ms - WITHIN_MS)
    ahead_ms = CLOSING_MS if before is None else 0
    works = {office: n for office, n in lost.items() if is_open(connection, office, now_ms, ahead_ms)}
    return FleetSeen(fleet_losses.devices(connection), sum(works.values()), len(works))


def is_open(connection: Connection, office_id: str, now_ms: int, ahead_ms: int) -> bool:
    """Whether an office is open now, and so long still."""
    office = places.office(connection, office_id)
    if office is None:
        return False
    calendar = calendar_of(connection, office.id, office.timezone)
    return calendar.is_open(now_ms) and calendar.is_open(now_ms + ahead_ms)


@again_after_conflict
def change(store: Store, now_ms: int, lost: bool) -> bool:
    """Write down that it begins, grows or ends, unless somebody did."""
    with store.writing(alone=False) as connection:
        before = fleet_losses.open_now(connection)
        found = see(connection, before, now_ms)
        if lost and before is not None:
            return fleet_losses.grow(connection, found)
        changed = fleet_losses.begin(connection, found, now_ms) if lost else fleet_losses.end(connection, now_ms)
        told = fleet_losses.open_now(connection) if lost else before
        if changed and told is not None:
            tell_fleet(connection, told, lost, now_ms)
    if changed and lost:
        log.error(
            "%d of %d devices at %d offices vanished within minutes: look at the broker and the network",
            found.lost,
            found.devices,
            found.offices,
        )
    elif changed:
        log.info("the devices that vanished are back")
    return changed
