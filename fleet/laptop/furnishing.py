"""What stands in an office before it opens: places, devices and dossiers in the store, and somebody who may sign in."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from fleet.domain.dossier import read_dossiers
from fleet.domain.org_tree import Kind
from fleet.domain.rights import Role
from fleet.flows.enrol import renew_password
from fleet.flows.equip import set_office
from fleet.flows.import_dossiers import import_dossiers
from fleet.flows.procedures import import_procedures, search
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.flows.sign_in import NameTaken, add_person, has_password, set_password
from fleet.flows.spreadsheets import rows_of
from fleet.flows.units import import_units, tree_of
from fleet.laptop.kept import kept_sign_in
from fleet.laptop.office import OFFICE, Office
from fleet.laptop.sample_dossiers import SAMPLE, as_csv
from fleet.store import places
from fleet.store.database import Store
from fleet.store.dossiers import dossiers_by_code
from fleet.store.places import OfficeRow

PERSON = "quan-tri"
CLERK = "can-bo"
UNITS_FILE = SAMPLE / "don-vi.csv"
THIS_MACHINE = "127.0.0.1"
PROCEDURES_FILE = SAMPLE / "thu-tuc.csv"


def furnish(store: Store, office: Office, pace: float, images: Path, now_ms: int) -> dict[str, str]:
    """The office and its devices in the store; passwords of the boards whose flash is to be made.

    A flash image and the database belong together: a board that is new to the database gets a new flash, and a board
    whose flash is gone a new password.
    """
    passwords = set_up_office(store, plan_of(office, pace), now_ms)
    for device in office.devices:
        image = images / f"{device.id}.flash"
        if device.id in passwords:
            image.unlink(missing_ok=True)
        elif not image.exists():
            passwords[device.id] = renew_password(store, device.id)
    return passwords


def plan_of(office: Office, pace: float) -> OfficePlan:
    """The simulated office as the fleet writes it down."""
    return OfficePlan(
        office=OfficeRow(office.id, office.name, office.hotline, simulated_pace=pace, is_public=True),
        services=[(service.id, service.prefix, service.name) for service in office.services],
        counters=[CounterPlan(counter.id, counter.name, counter.services) for counter in office.counters],
        devices=[DevicePlan(device.id, device.roles, device.counter) for device in office.devices],
    )


def bring_units(store: Store, office: Office, now_ms: int) -> None:
    """The province around the sample's own office, if nobody has brought another tree."""
    if office.id == OFFICE.id and all(node.kind in (Kind.OFFICE, Kind.COUNTER) for node in tree_of(store)):
        import_units(store, UNITS_FILE, "motcua run", now_ms)


def bring_procedures(store: Store, office: Office, now_ms: int) -> None:
    """The sample's catalogue, if nobody has brought another one."""
    if office.id == OFFICE.id and not search(store, "", 1):
        import_procedures(store, PROCEDURES_FILE, "motcua run", now_ms)


def bring_dossiers(store: Store, file: Path, today: date, now_ms: int) -> None:
    """The sample of this day as a file, and in the store as if it had been exported and imported; once is enough."""
    raw = as_csv(today)
    file.write_bytes(raw)
    wanted = read_dossiers(rows_of(raw, None), today).dossiers
    with store.reading() as connection:
        known = dossiers_by_code(connection, wanted)
    if known != wanted:
        import_dossiers(store, file, "motcua run", now_ms)


def lead_tickets(store: Store, office: str, address: str, now_ms: int) -> None:
    """Let the code on the office's tickets lead to the pages at this address, unless somebody chose another one."""
    with store.reading() as connection:
        known = places.office(connection, office)
    assert known is not None  # noqa: S101 (it was furnished before)
    wanted = f"{address.rstrip('/')}/t/"
    chosen = urlsplit(known.ticket_url).hostname
    if known.ticket_url != wanted and chosen in (None, THIS_MACHINE, urlsplit(wanted).hostname):
        set_office(store, office, now_ms, ticket_url=wanted)


def first_person(store: Store, data: Path, now_ms: int) -> tuple[str, str | None]:
    """The administrator of this laptop and the password, which stays in the data folder for the next start.

    No password where somebody has changed it since: whoever did knows it.
    """
    return PERSON, somebody(store, data / "sign-in.txt", PERSON, Role.ADMINISTRATOR, None, now_ms)


def sample_clerk(store: Store, data: Path, office: Office, now_ms: int) -> tuple[str, str | None]:
    """A clerk of this office, to try the pages of its counters; the password as that of the first person."""
    return CLERK, somebody(store, data / "sign-in-clerk.txt", CLERK, Role.CLERK, office.id, now_ms)


def somebody(store: Store, file: Path, name: str, role: Role, office: str | None, now_ms: int) -> str | None:
    """Let this person sign in with the password in the file; None where it is another one by now."""
    kept = kept_sign_in(file, name)
    try:
        add_person(store, name, kept.password, role, now_ms, office)
    except NameTaken:
        if kept.fresh:
            set_password(store, name, kept.password)
        elif not has_password(store, name, kept.password):
            return None
    return kept.password
