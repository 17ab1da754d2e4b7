"""What staff decide of one device beside where it stands: what its printer can, how its reader reads, how its call
display speaks; and what stands on an office's tickets. What is the same of many devices, templates say.

The devices that it touches are marked; the sender tells them their configuration, and takes the mark away.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.config_fields import BadField, check_field
from fleet.domain.place_rules import HOTLINE
from fleet.domain.templates import part_of
from fleet.domain.ticket_texts import BadText, with_texts
from fleet.domain.unfit import Expected, Unfit
from fleet.flows.effective import effective_now, own_of, say_own
from fleet.store import devices, ledger, places
from fleet.store.database import Store
from fleet.store.devices import DeviceRow
from fleet.store.places import OfficeRow
from protocols.display import Display
from protocols.message import Message
from protocols.printer import Printer
from protocols.reader import Reader
from protocols.state import Config
from protocols.trial_page import CODES, LETTERS, WIDTHS

M = TypeVar("M", bound=Message)

CALLED = {
    "printer": "a printer",
    "reader": "a barcode reader",
    "display": "a call display",
    "rating": "rating buttons",
}
SLEEP = Config.FIELDS["sleep_after_s"][0]
ADDRESS = Config.FIELDS["ticket_url"]


class EquipError(Unfit):
    """It cannot be set as asked; the text says why. Nothing was changed."""


def on_the_trial_page(
    letters: int | None = None, code: int | None = None, bar: int | None = None
) -> dict[str, str | int | bool]:
    """What the numbers that a technician read off a trial page say of the printer. Raises EquipError."""
    said: dict[str, str | int | bool] = {}
    asked = (
        ("letters", ("text", "small_page", "capital_page"), LETTERS, letters),
        ("code", ("qr",), CODES, code),
        ("bar", ("width",), WIDTHS, bar),
    )
    for name, fields, ways, number in asked:
        way = next((way[1:] for way in ways if way[0] == number), None)
        if way is not None:
            said.update(zip(fields, way, strict=True))
        elif number is not None:
            raise EquipError(f"{name}: expected {' or '.join(str(way[0]) for way in ways)}, found {number}")
    return said


def printer_of(store: Store, device: str, now_ms: int) -> Printer:
    """What a device's printer is taken to be. Raises EquipError if the device has none."""
    return known(store, device, "printer", Printer, now_ms)


def set_printer(store: Store, device: str, changes: Mapping[str, object], now_ms: int) -> Printer:
    """Say of a device's own printer; all of it as it is now. Raises EquipError."""
    say(store, device, "printer", changes)
    return printer_of(store, device, now_ms)


def reader_of(store: Store, device: str, now_ms: int) -> Reader:
    """What a device's barcode reader shall do. Raises EquipError if the device has none."""
    return known(store, device, "reader", Reader, now_ms)


def set_reader(store: Store, device: str, changes: Mapping[str, object], now_ms: int) -> Reader:
    """Say what this barcode reader shall do; all of it as it is now. Raises EquipError."""
    say(store, device, "reader", changes)
    return reader_of(store, device, now_ms)


def display_of(store: Store, device: str, now_ms: int) -> Display:
    """What a device's call display shows and says. Raises EquipError if the device has none."""
    return known(store, device, "display", Display, now_ms)


def set_display(store: Store, device: str, changes: Mapping[str, object], now_ms: int) -> Display:
    """Say what this call display shows and says; all of it as it is now. Raises EquipError."""
    say(store, device, "display", changes)
    return display_of(store, device, now_ms)


def known(store: Store, device: str, role: str, part: type[M], now_ms: int) -> M:
    """The part behind this role, whoever said what of it. Raises EquipError if the device has none."""
    with store.reading() as connection:
        row = with_role(connection, device, role)
        return part.from_dict(part_of(effective_now(connection, row, now_ms), role), role)


def with_role(connection: Connection, device: str, role: str) -> DeviceRow:
    """The device, which has this role. Raises EquipError if there is none of this id that has."""
    row = devices.device(connection, device)
    if row is None or role not in row.roles:
        raise EquipError(f"device id: expected a device with {CALLED[role]}, found {device!r}")
    return row


def say(store: Store, device: str, role: str, changes: Mapping[str, object]) -> None:
    """Say of a device's own part behind this role; the device is to be told. Raises EquipError."""
    with store.writing() as connection:
        row = with_role(connection, device, role)
        checked = {f"{role}.{name}": right(f"{role}.{name}", value) for name, value in changes.items()}
        say_own(connection, row, own_of(row) | checked)
        note_own(connection, row, own_of(row) | checked)


def inherit(store: Store, device: str, names: Iterable[str]) -> None:
    """These fields are no longer the device's own: it has them from templates again. Raises EquipError."""
    with store.writing() as connection:
        row = devices.device(connection, device)
        if row is None:
            raise EquipError(f"device id: expected one that the fleet knows, found {device!r}")
        own = own_of(row)
        for name in names:
            if name not in own:
                text = f"field: expected one that is the device's own ({', '.join(own) or 'none is'}), found {name!r}"
                raise EquipError(text)
            del own[name]
        say_own(connection, row, own)
        note_own(connection, row, own)


def right(name: str, value: object) -> object:
    """The value, where this field may be so. Raises EquipError."""
    try:
        return check_field(name, value)
    except BadField as err:
        raise EquipError(str(err)) from None


def set_sleep(store: Store, device: str, after_s: int | None) -> None:
    """After how many seconds without an event a device with a battery sleeps; None: never. Raises EquipError."""
    if after_s is not None and not SLEEP.low <= after_s <= SLEEP.high:
        raise EquipError(f"after: expected {SLEEP.low} to {SLEEP.high} seconds, found {after_s}")
    with store.writing() as connection:
        row = devices.device(connection, device)
        if row is None or row.roles != ("rating",):
            raise EquipError(f"device id: expected a device with rating buttons and nothing else, found {device!r}")
        said = {**own_of(row), "sleep_after_s": after_s}
        say_own(connection, row, said)
        note_own(connection, row, said)


def note_own(connection: Connection, row: DeviceRow, own: Mapping[str, object]) -> None:
    """Which of a device's own fields are others from now on."""
    ledger.note(connection, What.DEVICE_CONFIGURE, row.id, None, *what_changed(own_of(row), own))


def all_offices(store: Store) -> list[OfficeRow]:
    """The offices, by name."""
    with store.reading() as connection:
        return places.offices(connection)


def one_office(store: Store, office_id: str) -> OfficeRow:
    """The office of this id. Raises EquipError."""
    with store.reading() as connection:
        return office_of(connection, office_id)


def set_office(
    store: Store,
    office_id: str,
    now_ms: int,
    hotline: str | None = None,
    ticket_url: str | None = None,
    texts: Mapping[str, str] | None = None,
) -> OfficeRow:
    """Change what stands on an office's tickets; what is None stays. Raises EquipError."""
    if hotline is not None and not (hotline.strip() and len(hotline) <= HOTLINE and hotline.isprintable()):
        text = f"hotline: expected 1 to {HOTLINE} characters, found {hotline!r}"
        raise EquipError(text, "hotline", Expected.LINE if hotline.strip() else Expected.NEEDED, most=HOTLINE)
    if ticket_url:
        refuse_address(ticket_url)
    with store.writing() as connection:
        office = office_of(connection, office_id)
        services = {one.id for one in places.services(connection, office_id)}
        try:
            words = with_texts(json.loads(office.texts), texts or {}, services)
        except BadText as err:
            raise EquipError(str(err)) from None
        places.set_tickets(
            connection,
            office_id,
            office.hotline if hotline is None else hotline.strip(),
            office.ticket_url if ticket_url is None else ticket_url,
            json.dumps(words, sort_keys=True, ensure_ascii=False),
        )
        devices.config_is_due(connection, [one.device for one in devices.at_office(connection, office_id, now_ms)])
        changed = places.office(connection, office_id)
        assert changed is not None  # noqa: S101 (it was there above, in this transaction)
        was, became = what_changed(on_tickets(office), on_tickets(changed))
        ledger.note(connection, What.OFFICE_TICKETS, office_id, office_id, was, became)
        return changed


def on_tickets(office: OfficeRow) -> dict[str, object]:
    """What of an office stands on its tickets, for the log."""
    return {
        "hotline": office.hotline,
        "ticket_url": office.ticket_url,
        "thanks": office.thanks,
        **json.loads(office.texts),
    }


def require_sign_in(store: Store, office_id: str, required: bool) -> OfficeRow:
    """Whether counters of this office call only while a clerk is signed in. Raises EquipError."""
    with store.writing() as connection:
        found = office_of(connection, office_id)
        places.require_sign_in(connection, office_id, required)
        ledger.note(connection, What.OFFICE_SIGN_IN, office_id, office_id, became={"required": required})
        return replace(found, sign_in_required=required)


def office_of(connection: Connection, office_id: str) -> OfficeRow:
    """The office of this id. Raises EquipError."""
    office = places.office(connection, office_id)
    if office is None:
        known = ", ".join(one.id for one in places.offices(connection)) or "none"
        raise EquipError(f"office: expected one of {known}, found {office_id!r}")
    return office


def refuse_address(address: str) -> None:
    """Raises EquipError where the QR code of a ticket could not lead to a page there."""
    if not address.startswith(("https://", "http://")) or not address.isascii() or " " in address:
        text = f"ticket-url: expected an address that begins with https://, found {address[:200]!r}"
        raise EquipError(text, "ticket_url", Expected.ADDRESS, most=ADDRESS)
    if len(address) > ADDRESS:
        text = f"ticket-url: expected at most {ADDRESS} characters, found {len(address)}"
        raise EquipError(text, "ticket_url", Expected.ADDRESS, most=ADDRESS)
