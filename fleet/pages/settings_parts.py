"""The parts of the settings, in the order of their menu, and who may open each.

A part is a page: `/settings/offices/{office}/{name}`, or `/settings/{name}` where it concerns the whole fleet. Its name
and a sentence about it stand in the texts under `settings.part.{name}` and `settings.about.{name}`.
"""

from dataclasses import dataclass

from fleet.domain.rights import Permission, Person


@dataclass(frozen=True)
class Part:
    """One page of settings. `for_all`: of the fleet, yet whoever works at one office sees there what is of that one.

    `noted`: as what its changes stand in the log, so that the page says who made the last one.
    """

    name: str
    permission: Permission
    for_all: bool = False
    noted: str = ""


OF_AN_OFFICE = (
    Part("office", Permission.SET_UP_OFFICE, noted="office.change"),
    Part("services", Permission.SET_UP_OFFICE, noted="service"),
    Part("counters", Permission.SET_UP_OFFICE, noted="counter"),
    Part("kiosk", Permission.SET_UP_OFFICE, noted="kiosk"),
    Part("queue", Permission.SET_RULES, noted="queue"),
    Part("calendar", Permission.SET_RULES, noted="calendar"),
    Part("classes", Permission.SET_RULES, noted="queue"),
    Part("appointments", Permission.SET_RULES, noted="queue"),
    Part("alerts", Permission.SET_RULES, noted="alert.limits"),
    Part("tickets", Permission.SET_UP_OFFICE, noted="office.tickets"),
    Part("buttons", Permission.SET_UP_OFFICE, noted="device.configure"),
    Part("configuration", Permission.SET_UP_OFFICE, noted="template"),
    Part("privacy", Permission.SET_UP_OFFICE, noted="office.privacy"),
)
OF_THE_FLEET: tuple[Part, ...] = (
    Part("units", Permission.SET_UP_OFFICE),
    Part("templates", Permission.SET_UP_OFFICE),
    Part("people", Permission.MANAGE_PEOPLE, for_all=True),
    Part("tokens", Permission.MANAGE_PROGRAMS),
    Part("webhooks", Permission.MANAGE_PROGRAMS),
    Part("certificates", Permission.MANAGE_PROGRAMS),
    Part("changes", Permission.SEE_CHANGES, for_all=True),
)


def parts_for(person: Person, parts: tuple[Part, ...]) -> list[Part]:
    """Those that this person may open; what concerns the whole fleet only whoever works everywhere."""
    everything = parts is not OF_THE_FLEET or person.office is None
    return [part for part in parts if person.may(part.permission) and (everything or part.for_all)]


def noted_as(name: str) -> str:
    """As what changes on this part of an office stand in the log; empty: they do not."""
    return next((part.noted for part in OF_AN_OFFICE if part.name == name), "")
