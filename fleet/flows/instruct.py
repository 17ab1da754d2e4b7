"""What devices are told: their state (everything live) and their configuration, each with a version that rises."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.day import bounds, day_of, later
from fleet.domain.devices_now import reverted_of
from fleet.domain.templates import config_of
from fleet.flows import told_waits
from fleet.flows.closing import Ends, ends_now
from fleet.flows.effective import effective
from fleet.flows.leases import leases_for, must_report, wants_leases
from fleet.flows.reserves import emptied
from fleet.flows.show_calls import open_calls
from fleet.flows.show_clerks import show_clerk
from fleet.store import devices, ledger, places, visits
from fleet.store.database import Store
from fleet.store.devices import DeviceRow, Place
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.state import Config, DayKey, Queue, ServiceKey, ServiceQueue, Show, State

QUEUE_HOLDS_MS = 600_000
DAY_MS = 86_400_000


@again_after_conflict
def at_birth(store: Store, device: str, lease_numbers: int, now_ms: int) -> tuple[Config, State] | None:
    """What a device that just said hello shall be, and everything live. None if it stands nowhere."""
    with store.writing(alone=False) as connection:
        row, place, office = standing(connection, device, now_ms)
        if row is None or place is None or office is None:
            return None
        state = live_state(store, connection, row, place, office, lease_numbers, now_ms)
        return wanted_config(connection, row, place, office, now_ms), state


@again_after_conflict
def whole_state(store: Store, device: str, lease_numbers: int, now_ms: int) -> State | None:
    """Everything live for a device. None if it stands nowhere."""
    with store.writing(alone=False) as connection:
        row, place, office = standing(connection, device, now_ms)
        if row is None or place is None or office is None:
            return None
        return live_state(store, connection, row, place, office, lease_numbers, now_ms)


def live_state(
    store: Store,
    connection: Connection,
    row: DeviceRow,
    place: Place,
    office: OfficeRow,
    lease_numbers: int,
    now_ms: int,
) -> State:
    """The same where it is known where the device stands."""
    parts: dict[str, Any] = {}
    ends = ends_now(connection, office, now_ms) if "reader" in row.roles or wants_leases(row.roles) else None
    if wants_leases(row.roles):
        if not must_report(row, office):  # before it has told them, it would forget those that we do not know
            parts["leases"] = leases_for(connection, row.id, row.epoch, office, lease_numbers, now_ms, ends)
        parts["queue"] = queue_now(connection, office, now_ms)
    if ends is not None:
        parts["day_key"] = keys_for(store, office, ends, now_ms)
    if "display" in row.roles:
        parts["calls"] = open_calls(connection, place, office, now_ms)
    if "keypad" in row.roles and place.counter is not None:
        parts["show"] = show_clerk(connection, office, place.counter, now_ms)
        parts["reserve"] = emptied(connection, row.id, office.id, place.counter, now_ms)
    return State(version=devices.next_state_version(connection, row.id), now=now_ms, **parts)


@again_after_conflict
def more_leases(store: Store, device: str, lease_numbers: int, now_ms: int) -> State | None:
    """The leases of a printer that asked for more numbers."""
    with store.writing(alone=False) as connection:
        row, _, office = standing(connection, device, now_ms)
        if row is None or office is None or not wants_leases(row.roles) or must_report(row, office):
            return None
        leases = leases_for(connection, device, row.epoch, office, lease_numbers, now_ms)
        return State(version=devices.next_state_version(connection, device), now=now_ms, leases=leases)


@again_after_conflict
def state_with(store: Store, device: str, now_ms: int, show: Show | None = None, queue: Queue | None = None) -> State:
    """A state that carries just these parts."""
    with store.writing(alone=False) as connection:
        version = devices.next_state_version(connection, device)
    return State(version=version, now=now_ms, show=show, queue=queue)


def devices_at(store: Store, office: str, now_ms: int) -> list[str]:
    """The devices that stand at this office and may connect."""
    with store.reading() as connection:
        return [place.device for place in devices.at_office(connection, office, now_ms)]


def queues(store: Store, office_id: str, now_ms: int) -> tuple[Queue, list[str]] | None:
    """How many wait at this office, and the printers there that print it."""
    with store.reading() as connection:
        office = places.office(connection, office_id)
        if office is None:
            return None
        at_office = [place.device for place in devices.at_office(connection, office_id, now_ms)]
        rows = devices.of_ids(connection, at_office)
        printers = [one for one in at_office if wants_leases(rows[one].roles)]
        return queue_now(connection, office, now_ms), printers


@again_after_conflict
def config_for(store: Store, device: str, now_ms: int) -> Config | None:
    """What this device shall be; the version rises only when something changed. None if it stands nowhere."""
    with store.writing(alone=False) as connection:
        return config_within(connection, device, now_ms)


def config_within(connection: Connection, device: str, now_ms: int) -> Config | None:
    """The same within somebody's transaction."""
    row, place, office = standing(connection, device, now_ms)
    if row is None or place is None or office is None:
        return None
    return wanted_config(connection, row, place, office, now_ms)


def wanted_config(connection: Connection, row: DeviceRow, place: Place, office: OfficeRow, now_ms: int) -> Config:
    """The same where it is known where the device stands."""
    wanted = Config(
        version=row.config_version,
        roles=list(row.roles),
        office=office.name,
        counter=counter_name(connection, place),
        hotline=office.hotline,
        **fields_of(connection, row, office, now_ms),
        **(tickets(connection, office) if wants_leases(row.roles) else {}),
    ).to_dict()
    del wanted["version"]
    kept = json.dumps(wanted, sort_keys=True)
    version = row.config_version if kept == row.config else devices.save_config(connection, row.id, kept)
    return Config.from_dict({**wanted, "version": version})


def tell_changes(store: Store, most: int, now_ms: int, tell: Callable[[str, Config], None]) -> None:
    """Tell devices, so many at most, what they shall be, where somebody has changed it."""
    with store.reading() as connection:
        due = devices.due(connection, most)
    for device, changes in due:
        config = config_for(store, device, now_ms)
        if config is not None and not is_given_up(store, device, config):
            tell(device, config)
        with store.writing(alone=False) as connection:
            devices.config_was_told(connection, device, changes)


def is_given_up(store: Store, device: str, config: Config) -> bool:
    """Whether the device has tried this configuration and went back: it is not told it until somebody changes it."""
    with store.reading() as connection:
        row = devices.device(connection, device)
    return row is not None and given_up(row) == config.version


def given_up(row: DeviceRow) -> int | None:
    """The version from which a device went back last."""
    found = reverted_of(json.loads(row.reverted)) if row.reverted else None
    return None if found is None else found.version


def try_again(store: Store, device: str) -> int | None:
    """Tell a device once more what it could not live with, under a new version: what was in its way may be gone.

    The version; None where it has not gone back from what it shall be.
    """
    with store.writing() as connection:
        return try_again_within(connection, device)


def try_again_within(connection: Connection, device: str) -> int | None:
    """The same in somebody's transaction."""
    row = devices.device(connection, device)
    if row is None or not row.config or row.revoked_ms is not None or given_up(row) != row.config_version:
        return None
    version = devices.save_config(connection, device, row.config)
    devices.config_is_due(connection, [device])
    ledger.note(connection, What.DEVICE_CONFIGURE, device, became={"again": version})
    return version


def standing(
    connection: Connection, device: str, now_ms: int
) -> tuple[DeviceRow | None, Place | None, OfficeRow | None]:
    """A device that may connect, where it stands, and that office."""
    row = devices.device(connection, device)
    place = devices.place_now(connection, device, now_ms)
    if row is None or row.revoked_ms is not None or place is None:
        return None, None, None
    return row, place, places.office(connection, place.office)


def queue_now(connection: Connection, office: OfficeRow, now_ms: int) -> Queue:
    """The queues of an office as a printer is told of them."""
    waiting = visits.waiting(connection, office.id, day_of(now_ms, office.timezone))
    heard = told_waits.told(connection, office, now_ms).newcomers
    services = []
    for service in places.services(connection, office.id):
        ahead = waiting[service.id].n if service.id in waiting else 0
        told = heard.get(service.id)
        known = {} if told is None else {"p50": told.p50, "p90": told.p90}
        services.append(ServiceQueue(service=service.id, ahead=ahead, **known))
    return Queue(services=services, expires=now_ms + QUEUE_HOLDS_MS)


def keys_for(store: Store, office: OfficeRow, ends: Ends, now_ms: int) -> list[DayKey]:
    """Today's and tomorrow's key of an office; each dies a day after the office closed, or after the day is over."""
    today = day_of(now_ms, office.timezone)
    days = {day: bounds(day, office.timezone) for day in (today, later(today, 1))}
    wanted = {
        day: (secrets.token_hex(16), max(ends.until_ms(day) + DAY_MS, until_ms)) for day, (_, until_ms) in days.items()
    }
    keys = store.keys.keys_now(office.id, wanted, now_ms)
    return [DayKey(day=day, key=keys[day], since=since, expires=until) for day, (since, until) in days.items()]


def service_keys(connection: Connection, office: str) -> list[ServiceKey]:
    """The buttons of a printer: a service each, in their order."""
    return [
        ServiceKey(button=button, service=service.id, prefix=service.prefix, name=service.name)
        for button, service in enumerate(places.services(connection, office), start=1)
    ]


def fields_of(connection: Connection, row: DeviceRow, office: OfficeRow, now_ms: int) -> dict[str, Any]:
    """What people decided of this device, or of many by templates. Another scale is another version of its scale."""
    fields = config_of(effective(connection, row, office.id, now_ms))
    if "scale" in fields:
        fields["scale_version"] = devices.set_scale(connection, row.id, fields["scale"])
    return fields


def tickets(connection: Connection, office: OfficeRow) -> dict[str, Any]:
    """What a printer must know beside its roles."""
    return {
        "services": service_keys(connection, office.id),
        "ticket_url": office.ticket_url,
        "texts": json.loads(office.texts),
    }


def counter_name(connection: Connection, place: Place) -> str | None:
    """How the counter is called, where the device stands at one."""
    return next((one.name for one in places.counters(connection, place.office) if one.id == place.counter), None)
