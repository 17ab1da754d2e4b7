"""The devices of a crowd are enrolled, an office at a time; their passwords follow from one key, which is kept.

A crowd belongs into a fleet of its own: its offices and visits would stand among real ones for ever.
"""

import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.crowd import AT_EACH, COUNTERS, PREFIX, SERVICES, Stand, office_id, offices, password, stands
from fleet.flows.enrol import hashed, register
from fleet.flows.set_up_office import CounterPlan, OfficePlan, write_office
from fleet.private_files import private_folder, write_private
from fleet.store import crowd, devices, ledger, past_rules
from fleet.store.database import Store
from fleet.store.places import OfficeRow

KEY_FILE = "crowd-key"
KEY_BYTES = 32
TOLD_AT_MOST = 3


class NotAlone(ValueError):
    """The fleet has devices that are not the crowd's; the text names some."""


def refuse_company(store: Store) -> None:
    """Raises NotAlone."""
    with store.reading() as connection:
        found = crowd.others(connection, PREFIX, TOLD_AT_MOST + 1)
    if found:
        more = ", …" if len(found) > TOLD_AT_MOST else ""
        named = ", ".join(found[:TOLD_AT_MOST])
        raise NotAlone(f"expected a fleet whose devices are all of a crowd ({PREFIX}…), found {named}{more}")


def enrol_crowd(
    store: Store, folder: Path, count: int, now_ms: int, told: Callable[[int], None] = lambda _: None
) -> str:
    """Enrol so many, as often as one likes; the key of their passwords. `told` hears how many are there."""
    key, is_new = key_of(folder)
    with store.reading() as connection:
        there = crowd.ours(connection, PREFIX)
    for office in range(offices(count)):
        first = office * AT_EACH
        its = list(stands(first, min(first + AT_EACH, count)))
        new = [one for one in its if one.id not in there]
        if new or is_new:
            with store.writing() as connection, past_rules.changing(connection, office_id(office), now_ms):
                write_office(connection, plan_of(office), now_ms)
                for one in its:
                    write_device(connection, one, password(key, one.id), now_ms, one.id in there)
        told(first + len(its))
    return key


def write_device(connection: Connection, one: Stand, its_password: str, now_ms: int, is_there: bool) -> None:
    """A device that is new; or one that is there, with the password that it has from now on."""
    if is_there:
        devices.set_password(connection, one.id, hashed(its_password))
        ledger.note(connection, What.DEVICE_PASSWORD, one.id)
        return
    counter = None if one.counter is None else counter_id(one.office, one.counter)
    register(connection, one.id, one.roles, its_password, one.office, counter, now_ms)


def plan_of(office: int) -> OfficePlan:
    """The office of this number, without its devices."""
    name = office_id(office)
    every = tuple(service for service, _, _ in SERVICES)
    counters = [CounterPlan(counter_id(name, n), f"Quầy {n}", every) for n in range(1, COUNTERS + 1)]
    return OfficePlan(OfficeRow(name, f"Một cửa mô phỏng {office + 1}", "1022"), SERVICES, counters, [])


def counter_id(office: str, counter: int) -> str:
    """The id of a counter there."""
    return f"{office}-q{counter}"


def key_of(folder: Path) -> tuple[str, bool]:
    """The key that is kept in this folder, and whether it was made just now."""
    path = folder / KEY_FILE
    if path.exists():
        return path.read_text().strip(), False
    private_folder(folder)
    write_private(path, secrets.token_hex(KEY_BYTES) + "\n")
    return path.read_text().strip(), True
