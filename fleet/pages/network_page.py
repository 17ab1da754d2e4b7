"""Another Wi-Fi, or another way to the broker, for the devices of an office; and how far each of them is.

A password that was typed is never shown again, not even to be mended.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.clock import now_ms
from fleet.devices_network import certificate_in
from fleet.domain.network_changes import NetworkRefused, NetworkWanted
from fleet.domain.registry import RegistryRefused
from fleet.domain.rights import Permission, Person
from fleet.flows import change_network as flow
from fleet.flows.changes import DEVICES
from fleet.flows.claim import places_for
from fleet.pages.house import House, house_of
from fleet.pages.rendering import page
from fleet.pages.rights import allow

Technician = Annotated[Person, Depends(allow(Permission.COMMAND_DEVICES))]
Word = Annotated[str, Form(max_length=200)]
Certificate = Annotated[str, Form(max_length=8_192)]


@dataclass(frozen=True)
class Typed:
    """What was typed, without what is secret; `devices` None: all are ticked."""

    ssid: str = ""
    host: str = ""
    port: str = ""
    ca: str = ""
    devices: frozenset[str] | None = None


NOTHING_TYPED = Typed()


def network_router() -> APIRouter:
    """The page of an office, the form on it, and the end of what is open."""
    router = APIRouter()

    def shown(
        request: Request,
        person: Person,
        office: str,
        wrong: str = "",
        typed: Typed = NOTHING_TYPED,
    ) -> Response:
        house = house_of(request)
        offices = offices_of(house, person)
        here = office if office in offices else next(iter(offices), "")
        values: dict[str, Any] = {
            "offices": offices,
            "office": here,
            "devices": keyed(house, here),
            "changes": flow.changes_at(house.store, here),
            "wrong": wrong,
            "typed": typed,
        }
        return page(request, "network.html", 422 if wrong else 200, **values)

    @router.get("/devices/network")
    def networks(request: Request, person: Technician, office: str = "") -> Response:
        """How far the devices of an office are, and the form."""
        return shown(request, person, office)

    @router.post("/devices/network")
    def change(
        request: Request,
        person: Technician,
        office: Word = "",
        device: Annotated[list[str] | None, Form()] = None,
        ssid: Word = "",
        wifi_password: Word = "",
        host: Word = "",
        port: Word = "",
        ca: Certificate = "",
    ) -> Response:
        """Give those that are ticked another network."""
        house, picked = house_of(request), frozenset(device or ())
        typed = Typed(ssid, host, port, ca, picked)
        if not picked or office not in offices_of(house, person) or not picked <= set(keyed(house, office)):
            return shown(request, person, office, "nobody", replace(typed, devices=picked or None))
        try:
            wanted = wanted_of(typed, wifi_password)
            with house.store.writing() as connection:
                flow.begin(connection, wanted, picked, person.shown_as, now_ms())
        except NetworkRefused as refused:
            return shown(request, person, office, refused.reason, typed)
        except RegistryRefused:
            return shown(request, person, office, "nobody", typed)
        house.changes.tell(DEVICES)
        return RedirectResponse(f"/devices/network?office={office}", 303)

    @router.post("/devices/network/withdrawn")
    def withdraw(request: Request, person: Technician, office: Word = "", device: Word = "") -> Response:
        """Tell a device no more of it."""
        house = house_of(request)
        if office in offices_of(house, person) and device in {
            one.device for one in flow.changes_at(house.store, office)
        }:
            with house.store.writing() as connection:
                flow.withdraw(connection, device, person.shown_as, now_ms())
        return RedirectResponse("/devices/network", 303)

    return router


def offices_of(house: House, person: Person) -> dict[str, str]:
    """The names of the offices whose devices this person may change, by id."""
    mine = None if person.office is None else [person.office]
    return {office: name for office, name, _ in places_for(house.store, mine)}


def keyed(house: House, office: str) -> list[str]:
    """The devices of an office that can be told."""
    with house.store.reading() as connection:
        try:
            return flow.keyed_at(connection, office, now_ms())
        except NetworkRefused:
            return []


def wanted_of(typed: Typed, wifi_password: str) -> NetworkWanted:
    """What was typed, as a value. Raises NetworkRefused."""
    port = typed.port.strip()
    if port and not (port.isascii() and port.isdecimal()):
        raise NetworkRefused("port", "port: expected a number, found something else")
    ca = certificate_in(typed.ca.encode()) if typed.ca.strip() else None
    if typed.ca.strip() and ca is None:
        raise NetworkRefused("ca", "ca: expected a certificate as PEM, found something else")
    host = typed.host.strip() or None
    return NetworkWanted(
        typed.ssid or None, wifi_password or None, host, int(port) if port else None, "cert" if ca else None, ca
    )
