"""Templates of configurations and their versions, which never change."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam

from fleet.domain.templates import Layer, Template, template_of
from fleet.store import rows
from fleet.store.rows import every, one, portions, run, sql

ADD = sql("""
    INSERT INTO templates (id, origin, place, role, current) VALUES (:id, :origin, :place, :role, 0)
    ON CONFLICT DO NOTHING""")
HOLD = sql("SELECT id FROM templates WHERE id = :id")
GET = sql("SELECT id, current FROM templates WHERE id = :id")
ALL = sql("SELECT id, current FROM templates ORDER BY id")
AT = sql("SELECT id, current FROM templates WHERE place IN :places ORDER BY id").bindparams(
    bindparam("places", expanding=True)
)
ANY_OF_UNITS = sql("SELECT 1 AS n FROM templates WHERE origin = 'unit' AND current > 0 LIMIT 1")
FIELDS = sql("SELECT fields FROM template_versions WHERE template = :id AND version = :version")
LAST = sql("SELECT MAX(version) AS version FROM template_versions WHERE template = :id")
ADD_VERSION = sql("""
    INSERT INTO template_versions (template, version, fields, made_ms, made_by, note)
    VALUES (:id, :version, :fields, :made_ms, :made_by, :note)""")
MAKE_CURRENT = sql("UPDATE templates SET current = :version WHERE id = :id")
VERSIONS = sql("""
    SELECT version, fields, made_ms, made_by, note FROM template_versions WHERE template = :id
    ORDER BY version DESC LIMIT :most""")


@dataclass(frozen=True)
class TemplateRow:
    """A template, and the version that holds for everybody who was not given another; 0: none."""

    template: Template
    current: int


@dataclass(frozen=True)
class VersionRow:
    """A version of a template: what it says, who made it when, and why."""

    version: int
    fields: dict[str, Any]
    made_ms: int
    made_by: str
    note: str


def hold(connection: Connection, template: Template) -> None:
    """There is such a template, and nobody else changes it until the transaction ends."""
    values = {"origin": template.scope.origin.value, "place": template.scope.id, "role": template.role or ""}
    run(connection, ADD, id=template.id, **values)
    rows.hold(connection, HOLD, id=template.id)


def template(connection: Connection, id: str) -> TemplateRow | None:
    """One template."""
    row = one(connection, GET, id=id)
    return None if row is None else TemplateRow(template_of(row.id), row.current)


def templates(connection: Connection) -> list[TemplateRow]:
    """All templates, by id."""
    return [TemplateRow(template_of(row.id), row.current) for row in every(connection, ALL)]


def at(connection: Connection, places: Iterable[str]) -> list[TemplateRow]:
    """The templates of these units and offices."""
    found = [row for some in portions(places) for row in every(connection, AT, places=some)]
    return [TemplateRow(template_of(row.id), row.current) for row in found]


def are_there_of_units(connection: Connection) -> bool:
    """Whether any unit has a template, so that it matters what stands above an office."""
    return one(connection, ANY_OF_UNITS) is not None


def fields(connection: Connection, id: str, version: int) -> dict[str, Any] | None:
    """What a template says in this version; None if it has none of this number."""
    row = one(connection, FIELDS, id=id, version=version)
    return None if row is None else dict(json.loads(row.fields))


def last_version(connection: Connection, id: str) -> int:
    """The number of its last version, current or not; 0 if it has none."""
    row = one(connection, LAST, id=id)
    return 0 if row is None or row.version is None else int(row.version)


def add_version(connection: Connection, id: str, fields: Mapping[str, Any], by: str, note: str, now_ms: int) -> int:
    """Keep its next version; the number. The template is held."""
    version = last_version(connection, id) + 1
    said = json.dumps(dict(fields), sort_keys=True, ensure_ascii=False)
    run(connection, ADD_VERSION, id=id, version=version, fields=said, made_ms=now_ms, made_by=by, note=note)
    return version


def make_current(connection: Connection, id: str, version: int) -> None:
    """From now on this version holds for everybody who was not given another."""
    run(connection, MAKE_CURRENT, id=id, version=version)


def versions(connection: Connection, id: str, most: int) -> list[VersionRow]:
    """Its versions, the last first, so many at most."""
    return [
        VersionRow(row.version, json.loads(row.fields), row.made_ms, row.made_by, row.note)
        for row in every(connection, VERSIONS, id=id, most=most)
    ]


def layers(connection: Connection, wanted: Collection[tuple[Template, int]]) -> dict[tuple[str, int], Layer]:
    """What these templates say in these versions, by id and version."""
    found = {}
    for its, version in wanted:
        said = fields(connection, its.id, version)
        if said is not None:
            found[its.id, version] = Layer(its, version, said)
    return found
