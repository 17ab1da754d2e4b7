"""Alerts as people and programs see them, and the word of a person that somebody has seen to one."""

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.alerts import Cause
from fleet.domain.alerts_now import AlertNow, shown
from fleet.domain.audit import What
from fleet.domain.day import day_of
from fleet.flows.tell_alerts import names_at
from fleet.store import alerts, ledger, places
from fleet.store.alerts import AlertOfDay
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

PERSON_AT_MOST = 80
EVER = ""


class NoSuchAlert(LookupError):
    """The office has no alert of this number."""


class AlertClosed(Exception):
    """The alert has closed already, so nobody need see to it."""


def open_alerts(connection: Connection, office: str) -> tuple[AlertNow, ...]:
    """The alerts of an office that are open, the oldest first."""
    return as_shown(connection, office, alerts.open_now(connection, office))


def alerts_of(
    store: Store, office: str, is_open: bool = False, since: str = EVER, before: int | None = None, most: int = 100
) -> list[AlertNow]:
    """The last alerts of an office that opened on this day or later, the newest first.

    `is_open`: only those that are; `before`: those before this number.
    """
    with store.reading() as connection:
        if not is_open:
            return list(as_shown(connection, office, alerts.page(connection, office, since, before, most)))
        found = [one for one in alerts.open_now(connection, office) if one.day >= since]
        newest = sorted(found, key=lambda one: -one.alert.id)
        turned = [one for one in newest if before is None or one.alert.id < before]
        return list(as_shown(connection, office, turned[:most]))


@again_after_conflict
def acknowledge(store: Store, office: str, alert: int, person: str, now_ms: int) -> AlertNow:
    """A person has seen to it: it stays until it closes, and is not told again. Raises NoSuchAlert and AlertClosed."""
    with store.writing(alone=False) as connection:
        return acknowledge_in(connection, office, alert, person, now_ms)


def acknowledge_in(connection: Connection, office: str, alert: int, person: str, now_ms: int) -> AlertNow:
    """In the caller's transaction; who acknowledged it first stays. Raises NoSuchAlert and AlertClosed."""
    if places.office(connection, office) is None or alerts.one_alert(connection, office, alert) is None:
        raise NoSuchAlert(f"{office} has no alert {alert}")
    alerts.changed(connection, office)  # whoever is looking at the office begins again
    alerts.acknowledge(connection, office, alert, person[:PERSON_AT_MOST], now_ms)
    ledger.note(connection, What.ALERT_ACKNOWLEDGE, alert, office)
    found = alerts.one_alert(connection, office, alert)
    if found is None:
        raise NoSuchAlert(f"{office} has no alert {alert}")
    if found.alert.acknowledged_ms is None:
        raise AlertClosed(f"alert {alert} of {office} is closed")
    return as_shown(connection, office, [found])[0]


def measure(store: Store) -> None:
    """Tell the metrics how many alerts are open, by cause, and how many of these somebody has acknowledged."""
    with store.reading() as connection:
        found = alerts.count_open(connection)
    for cause in Cause:
        n, fresh = found.get(cause, (0, 0))
        metrics.ALERTS.labels(cause, "fresh").set(fresh)
        metrics.ALERTS.labels(cause, "acknowledged").set(n - fresh)


def day_since(store: Store, office: str, days: int, now_ms: int) -> str:
    """The ISO date so many days before today at this office. Raises NoSuchAlert if there is none."""
    with store.reading() as connection:
        row = places.office(connection, office)
    if row is None:
        raise NoSuchAlert(f"there is no office {office!r}")
    return day_of(now_ms - days * 86_400_000, row.timezone)


def as_shown(connection: Connection, office: str, found: list[AlertOfDay]) -> tuple[AlertNow, ...]:
    """Alerts with the names of what they are about."""
    names = names_at(connection, office) if found else {}
    return tuple(shown(one.alert, one.office, one.day, names) for one in found)
