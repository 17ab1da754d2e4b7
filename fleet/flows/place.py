"""An office is set up by people: what it is called, whom residents may call, and what it shows and asks for."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.place_rules import BadPlace, wrong_with_id, wrong_with_office
from fleet.domain.seen import refuse_changed
from fleet.domain.unfit import Expected, refuse
from fleet.flows.equip import office_of
from fleet.flows.tree_names import name_unit
from fleet.store import devices, ledger, past_rules, places
from fleet.store.database import Store
from fleet.store.places import OfficeRow

SET_HERE = ("name", "hotline", "is_public", "sign_in_required", "scan_opens_visit")


def set_here(office: OfficeRow) -> dict[str, Any]:
    """What of an office is set by `set_place`."""
    return {name: value if isinstance(value, str) else bool(value) for name, value in at(office).items()}


def at(office: OfficeRow) -> dict[str, Any]:
    return {name: getattr(office, name) for name in SET_HERE}


def set_place(
    store: Store, office_id: str, changes: Mapping[str, Any], now_ms: int, seen: str | None = None
) -> OfficeRow:
    """Change what is named of SET_HERE; the office as it is then. Its devices are told.

    Raises BadPlace, EquipError where there is no such office, or ChangedMeanwhile.
    """
    with store.writing() as connection:
        before = office_of(connection, office_id)
        refuse_changed(seen, set_here(before))
        refuse(wrong_with_office({**set_here(before), **changes}))
        after = replace(before, **changes)
        with past_rules.changing(connection, office_id, now_ms):
            places.set_office(connection, after)
        name_unit(connection, office_id, after.name, now_ms, after.hotline)
        tell_devices(connection, office_id, now_ms)
        ledger.note(
            connection, What.OFFICE_CHANGE, office_id, office_id, *what_changed(set_here(before), set_here(after))
        )
        return after


def add_office(store: Store, office_id: str, name: str, hotline: str, now_ms: int) -> OfficeRow:
    """A new office, with nothing yet. Raises BadPlace."""
    with store.writing() as connection:
        problems = [*wrong_with_id("office", office_id), *wrong_with_office({"name": name, "hotline": hotline})]
        taken = any(one.id == office_id for one in places.offices(connection))
        if taken:
            text = f"office: expected an id of its own, found {office_id!r}, which an office has"
            problems.append(BadPlace(text, "id", Expected.ONCE, found=office_id))
        refuse(problems)
        places.save_office(connection, OfficeRow(office_id, name, hotline), now_ms)
        ledger.note(connection, What.OFFICE_ADD, office_id, office_id, became={"name": name, "hotline": hotline})
        return office_of(connection, office_id)


def tell_devices(connection: Connection, office: str, now_ms: int) -> None:
    """The devices of an office are to hear what it is now."""
    devices.config_is_due(connection, [one.device for one in devices.at_office(connection, office, now_ms)])
