"""The parts of the settings, in the order of their menu, and who may open each.

A part is a page: `/settings/offices/{office}/{name}`, or `/settings/{name}` where it concerns the whole fleet. Its name
and a sentence about it stand in the texts under `settings.part.{name}` and `settings.about.{name}`.
"""

from dataclasses import dataclass

from fleet.domain.rights import Permission, Person


@dataclass(frozen=True)
class Part:
    """One page of settings."""

    name: str
    permission: Permission


OF_AN_OFFICE = (Part("queue", Permission.SET_RULES),)
OF_THE_FLEET: tuple[Part, ...] = ()


def parts_for(person: Person, parts: tuple[Part, ...]) -> list[Part]:
    """Those that this person may open; what concerns the whole fleet only whoever works everywhere."""
    if parts is OF_THE_FLEET and person.office is not None:
        return []
    return [part for part in parts if person.may(part.permission)]
