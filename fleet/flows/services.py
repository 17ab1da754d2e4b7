"""Services are set up by people: added, named in two languages, lettered, ordered, given a target for the wait."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.place_rules import SERVICES_AT_MOST, BadPlace, wrong_with_id, wrong_with_service
from fleet.domain.seen import refuse_changed
from fleet.domain.service_icons import wrong_with_icon
from fleet.domain.ticket_texts import BadText, with_texts
from fleet.domain.unfit import Expected, refuse
from fleet.flows.equip import office_of
from fleet.flows.place import tell_devices
from fleet.store import kiosks, ledger, places, procedures
from fleet.store.database import Store
from fleet.store.places import ServiceRow
from protocols.ticket_words import TEXT_AT_MOST


@dataclass(frozen=True)
class ServiceSet:
    """A service as it is set up. `name_en` stands below its name on tickets; so many `procedures` belong to it.

    `icon`: its picture at a kiosk, if somebody chose one.
    """

    id: str
    name: str
    name_en: str
    prefix: str
    target_wait_s: int
    procedures: int = 0
    icon: str = ""

    def seen(self) -> dict[str, object]:
        """What a form about it shows."""
        return {name: value for name, value in asdict(self).items() if name != "procedures"}


def services_set(store: Store, office: str) -> list[ServiceSet]:
    """The services of an office in the order of the printer's buttons. Raises EquipError."""
    with store.reading() as connection:
        return all_set(connection, office)


def all_set(connection: Connection, office: str) -> list[ServiceSet]:
    texts, icons = json.loads(office_of(connection, office).texts), kiosks.icons(connection, office)
    return [
        ServiceSet(
            row.id,
            row.name,
            texts.get(f"{row.id}.en", ""),
            row.prefix,
            row.target_wait_s,
            len(procedures.of_service(connection, row.id)),
            icons[row.id],
        )
        for row in places.services(connection, office)
    ]


def add_service(store: Store, office: str, service: str, values: dict[str, Any], now_ms: int) -> None:
    """A new service on the next button; printers are told. Raises BadPlace, or EquipError without such an office."""
    with store.writing() as connection:
        before = all_set(connection, office)
        problems = [*wrong_with_id("service", service), *wrong(values, before)]
        if service in [one.id for one in before]:
            text = f"service: expected an id of its own, found {service!r}, which another has"
            problems.insert(0, BadPlace(text, "id", Expected.ONCE, found=service))
        if len(before) >= SERVICES_AT_MOST:
            text = f"services: expected at most {SERVICES_AT_MOST}, as a printer has buttons, found one more"
            problems.insert(0, BadPlace(text, "id", Expected.FEWER, most=SERVICES_AT_MOST))
        refuse(problems)
        keep(connection, office, service, values, len(before), now_ms)
        ledger.note(connection, What.SERVICE_ADD, service, office, became=values)


def change_service(
    store: Store, office: str, service: str, values: dict[str, Any], now_ms: int, seen: str | None
) -> None:
    """A service is called so, and its numbers begin so; printers are told. Raises BadPlace or ChangedMeanwhile."""
    with store.writing() as connection:
        all_of = all_set(connection, office)
        place = known(all_of, service)
        refuse_changed(seen, all_of[place].seen())
        refuse(wrong(values, [one for one in all_of if one.id != service]))
        position = places.services(connection, office)[place].position
        keep(connection, office, service, values, position, now_ms)
        if "icon" in values:
            kiosks.set_icon(connection, office, service, values["icon"])
        before = {name: value for name, value in vars(all_of[place]).items() if name in values}
        ledger.note(connection, What.SERVICE_CHANGE, service, office, *what_changed(before, values))


def move_service(store: Store, office: str, service: str, by: int, now_ms: int) -> None:
    """A service goes so many buttons further down (or up); printers are told. Raises BadPlace."""
    with store.writing() as connection:
        rows = places.services(connection, office)
        row = rows[known(all_set(connection, office), service)]
        place = max(0, min(len(rows) - 1, rows.index(row) + by))
        rows.remove(row)
        rows.insert(place, row)
        places.save_services(connection, [replace(one, position=position) for position, one in enumerate(rows)])
        tell_devices(connection, office, now_ms)
        ledger.note(connection, What.SERVICE_MOVE, service, office, became={"order": [one.id for one in rows]})


def known(services: list[ServiceSet], service: str) -> int:
    """The place of the service of this id. Raises BadPlace."""
    ids = [one.id for one in services]
    if service not in ids:
        raise BadPlace(f"service: expected one of {', '.join(ids) or 'none yet'}, found {service[:40]!r}")
    return ids.index(service)


def wrong(values: dict[str, Any], others: list[ServiceSet]) -> list[BadPlace]:
    problems = list(wrong_with_service(values, {one.prefix: one.name for one in others}))
    problems += wrong_with_icon(values.get("icon", ""))
    english = str(values["name_en"])
    if len(english) > TEXT_AT_MOST or not english.isprintable():
        text = f"name_en: expected one line of at most {TEXT_AT_MOST} characters, found {english[:40]!r}"
        problems.append(BadPlace(text, "name_en", Expected.LINE, most=TEXT_AT_MOST))
    return problems


def keep(connection: Connection, office: str, service: str, values: dict[str, Any], position: int, now_ms: int) -> None:
    """Keep a service; its English name is one of the office's texts of tickets."""
    row = ServiceRow(service, office, values["name"], values["prefix"], position, values["target_wait_s"])
    places.save_services(connection, [row])
    its = office_of(connection, office)
    kept, english = json.loads(its.texts), str(values["name_en"])
    if kept.get(f"{service}.en", "") != english:
        ids = {one.id for one in places.services(connection, office)}
        try:
            texts = with_texts(kept, {f"{service}.en": english}, ids)
        except BadText as problem:
            raise BadPlace(str(problem), "name_en") from None
        words = json.dumps(texts, sort_keys=True, ensure_ascii=False)
        places.set_tickets(connection, office, its.hotline, its.ticket_url, words)
    tell_devices(connection, office, now_ms)
