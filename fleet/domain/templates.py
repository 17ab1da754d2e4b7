"""Desired configuration by templates: which of them decide about a device, and what each field is because of whom.

    the product ← units, from the root down ← the office ← the device itself

The nearest has the last word on each field, and says nothing on those that it does not name. At one place a template
for a role comes before the one for all; where a device has two roles with a template each, the later of ROLES.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from fleet.domain.config_fields import FIELDS, PARTS
from fleet.domain.unfit import Unfit
from protocols.configuring import ROLES

ALL = "all"


class Origin(StrEnum):
    """Who set a field."""

    PRODUCT = "product"
    UNIT = "unit"
    OFFICE = "office"
    DEVICE = "device"


class BadTemplate(Unfit):
    """There is no such template; the text says what was found and expected."""


@dataclass(frozen=True)
class Scope:
    """A place whose devices a template is for: a unit with all below it, or an office."""

    origin: Origin
    id: str


@dataclass(frozen=True)
class Template:
    """A template by where it holds, and for which role; None: for all."""

    scope: Scope
    role: str | None = None

    @property
    def id(self) -> str:
        """How people and programs call it: office:tan-an:display."""
        return f"{self.scope.origin}:{self.scope.id}:{self.role or ALL}"

    def is_for(self, roles: Sequence[str]) -> bool:
        """Whether it is for a device of these roles."""
        return self.role is None or self.role in roles


@dataclass(frozen=True)
class Layer:
    """What a template says in one of its versions."""

    template: Template
    version: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """A field of a device, and who said so; of a template, in which version.

    `asked`: what was said, where the device has not the buttons for all of it.
    """

    value: Any
    origin: Origin = Origin.PRODUCT
    layer: Layer | None = None
    asked: Any = None


Settings = Mapping[str, Setting]


def template_of(id: str) -> Template:
    """The template of this id. Raises BadTemplate."""
    origin, _, rest = id.partition(":")
    place, _, role = rest.rpartition(":")
    if origin not in (Origin.UNIT, Origin.OFFICE) or not place or role not in (ALL, *ROLES):
        expected = f"unit or office, its id, and {ALL} or a role, such as office:tan-an:{ALL}"
        raise BadTemplate(f"template: expected {expected}, found {id[:80]!r}")
    return Template(Scope(Origin(origin), place), None if role == ALL else role)


def scopes_of(path: Sequence[str], office: str) -> list[Scope]:
    """Where templates for a device at this office may be, from the root down. `path`: the office and what is above."""
    above = [Scope(Origin.UNIT, unit) for unit in reversed(path) if unit != office]
    return [*above, Scope(Origin.OFFICE, office)]


def in_order(layers: Iterable[Layer], scopes: Sequence[Scope], roles: Sequence[str]) -> list[Layer]:
    """Those that are for a device of these roles, the ones with the last word last."""
    places = {scope: place for place, scope in enumerate(scopes)}
    mine = [one for one in layers if one.template.scope in places and one.template.is_for(roles)]
    return sorted(mine, key=lambda one: (places[one.template.scope], rank(one.template.role)))


def rank(role: str | None) -> int:
    return -1 if role is None else ROLES.index(role)


def resolve(
    layers: Iterable[Layer], scopes: Sequence[Scope], roles: Sequence[str], own: Mapping[str, Any]
) -> dict[str, Setting]:
    """Every field that a device of these roles has. `own` is what was said of the device itself."""
    fields = {name: field for name, field in FIELDS.items() if field.is_of(roles)}
    found = {name: Setting(field.default) for name, field in fields.items()}
    for layer in in_order(layers, scopes, roles):
        origin = layer.template.scope.origin
        found |= {name: Setting(value, origin, layer) for name, value in layer.fields.items() if name in fields}
    found |= {name: Setting(value, Origin.DEVICE) for name, value in own.items() if name in fields}
    return fitting(found)


def fitting(found: dict[str, Setting]) -> dict[str, Setting]:
    """The same with as many reasons and scores as the device has buttons: they may come from elsewhere than those."""
    levels = found["scale"].value if "scale" in found else 0
    for name, kept in (
        ("rating.reasons", lambda asked: asked[:levels]),
        ("rating.scores", lambda asked: [score for score in asked if score <= levels]),
    ):
        if name in found and kept(found[name].value) != found[name].value:
            asked = found[name].value
            found[name] = replace(found[name], value=kept(asked), asked=asked)
    return found


def differing(before: Settings, after: Settings) -> list[str]:
    """The fields that a device would have otherwise."""
    return [name for name in after if name not in before or before[name].value != after[name].value]


def part_of(found: Settings, role: str) -> dict[str, Any]:
    """The part of a configuration behind a role: what is not as by default."""
    its = {name.removeprefix(f"{role}."): one for name, one in found.items() if name.startswith(f"{role}.")}
    return {name: one.value for name, one in its.items() if one.value != FIELDS[f"{role}.{name}"].default}


def config_of(found: Settings) -> dict[str, Any]:
    """These fields as a configuration has them."""
    whole = {name: one.value for name, one in found.items() if "." not in name}
    return whole | {role: part_of(found, role) for role in PARTS if any(name.startswith(f"{role}.") for name in found)}


def inherited(layers: Iterable[Layer], scopes: Sequence[Scope], template: Template) -> dict[str, Setting]:
    """What holds of each field that a template may have, where it says nothing. `scopes`: up to its own."""
    found = {
        name: Setting(one.default) for name, one in FIELDS.items() if one.role in (None, template.role or one.role)
    }
    above = [one for one in layers if one.template.role in (None, template.role) and one.template != template]
    if template.role is None:
        above = [one for one in above if one.template.scope != template.scope]
    for layer in in_order(above, scopes, ROLES):
        origin = layer.template.scope.origin
        found |= {name: Setting(value, origin, layer) for name, value in layer.fields.items() if name in found}
    return found
