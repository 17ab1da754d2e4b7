"""What is told of alerts, and when: in quiet hours nothing, and after them everything of these hours at once.

That an alert opened, was acknowledged or closed is told once. One that nobody has acknowledged is told again after a
while; one that somebody has is not told again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from fleet.domain.alert_limits import AlertLimits
from fleet.domain.alerts import Alert

MIN_MS = 60_000


class Telling(StrEnum):
    """What is told."""

    OPENED = "opened"
    AGAIN = "again"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    SUMMARY = "summary"


@dataclass(frozen=True)
class Message:
    """Something that is told, of one alert or (a summary) of several."""

    telling: Telling
    alerts: tuple[Alert, ...]


def tell(alerts: Iterable[Alert], limits: AlertLimits, timezone: str, now_ms: int) -> tuple[list[Message], list[Alert]]:
    """What is told now, and the alerts that remember it."""
    known = list(alerts)
    if limits.is_quiet(now_ms, timezone):
        return [], known
    messages, after, summed = [], [], []
    for alert in known:
        untold = untold_of(alert)
        if not untold and is_due_again(alert, limits, now_ms):
            untold = {Telling.AGAIN: now_ms}
        told = remembered(alert, untold, now_ms)
        after.append(told)
        if any(limits.is_quiet(ms, timezone) for ms in untold.values()):
            summed.append(told)
        else:
            messages += [Message(telling, (told,)) for telling in untold]
    if summed:
        messages.append(Message(Telling.SUMMARY, tuple(summed)))
    return messages, after


def untold_of(alert: Alert) -> dict[Telling, int]:
    """What was not told of it yet, in its order, with when it happened."""
    found: dict[Telling, int] = {}
    if alert.told_ms is None:
        found[Telling.OPENED] = alert.opened_ms
    if alert.acknowledged_ms is not None and not alert.told_acknowledged:
        found[Telling.ACKNOWLEDGED] = alert.acknowledged_ms
    if alert.closed_ms is not None and not alert.told_closed:
        found[Telling.CLOSED] = alert.closed_ms
    return found


def is_due_again(alert: Alert, limits: AlertLimits, now_ms: int) -> bool:
    """Whether nobody has acknowledged it for so long that it is told again; not while it is about to close."""
    waits = alert.is_open and alert.acknowledged_ms is None and alert.low_since_ms is None
    told_ms = alert.told_ms
    return waits and limits.again_min > 0 and told_ms is not None and now_ms - told_ms >= limits.again_min * MIN_MS


def next_telling_ms(alerts: Iterable[Alert], limits: AlertLimits) -> int | None:
    """When an alert is next told again if nothing else happens."""
    waiting = [one for one in alerts if one.is_open and one.acknowledged_ms is None and one.told_ms is not None]
    moments = [one.told_ms + limits.again_min * MIN_MS for one in waiting if one.told_ms is not None]
    return min(moments, default=None) if limits.again_min else None


def remembered(alert: Alert, untold: Iterable[Telling], now_ms: int) -> Alert:
    """The alert that knows that these were told."""
    told = set(untold)
    if not told:
        return alert
    counts = bool(told & {Telling.OPENED, Telling.AGAIN})
    return replace(
        alert,
        told_ms=now_ms if counts else alert.told_ms,
        times_told=alert.times_told + counts,
        told_acknowledged=alert.told_acknowledged or Telling.ACKNOWLEDGED in told,
        told_closed=alert.told_closed or Telling.CLOSED in told,
    )
