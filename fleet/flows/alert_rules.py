"""From when on an office is alerted: its own data, which people change by a command or a program."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from fleet.domain.alert_limits import AlertLimits, BadLimits, read_limits
from fleet.domain.audit import What, what_changed
from fleet.domain.seen import refuse_changed
from fleet.store import alerts, ledger, places
from fleet.store.database import Store


def limits_in(text: str) -> AlertLimits:
    """The limits as they are kept; a process of an earlier version knows some less."""
    known = AlertLimits().to_dict()
    return read_limits({name: value for name, value in json.loads(text).items() if name in known})


def limits_of(store: Store, office: str) -> AlertLimits:
    """The limits of an office. Raises BadLimits if there is no such office."""
    with store.reading() as connection:
        refuse_no_office(connection, office)
        return limits_in_force(connection, office)


def limits_in_force(connection: Connection, office: str) -> AlertLimits:
    """The limits of an office, as the caller's transaction sees them."""
    watch = alerts.watch(connection, office)
    return limits_in("{}" if watch is None else watch.limits)


def set_limits(store: Store, office: str, changes: Mapping[str, Any], seen: str | None = None) -> AlertLimits:
    """Change the limits that are named; those that hold then.

    Raises BadLimits, or ChangedMeanwhile where they are not those that were `seen`; nothing changes then.
    """
    with store.writing() as connection:
        refuse_changed(seen, limits_in_force(connection, office))
        return set_limits_in(connection, office, changes)


def set_limits_in(connection: Connection, office: str, changes: Mapping[str, Any], whole: bool = False) -> AlertLimits:
    """In the caller's transaction, change the limits that are named; `whole`: those that are not are as usual."""
    refuse_no_office(connection, office)
    watch = alerts.watch(connection, office)
    before = {} if whole or watch is None else limits_in(watch.limits).to_dict()
    limits = read_limits({**before, **changes})
    held = limits_in("{}" if watch is None else watch.limits).to_dict()
    alerts.set_limits(connection, office, json.dumps(limits.to_dict(), ensure_ascii=False))
    was, became = what_changed(without_addresses(held), without_addresses(limits.to_dict()))
    if held["mail"] != limits.to_dict()["mail"]:
        became["mail"] = len(limits.to_dict()["mail"])
    ledger.note(connection, What.ALERT_LIMITS, office, office, was, became)
    return limits


def without_addresses(limits: dict[str, Any]) -> dict[str, Any]:
    """The limits as the log tells them: to whom mail goes is nobody's business there."""
    return {name: value for name, value in limits.items() if name != "mail"}


def refuse_no_office(connection: Connection, office: str) -> None:
    """Raises BadLimits where no office has this id."""
    ids = sorted(one.id for one in places.offices(connection))
    if office not in ids:
        raise BadLimits(f"office: expected one of {', '.join(ids) or 'none yet'}, found {office[:40]!r}")
