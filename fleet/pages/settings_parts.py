"""The parts of the settings, in the order of their menu, and who may open each.

A part is a page: `/settings/offices/{office}/{name}`, or `/settings/{name}` where it concerns the whole fleet. Its name
and a sentence about it stand in the texts under `settings.part.{name}` and `settings.about.{name}`.
"""

from dataclasses import dataclass

from fleet.domain.rights import Permission, Person


@dataclass(frozen=True)
class Part:
    """One page of settings. `for_all`: of the fleet, yet whoever works at one office sees there what is of that one."""

    name: str
    permission: Permission
    for_all: bool = False


OF_AN_OFFICE = (
    Part("office", Permission.SET_UP_OFFICE),
    Part("services", Permission.SET_UP_OFFICE),
    Part("counters", Permission.SET_UP_OFFICE),
    Part("kiosk", Permission.SET_UP_OFFICE),
    Part("queue", Permission.SET_RULES),
    Part("calendar", Permission.SET_RULES),
    Part("classes", Permission.SET_RULES),
    Part("appointments", Permission.SET_RULES),
    Part("alerts", Permission.SET_RULES),
    Part("tickets", Permission.SET_UP_OFFICE),
    Part("buttons", Permission.SET_UP_OFFICE),
    Part("configuration", Permission.SET_UP_OFFICE),
)
OF_THE_FLEET: tuple[Part, ...] = (
    Part("units", Permission.SET_UP_OFFICE),
    Part("templates", Permission.SET_UP_OFFICE),
    Part("people", Permission.MANAGE_PEOPLE, for_all=True),
    Part("tokens", Permission.MANAGE_PROGRAMS),
    Part("webhooks", Permission.MANAGE_PROGRAMS),
    Part("certificates", Permission.MANAGE_PROGRAMS),
)


def parts_for(person: Person, parts: tuple[Part, ...]) -> list[Part]:
    """Those that this person may open; what concerns the whole fleet only whoever works everywhere."""
    everything = parts is not OF_THE_FLEET or person.office is None
    return [part for part in parts if person.may(part.permission) and (everything or part.for_all)]
