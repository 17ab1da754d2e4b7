"""Templates as people look at them: what each says, what it would inherit, its versions, and what places are called."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.config_fields import fields_in
from fleet.domain.org_tree import Tree
from fleet.domain.templates import Layer, Origin, Scope, Setting, Template, inherited, scopes_of
from fleet.flows.effective import effective_now, scopes_at
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.flows.templates import all_that_hold, boards_of, history, refuse_unknown, what_holds
from fleet.flows.units import nearest
from fleet.store import devices, templates, tree_parts
from fleet.store.database import Store
from fleet.store.templates import VersionRow
from protocols.configuring import ROLES


@dataclass(frozen=True)
class TemplateSeen:
    """A template: what it says now, what of each field holds where it says nothing, for how many devices it is.

    `names`: what the places are called that it and its neighbours are of.
    """

    holds: Layer
    inherited: Mapping[str, Setting]
    versions: Sequence[VersionRow]
    devices: int
    names: Mapping[str, str]


def look_at_template(store: Store, template: Template, now_ms: int) -> TemplateSeen:
    """One template, of whatever says nothing yet, too. Raises BadTemplate where there is no such place."""
    with store.reading() as connection:
        refuse_unknown(connection, template, now_ms)
        scopes = above(connection, template.scope, now_ms)
        rows = templates.at(connection, [scope.id for scope in scopes])
        layers = [what_holds(connection, row.template) for row in rows]
        return TemplateSeen(
            what_holds(connection, template),
            inherited(layers, scopes, template),
            history(connection, template),
            len(boards_of(connection, template, now_ms)),
            names_of(connection, [scope.id for scope in scopes], now_ms),
        )


def above(connection: Connection, scope: Scope, now_ms: int) -> list[Scope]:
    """This place and what is above it today, from the root down."""
    if scope.origin is Origin.OFFICE:
        return scopes_at(connection, {scope.id}, now_ms)[scope.id]
    tree, today = Tree(tree_parts.around(connection, [scope.id])), day_in_viet_nam(now_ms)
    return scopes_of([node.id for node in tree.path(scope.id, today)], "")[:-1]


def names_of(connection: Connection, places: Iterable[str], now_ms: int) -> dict[str, str]:
    """What these units and offices are called today."""
    tree = Tree(tree_parts.whole(connection, set(places)))
    return {unit: nearest(tree, unit, day_in_viet_nam(now_ms)).name for unit in tree.units}


def templates_of(store: Store, scope: Scope) -> list[Layer]:
    """The templates that there may be at a place: for all, then for each role."""
    with store.reading() as connection:
        return [what_holds(connection, Template(scope, role)) for role in (None, *ROLES)]


def all_templates(store: Store, now_ms: int) -> tuple[list[Layer], dict[str, str]]:
    """All that say something, and what their places are called."""
    with store.reading() as connection:
        found = all_that_hold(connection)
        return found, names_of(connection, {one.template.scope.id for one in found}, now_ms)


@dataclass(frozen=True)
class FieldSeen:
    """A field of a device: what it shall be, because of whom, and what the device has; None: nobody knows."""

    name: str
    setting: Setting
    held: object

    @property
    def is_other(self) -> bool:
        """Whether the device has it otherwise than it shall."""
        return self.held is not UNKNOWN and self.held != self.setting.value


UNKNOWN = object()


@dataclass(frozen=True)
class DeviceFields:
    """All fields of a device, the version that it shall have and the one that it says it has. `names` are of places."""

    device: str
    fields: Sequence[FieldSeen]
    wanted: int
    reported: int | None
    is_known: bool
    names: Mapping[str, str]


def device_fields(store: Store, device: str, now_ms: int) -> DeviceFields | None:
    """What a device shall be and is, field by field; None if it is not known."""
    with store.reading() as connection:
        row = devices.device(connection, device)
        if row is None:
            return None
        found, told = effective_now(connection, row, now_ms), devices.held(connection, device)
        held = {} if told is None else fields_in(json.loads(told), row.roles)
        fields = [FieldSeen(name, one, held.get(name, UNKNOWN)) for name, one in found.items()]
        places = {one.layer.template.scope.id for one in found.values() if one.layer is not None}
        names = names_of(connection, places, now_ms)
        return DeviceFields(device, fields, row.config_version, row.config_reported, told is not None, names)
