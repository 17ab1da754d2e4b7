"""Certificates were looked at: it is kept until when each holds, and people are written before one ends."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from fleet import metrics
from fleet.domain.certificate_letters import certificate_letter
from fleet.domain.certificates import Certificate, after_look, is_news, stage
from fleet.domain.day import shown_time
from fleet.domain.letters import Letter
from fleet.flows import mails
from fleet.flows.tell_fleet import ABOUT, readers
from fleet.store import certificates
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict

log = logging.getLogger(__name__)
S_MS = 1000


@again_after_conflict
def keep(store: Store, seen: Iterable[Certificate], now_ms: int) -> list[Certificate]:
    """Keep what was seen, all of it; those of which people are written now."""
    with store.writing() as connection:
        before = {one.use: one for one in certificates.all_known(connection)}
        found = after_look(before, seen)
        news = [one for one in found if is_news(one, now_ms)]
        for one in news:
            tell(connection, one, now_ms)
        certificates.put(
            connection, [replace(one, told_days=stage(one, now_ms)) if one in news else one for one in found]
        )
    return news


def tell(connection: Connection, one: Certificate, now_ms: int) -> None:
    """Everybody who is written of alerts gets one letter."""
    ends_ms, days = one.ends_ms, one.days_left(now_ms)
    if ends_ms is None or days is None:
        return
    key = f"certificate/{one.use}/{ends_ms}/{stage(one, now_ms)}"
    for address, (language, timezone) in readers(connection).items():
        subject, text = certificate_letter(one.use, one.name, shown_time(ends_ms, timezone), days, language)
        mails.write(connection, Letter(ABOUT, key, address, subject, text), now_ms)


def known(store: Store) -> list[Certificate]:
    """Those that were looked at, the one that ends first before the others."""
    with store.reading() as connection:
        found = certificates.all_known(connection)
    return sorted(found, key=lambda one: (one.ends_ms is not None, one.ends_ms or 0, one.use))


def measure(store: Store, now_ms: int) -> None:
    """Tell the metrics for how long each still holds."""
    metrics.CERTIFICATES.clear()
    metrics.CERTIFICATES_UNSEEN.clear()
    for one in known(store):
        if one.ends_ms is not None:
            metrics.CERTIFICATES.labels(one.use).set((one.ends_ms - now_ms) / S_MS)
        metrics.CERTIFICATES_UNSEEN.labels(one.use).set(1 if one.trouble else 0)
