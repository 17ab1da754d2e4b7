"""Templates are made, changed and taken back, in versions that never change; whoever has another field then is told.

Here a version holds for everybody at once. A version may also be kept without holding for anybody (`add_version`), be
given to some first, and become current when that went well.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What, what_changed
from fleet.domain.config_fields import BadField, check_field, check_together
from fleet.domain.org_tree import Kind, Tree
from fleet.domain.seen import refuse_changed
from fleet.domain.templates import BadTemplate, Layer, Origin, Setting, Template, differing
from fleet.domain.unfit import refuse
from fleet.flows.effective import TEMPLATE, Board, boards_at, know
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import devices, ledger, places, rollout_devices, rollouts, templates, tree_parts
from fleet.store.templates import VersionRow

NOTE = 200
VERSIONS = 50
# So many are shown, the last first.
EXPECTED = {Origin.OFFICE: "an office", Origin.UNIT: "a unit above offices"}


@dataclass(frozen=True)
class Change:
    """A device that would have other fields: each as it is, and as it would be."""

    device: str
    office: str
    fields: Mapping[str, tuple[Setting, Setting]]


@dataclass(frozen=True)
class Preview:
    """What a template with these fields would change. `devices`: for how many it is, whoever has the last word."""

    fields: Mapping[str, Any]
    devices: int
    changes: tuple[Change, ...]

    @property
    def offices(self) -> list[str]:
        """Where devices would change, each once."""
        return list(dict.fromkeys(one.office for one in self.changes))


@dataclass(frozen=True)
class Published:
    """A version of a template, and the devices that are told because of it. `is_new`: False if it said so before."""

    template: Template
    version: int
    devices: tuple[str, ...]
    is_new: bool = True


def publish(
    connection: Connection,
    template: Template,
    fields: Mapping[str, Any],
    by: str,
    now_ms: int,
    note: str = "",
    seen: str | None = None,
) -> Published:
    """From now on the template says just this, to everybody. The same as before is no new version.

    Raises BadTemplate, BadField, or ChangedMeanwhile where it is not in the version that was `seen`.
    """
    refuse_rolled_out(connection, template)
    version = add_version(connection, template, fields, by, now_ms, note, seen)
    if version is None:
        return Published(template, current_of(connection, template), (), is_new=False)
    rollout_devices.release_all(connection, TEMPLATE, template.id)  # what some kept of a rollout that was aborted
    ledger.note(connection, What.TEMPLATE_PUBLISH, template.id, office_of(template), became={"version": version})
    return Published(template, version, make_current(connection, template, version, now_ms))


def add_version(
    connection: Connection,
    template: Template,
    fields: Mapping[str, Any],
    by: str,
    now_ms: int,
    note: str = "",
    seen: str | None = None,
) -> int | None:
    """Keep a version that holds for nobody yet; None if the current one says the same. Raises as `publish` does."""
    refuse_unknown(connection, template, now_ms)
    checked = checked_fields(template, fields)
    if len(note) > NOTE or not (note.isprintable() or not note):
        raise BadTemplate(f"note: expected one line of at most {NOTE} characters, found {note[:80]!r}", "note")
    templates.hold(connection, template)
    refuse_changed(seen, current_of(connection, template))
    if checked == fields_of(connection, template):
        ledger.no_deed(connection)  # it was held, and says what it said
        return None
    version = templates.add_version(connection, template.id, checked, by, note.strip(), now_ms)
    was, became = what_changed(fields_of(connection, template), checked)
    ledger.note(connection, What.TEMPLATE_KEEP, template.id, office_of(template), was, {**became, "version": version})
    return version


def make_current(connection: Connection, template: Template, version: int, now_ms: int) -> tuple[str, ...]:
    """From now on this version holds for everybody who was given no other; who has other fields then is told."""
    fields = fields_of(connection, template, version)
    changed = tuple(one.device for one in preview(connection, template, fields, now_ms).changes)
    templates.make_current(connection, template.id, version)
    devices.config_is_due(connection, changed)
    return changed


def say(
    connection: Connection,
    template: Template,
    said: Mapping[str, Any],
    unsaid: Collection[str],
    by: str,
    now_ms: int,
    note: str = "",
    seen: str | None = None,
) -> Published:
    """Publish what it says now with these fields, and without those. Raises as `publish` does."""
    return publish(connection, template, fields_with(connection, template, said, unsaid), by, now_ms, note, seen)


def look(
    connection: Connection, template: Template, said: Mapping[str, Any], unsaid: Collection[str], now_ms: int
) -> Preview:
    """What `say` would change. Raises as that does."""
    refuse_unknown(connection, template, now_ms)
    return preview(connection, template, fields_with(connection, template, said, unsaid), now_ms)


def go_back(
    connection: Connection, template: Template, version: int, by: str, now_ms: int, note: str = ""
) -> Published:
    """Say again what it said in this version: as a new one. Raises BadTemplate."""
    return publish(connection, template, fields_of(connection, template, version), by, now_ms, note)


def preview(connection: Connection, template: Template, fields: Mapping[str, Any], now_ms: int) -> Preview:
    """Which devices would have other fields, if the template said this. Raises BadField."""
    layer = Layer(template, 0, checked_fields(template, fields))
    boards = boards_of(connection, template, now_ms)
    known = know(connection, boards, now_ms, with_units=template.scope.origin is Origin.UNIT)
    changes = []
    for row, office in boards:
        before, after = known.settings(row, office), known.settings(row, office, layer)
        names = differing(before, after)
        if names and office is not None:
            changes.append(Change(row.id, office, {name: (before[name], after[name]) for name in names}))
    return Preview(layer.fields, len(boards), tuple(changes))


def boards_of(connection: Connection, template: Template, now_ms: int) -> list[Board]:
    """The devices that a template is for: those below its unit or at its office, with its role."""
    offices = {template.scope.id}
    if template.scope.origin is Origin.UNIT:
        tree, today = Tree(tree_parts.belonging(connection, template.scope.id)), day_in_viet_nam(now_ms)
        at = [node for unit in tree.units if (node := tree.at(unit, today)) is not None and node.kind == Kind.OFFICE]
        offices = {node.id for node in at if template.scope.id in {one.id for one in tree.path(node.id, today)}}
    return [one for one in boards_at(connection, offices, now_ms) if template.is_for(one[0].roles)]


def checked_fields(template: Template, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, where a template for its role may have them so. Raises BadField."""
    checked: dict[str, Any] = {}
    problems: list[BadField] = []
    for name, value in fields.items():
        try:
            checked[name] = check_field(name, value, template.role)
        except BadField as problem:
            problems.append(problem)
    refuse(problems)
    check_together(checked)
    return checked


def fields_with(
    connection: Connection, template: Template, said: Mapping[str, Any], unsaid: Collection[str]
) -> dict[str, Any]:
    """What it says now with these fields, and without those. Raises BadTemplate where it does not say one of those."""
    fields = {**fields_of(connection, template), **said}
    for name in unsaid:
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise BadTemplate(f"field: expected one that {template.id} says ({known}), found {name[:80]!r}", name[:80])
        del fields[name]
    return fields


def refuse_unknown(connection: Connection, template: Template, now_ms: int) -> None:
    """Raises BadTemplate where there is no such office or unit today."""
    origin, place = template.scope.origin, template.scope.id
    if origin is Origin.OFFICE:
        is_known = places.office(connection, place) is not None
    else:
        node = Tree(tree_parts.whole(connection, {place})).at(place, day_in_viet_nam(now_ms))
        is_known = node is not None and node.kind not in (Kind.OFFICE, Kind.COUNTER, Kind.ORGANISATION)
    if not is_known:
        raise BadTemplate(f"template: expected {EXPECTED[origin]} that there is today, found {place!r}")


def refuse_rolled_out(connection: Connection, template: Template) -> None:
    """Raises BadTemplate while a version of it is on its way: everybody would be given another in the midst of that."""
    known = rollouts.open_of(connection, TEMPLATE, template.id)
    if known is not None:
        raise BadTemplate(f"template: expected one that is not rolled out, found rollout {known.id}; abort it first")


def office_of(template: Template) -> str | None:
    """The office that it is for; None: a unit."""
    return template.scope.id if template.scope.origin is Origin.OFFICE else None


def current_of(connection: Connection, template: Template) -> int:
    """The version that holds; 0: none."""
    row = templates.template(connection, template.id)
    return 0 if row is None else row.current


def fields_of(connection: Connection, template: Template, version: int | None = None) -> dict[str, Any]:
    """What it says in this version; None: in the current one, which may be none. Raises BadTemplate."""
    asked = current_of(connection, template) if version is None else version
    found = templates.fields(connection, template.id, asked)
    if found is None and version is not None:
        last = templates.last_version(connection, template.id)
        raise BadTemplate(f"version: expected one of {template.id}, 1 to {last}, found {version}", "version")
    return found or {}


def what_holds(connection: Connection, template: Template) -> Layer:
    """What a template says now; in version 0 nothing."""
    return Layer(template, current_of(connection, template), fields_of(connection, template))


def all_that_hold(connection: Connection) -> list[Layer]:
    """The templates that say something now, by id."""
    found = [what_holds(connection, row.template) for row in templates.templates(connection)]
    return [one for one in found if one.fields]


def history(connection: Connection, template: Template) -> list[VersionRow]:
    """Its versions, the last first."""
    return templates.versions(connection, template.id, VERSIONS)
