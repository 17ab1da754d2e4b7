"""An office is looked at: alerts open and close, and whoever is to be told is told, all in one transaction.

Any number of workers may look. Who writes first holds: another look that began from the same state writes nothing, and
neither does one that began before a person acknowledged something. So everything is told once, whoever stops when.
"""

import logging
from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.alert_limits import AlertLimits
from fleet.domain.alert_sights import sights as sights_of
from fleet.domain.alert_telling import next_telling_ms, tell
from fleet.domain.alerts import Alert, Cause, look, next_turn_ms
from fleet.domain.day import day_of
from fleet.flows.alert_rules import limits_in
from fleet.flows.see_office import Eyes
from fleet.flows.tell_alerts import tell_all
from fleet.store import alerts, places
from fleet.store.alerts import Watch
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow

log = logging.getLogger(__name__)

PAUSE_MS = 2000
# An office in which something is linked every moment is looked at no more often than this.
AGAIN_MS = 20_000
# Estimates change, and devices are lost, though nothing is linked.
QUIET_MS = 60_000
# Where nobody waits and nothing is open.


@dataclass(frozen=True)
class Looked:
    """What a look saw and makes of it. `changed`: a person would see it."""

    alerts: list[Alert]
    changed: bool
    due_ms: int


class Lookout:
    """Looks at all offices; remembers only what can be read again."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.eyes = Eyes()
        self.again_ms: dict[str, int] = {}

    def look_due(self, now_ms: int) -> list[str]:
        """Look wherever something was linked, or time may have changed something; the offices whose alerts changed."""
        with self.store.reading() as connection:
            offices = {office.id: office for office in places.offices(connection)}
            zones = sorted({office.timezone for office in offices.values()})
            due = [
                one for zone in zones for one in alerts.due(connection, day_of(now_ms, zone), zone, now_ms, PAUSE_MS)
            ]
        return [office for office, linked in due if self.look_safely(offices[office], linked, now_ms)]

    def look_safely(self, office: OfficeRow, linked: int, now_ms: int) -> bool:
        """The same as `look`; an office that can not be looked at is left for a while, and hinders no other."""
        if 0 < self.again_ms.get(office.id, 0) - now_ms <= AGAIN_MS:
            return False
        try:
            return self.look(office, linked, now_ms)
        except Exception:
            log.exception("alerts: office %s could not be looked at, and is tried again", office.id)
            self.again_ms[office.id] = now_ms + AGAIN_MS
            return False

    def look(self, office: OfficeRow, linked: int, now_ms: int) -> bool:
        """Look at an office; whether its alerts are others than before. `linked`: what is linked of today."""
        with self.store.reading() as connection:
            watch = alerts.watch(connection, office.id) or Watch(office.id, "{}", 0, 0)
            before = alerts.unsettled(connection, office.id)
            limits = limits_in(watch.limits)
            found = self.see(connection, office, limits, before, now_ms)
        opened = Counter(one.cause for one in found.alerts if not one.id)
        closed = Counter(one.cause for one in found.alerts if one.closed_ms == now_ms)
        if not self.keep(office, watch, limits, before, found, now_ms, linked):
            return False
        for cause in Cause:
            metrics.ALERTS_OPENED.labels(cause).inc(opened[cause])
            metrics.ALERTS_CLOSED.labels(cause).inc(closed[cause])
        return found.changed

    def see(
        self, connection: Connection, office: OfficeRow, limits: AlertLimits, before: list[Alert], now_ms: int
    ) -> Looked:
        """What there is to see, and what follows of it."""
        seen = self.eyes.see(connection, office, limits, now_ms)
        sights = sights_of(seen, limits, now_ms)
        after = look(before, sights, now_ms, limits.calm_s * 1000)
        is_busy = any(one.waiting for one in seen.queues) or any(one.is_open for one in after)
        moments = [now_ms + (AGAIN_MS if is_busy else QUIET_MS)]
        for moment in (next_turn_ms(after, sights, limits.calm_s * 1000), next_telling_ms(after, limits)):
            if moment is not None:
                moments.append(max(moment, now_ms + 1))
        return Looked(after, [visible(one) for one in after] != [visible(one) for one in before], min(moments))

    @again_after_conflict
    def keep(
        self,
        office: OfficeRow,
        watch: Watch,
        limits: AlertLimits,
        before: list[Alert],
        found: Looked,
        now_ms: int,
        linked: int,
    ) -> bool:
        """Keep what a look found and tell of it; False if somebody else wrote meanwhile, and then nothing is kept."""
        with self.store.writing(alone=False) as connection:
            alerts.begin(connection, office.id)
            if not alerts.looked(connection, watch, found.changed, now_ms, found.due_ms, linked):
                return False
            kept = [self.with_id(connection, office, one) for one in found.alerts]
            messages, after = tell(kept, limits, office.timezone, now_ms)
            known = {one.id: one for one in before}
            alerts.save(connection, [one for one in after if known.get(one.id) != one])
            tell_all(connection, office, limits, messages, now_ms)
        return True

    def with_id(self, connection: Connection, office: OfficeRow, alert: Alert) -> Alert:
        """The alert; a new one is kept."""
        if alert.id:
            return alert
        log.info("%s: alert of %s %s", office.id, alert.cause, alert.subject)
        return replace(alert, id=alerts.add(connection, office.id, day_of(alert.opened_ms, office.timezone), alert))


def visible(alert: Alert) -> tuple[object, ...]:
    """What a person sees of it."""
    return alert.key, alert.opened_ms, dict(alert.figures), alert.low_since_ms is None, alert.closed_ms
