"""What is told of alerts goes out by webhooks and e-mail: written in the transaction that opened them, so once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from fleet.domain.alert_letters import letter_of
from fleet.domain.alert_limits import AlertLimits
from fleet.domain.alert_telling import Message, Telling
from fleet.domain.alerts import Cause
from fleet.domain.alerts_now import AlertNow, shown
from fleet.domain.day import day_of
from fleet.domain.letters import Letter
from fleet.flows import mails
from fleet.flows.webhooks import moment, said
from fleet.store import places, webhooks
from fleet.store.places import OfficeRow

Told = tuple[Message, list[AlertNow]]
WRITTEN = (Telling.OPENED, Telling.AGAIN)
# A letter says what somebody should look at; what was acknowledged or is over only programs hear of.
ABOUT = "alerts"
USEFUL_FOR_MS = 86_400_000
KINDS = {telling: f"alert.{telling}" for telling in Telling}


def tell_all(
    connection: Connection, office: OfficeRow, limits: AlertLimits, messages: Sequence[Message], now_ms: int
) -> None:
    """Whoever wants to hear of this office's alerts is told."""
    if not messages:
        return
    names = names_at(connection, office.id)
    told = [
        (message, [shown(one, office.id, day_of(one.opened_ms, office.timezone), names) for one in message.alerts])
        for message in messages
    ]
    say_to_programs(connection, office, told, now_ms)
    write_letters(connection, office, limits, told, now_ms)


def say_to_programs(connection: Connection, office: OfficeRow, told: Sequence[Told], now_ms: int) -> None:
    """Each message is a webhook of its own."""
    listening = [one for one in webhooks.listening(connection) if one.office in (None, office.id)]
    for message, alerts in told if listening else ():
        kind = KINDS[message.telling]
        subject = f"{office.id}/{now_ms}"
        data: dict[str, Any] = {"office": office.id, "alerts": [as_data(one) for one in alerts]}
        if message.telling is not Telling.SUMMARY:
            subject = f"{office.id}/{alerts[0].id}/{message.alerts[0].times_told}"
            data = as_data(alerts[0])
        body = said(kind, None, data)
        for endpoint in listening:
            if kind in endpoint.events.split():
                webhooks.say(connection, endpoint.id, kind, [(subject, body)])


def write_letters(
    connection: Connection, office: OfficeRow, limits: AlertLimits, told: Sequence[Told], now_ms: int
) -> None:
    """Each address is written one letter of all that opened or is told again, and one of quiet hours that are over."""
    opened = [(message.telling, alerts[0]) for message, alerts in told if message.telling in WRITTEN]
    again = frozenset(one.id for telling, one in opened if telling is Telling.AGAIN)
    letters = [("opened", [one for _, one in opened])]
    letters += [("summary", alerts) for message, alerts in told if message.telling is Telling.SUMMARY]
    for what, alerts in letters if limits.mail else ():
        if alerts:
            summary = what == "summary"
            subject, text = letter_of(office.name, alerts, again, summary, limits.language, office.timezone, now_ms)
            for address in limits.mail:
                key = f"alerts/{office.id}/{what}/{now_ms}"
                mails.write(connection, Letter(ABOUT, key, address, subject, text, (), now_ms + USEFUL_FOR_MS), now_ms)


def names_at(connection: Connection, office: str) -> dict[Cause, dict[str, str]]:
    """By cause, the names of what its alerts are about: an office's services, or its counters."""
    services = {one.id: one.name for one in places.services(connection, office)}
    counters = {one.id: one.name for one in places.counters(connection, office)}
    return {Cause.WAIT: services, Cause.WAIT_TOLD: services, Cause.SILENT: counters}


def as_data(one: AlertNow) -> dict[str, Any]:
    """An alert as programs are told of it."""
    return {
        "id": one.id,
        "office": one.office,
        "day": one.day,
        "cause": one.cause.value,
        "subject": one.subject,
        "figures": dict(one.figures),
        "said": {"vi": one.said("vi"), "en": one.said("en")},
        "open": one.is_open,
        "opened": None if one.opened_ms is None else moment(one.opened_ms),
        "acknowledged": None if one.acknowledged_ms is None else moment(one.acknowledged_ms),
        "acknowledged_by": one.acknowledged_by or None,
        "closed": None if one.closed_ms is None else moment(one.closed_ms),
    }
