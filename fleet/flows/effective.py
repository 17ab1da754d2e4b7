"""What a device shall be, field by field: by its own settings, and by the templates of its office and of what is above.

The rule is `domain.templates`; here is read what it needs, for one device or for thousands at once.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.config_fields import PARTS
from fleet.domain.org_tree import Tree
from fleet.domain.templates import Layer, Scope, Setting, resolve, scopes_of
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import devices, rollout_devices, templates, tree_parts
from fleet.store.database import Store
from fleet.store.devices import DeviceRow

Board = tuple[DeviceRow, str | None]
# A device, and the office where it stands; None: nowhere.
TEMPLATE = "template"
# What rollouts call their kind that brings versions of templates.


@dataclass(frozen=True)
class Known:
    """All that decides about some devices: where templates may be for each office, and what is said there.

    `current` is the version of each template that holds for whoever was `given` no other.
    """

    scopes: Mapping[str, Sequence[Scope]]
    current: Mapping[str, int]
    given: Mapping[str, Mapping[str, int]]
    layers: Mapping[tuple[str, int], Layer]

    def settings(self, row: DeviceRow, office: str | None, instead: Layer | None = None) -> dict[str, Setting]:
        """Every field of this device. `instead`: as if this held for everybody who was given no version of it."""
        versions = {**self.current, **self.given.get(row.id, {})}
        if instead is not None and instead.template.id not in self.given.get(row.id, {}):
            versions.pop(instead.template.id, None)
        else:
            instead = None
        said = [layer for pair in versions.items() if (layer := self.layers.get(pair)) is not None]
        scopes = [] if office is None else self.scopes[office]
        return resolve([*said, *([instead] if instead else [])], scopes, row.roles, own_of(row))


def effective(connection: Connection, row: DeviceRow, office: str | None, now_ms: int) -> dict[str, Setting]:
    """Every field of a device that stands at this office."""
    return know(connection, [(row, office)], now_ms).settings(row, office)


def effective_now(connection: Connection, row: DeviceRow, now_ms: int) -> dict[str, Setting]:
    """Every field of a device where it stands now."""
    place = devices.place_now(connection, row.id, now_ms)
    return effective(connection, row, None if place is None else place.office, now_ms)


def effective_of(store: Store, device: str, now_ms: int) -> dict[str, Setting]:
    """Every field of the device of this id; none of one that nobody knows."""
    with store.reading() as connection:
        row = devices.device(connection, device)
        return {} if row is None else effective_now(connection, row, now_ms)


def know(connection: Connection, boards: Sequence[Board], now_ms: int, with_units: bool = False) -> Known:
    """What decides about these. `with_units`: look at what is above their offices even if no unit has a template."""
    offices = {office for _, office in boards if office is not None}
    scopes = scopes_at(connection, offices, now_ms, with_units)
    places = {scope.id for found in scopes.values() for scope in found}
    rows = {row.template.id: row for row in templates.at(connection, places)}
    given = {
        device: {id: n for id, n in its.items() if id in rows and n > rows[id].current}
        for device, its in rollout_devices.given_versions(connection, TEMPLATE, [row.id for row, _ in boards]).items()
    }  # who kept a version when its rollout was aborted has it until a later one holds for everybody
    wanted = {(row.template, row.current) for row in rows.values()}
    wanted |= {(rows[id].template, n) for its in given.values() for id, n in its.items()}
    current = {id: row.current for id, row in rows.items()}
    return Known(scopes, current, given, templates.layers(connection, wanted))


def scopes_at(
    connection: Connection, offices: Collection[str], now_ms: int, with_units: bool = False
) -> dict[str, list[Scope]]:
    """Where templates for devices of these offices may be, each office's from the root down."""
    if not offices or not (with_units or templates.are_there_of_units(connection)):
        return {office: scopes_of([], office) for office in offices}
    tree, today = Tree(tree_parts.around(connection, offices)), day_in_viet_nam(now_ms)
    return {office: scopes_of([node.id for node in tree.path(office, today)], office) for office in offices}


def boards_at(connection: Connection, offices: Collection[str] | None, now_ms: int) -> list[Board]:
    """The devices that stand at these offices and may connect, by id; None: at whichever."""
    if offices is not None and len(offices) == 1:
        found = [place for office in offices for place in devices.at_office(connection, office, now_ms)]
        rows = [(devices.device(connection, place.device), place.office) for place in found]
        return [(row, office) for row, office in rows if row is not None]
    places = devices.places_now(connection, now_ms)
    standing = [(row, places[row.id].office) for row in devices.devices(connection) if row.id in places]
    return [
        (row, office) for row, office in standing if row.revoked_ms is None and (offices is None or office in offices)
    ]


def own_of(row: DeviceRow) -> dict[str, Any]:
    """What was said of just this device, by the paths of fields."""
    own: dict[str, Any] = dict(json.loads(row.own))
    for role in PARTS:
        own |= {f"{role}.{name}": value for name, value in json.loads(getattr(row, role)).items()}
    return own


def say_own(connection: Connection, row: DeviceRow, own: Mapping[str, Any]) -> None:
    """From now on just this was said of the device itself; it is to be told."""
    keep_own(connection, row, own)
    devices.config_is_due(connection, [row.id])


def keep_own(connection: Connection, row: DeviceRow, own: Mapping[str, Any]) -> None:
    """The same where it has these fields so already."""
    for role in PARTS:
        part = {name.removeprefix(f"{role}."): value for name, value in own.items() if name.startswith(f"{role}.")}
        devices.set_part(connection, row.id, role, as_json(part))
    devices.set_own(connection, row.id, as_json({name: value for name, value in own.items() if "." not in name}))


def say_changes(
    connection: Connection, row: DeviceRow, found: Mapping[str, Setting], wanted: Mapping[str, Any]
) -> None:
    """What a form sent: the device's own is what was before, and what is otherwise than it has it from elsewhere."""
    own = own_of(row)
    changed = {name: value for name, value in wanted.items() if name in own or found[name].value != value}
    say_own(connection, row, own | changed)


def as_json(fields: Mapping[str, Any]) -> str:
    return json.dumps(dict(fields), sort_keys=True, ensure_ascii=False)
