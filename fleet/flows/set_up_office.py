"""An office is written into the store: its services, its counters, and the devices that stand there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.place_rules import PLACE_NAME, wrong_with_name, wrong_with_office
from fleet.domain.unfit import refuse
from fleet.flows.enrol import enrol, known
from fleet.store import ledger, past_rules, places
from fleet.store.database import Store
from fleet.store.places import CounterRow, OfficeRow, ServiceRow


@dataclass(frozen=True)
class CounterPlan:
    """A counter and the services that it calls for."""

    id: str
    name: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class DevicePlan:
    """A device, its roles, and the counter where it stands (None: the lobby)."""

    id: str
    roles: tuple[str, ...]
    counter: str | None


@dataclass(frozen=True)
class OfficePlan:
    """A whole office. `services` are (id, prefix, name) in the order of the printer's buttons."""

    office: OfficeRow
    services: Sequence[tuple[str, str, str]]
    counters: Sequence[CounterPlan]
    devices: Sequence[DevicePlan]


def set_up_office(store: Store, plan: OfficePlan, now_ms: int) -> dict[str, str]:
    """Write the office, as often as one likes; the passwords of the devices that were enrolled just now, by id.

    Raises BadPlace where a name is empty or longer than what stands on a ticket.
    """
    refuse_unfit(plan)
    with store.writing() as connection, past_rules.changing(connection, plan.office.id, now_ms):
        write_office(connection, plan, now_ms)
    taken = known(store)
    return {
        device.id: enrol(store, device.id, device.roles, plan.office.id, device.counter, now_ms)
        for device in plan.devices
        if device.id not in taken
    }


def write_office(connection: Connection, plan: OfficePlan, now_ms: int) -> None:
    """The office without its devices, in the caller's transaction."""
    places.save_office(connection, plan.office, now_ms)
    places.save_services(
        connection,
        [
            ServiceRow(service, plan.office.id, name, prefix, position)
            for position, (service, prefix, name) in enumerate(plan.services)
        ],
    )
    for position, counter in enumerate(plan.counters):
        places.save_counter(
            connection, CounterRow(counter.id, plan.office.id, counter.name, position), counter.services
        )
    said = {"services": [one[0] for one in plan.services], "counters": [one.id for one in plan.counters]}
    ledger.note(connection, What.OFFICE_CHANGE, plan.office.id, plan.office.id, became=said)


def refuse_unfit(plan: OfficePlan) -> None:
    """Names must fit tickets and displays; a ticket without a hotline helps nobody."""
    problems = list(wrong_with_office(vars(plan.office)))
    for what, names in (
        ("service", [one[2] for one in plan.services]),
        ("counter", [one.name for one in plan.counters]),
    ):
        problems += [problem for name in names for problem in wrong_with_name(what, name, PLACE_NAME)]
    refuse(problems)
