"""The catalogue of procedures in the database."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from fleet.domain.procedures import Procedure, ServiceGroup, procedure_code
from fleet.store.rows import every, one, run, run_each, sql

PROCEDURES = sql("""
    SELECT code, name, field, authority, level, days, papers, fee, service, note FROM procedures ORDER BY code""")
PROCEDURE = sql("""
    SELECT code, name, field, authority, level, days, papers, fee, service, note FROM procedures WHERE code = :code""")
OF_SERVICE = sql("""
    SELECT code, name, field, authority, level, days, papers, fee, service, note FROM procedures
    WHERE service = :service ORDER BY code""")
SAVE = sql("""
    INSERT INTO procedures (code, name, field, authority, level, days, papers, fee, service, note)
    VALUES (:code, :name, :field, :authority, :level, :days, :papers, :fee, :service, :note)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, field = excluded.field, authority = excluded.authority,
        level = excluded.level, days = excluded.days, papers = excluded.papers, fee = excluded.fee,
        service = excluded.service, note = excluded.note""")
FORGET = sql("DELETE FROM procedures WHERE code = :code")
GROUPS = sql("SELECT id, prefix, name FROM service_groups ORDER BY prefix")
ADD_GROUP = sql("INSERT INTO service_groups (id, prefix, name) VALUES (:id, :prefix, :name)")
FORGET_GROUPS = sql("DELETE FROM service_groups")
USES = sql("""
    SELECT procedure_code, COUNT(*) AS n, MIN(procedure_name) AS name FROM dossiers WHERE procedure_code <> ''
    GROUP BY procedure_code""")
SERVED_AT = sql("""
    SELECT s.id AS service, s.prefix, s.name, c.name AS counter
    FROM services s
    LEFT JOIN counter_services k ON k.service = s.id AND k.counter IN (SELECT id FROM counters WHERE office = :office)
    LEFT JOIN counters c ON c.id = k.counter
    WHERE s.office = :office ORDER BY s.position, c.position""")


def procedures(connection: Connection) -> list[Procedure]:
    """The whole catalogue, by code."""
    return [procedure_of(row) for row in every(connection, PROCEDURES)]


def of_service(connection: Connection, service: str) -> tuple[Procedure, ...]:
    """The procedures that people come to this service for, by code."""
    return tuple(procedure_of(row) for row in every(connection, OF_SERVICE, service=service))


def procedure(connection: Connection, code: str) -> Procedure | None:
    """The procedure of this code, in any spelling: that of a dossier of the mirror, too."""
    known = procedure_code(code)
    row = None if known is None else one(connection, PROCEDURE, code=known)
    return None if row is None else procedure_of(row)


def groups(connection: Connection) -> dict[str, ServiceGroup]:
    """The groups by id, in the order of their letters."""
    return {row.id: ServiceGroup(row.id, row.prefix, row.name) for row in every(connection, GROUPS)}


def save(connection: Connection, rows: Iterable[Procedure]) -> None:
    """Add these procedures, or make them say this."""
    run_each(connection, SAVE, [{**vars(row), "papers": json.dumps(row.papers, ensure_ascii=False)} for row in rows])


def forget(connection: Connection, codes: Iterable[str]) -> None:
    """These are procedures no more."""
    run_each(connection, FORGET, [{"code": code} for code in codes])


def set_groups(connection: Connection, rows: Iterable[ServiceGroup]) -> None:
    """Make these the groups. All at once, so that two may exchange their letters."""
    run(connection, FORGET_GROUPS)
    run_each(connection, ADD_GROUP, [vars(row) for row in rows])


def uses(connection: Connection) -> dict[str, tuple[int, str]]:
    """How many dossiers of the mirror are of each procedure, and what they call it; by code, or as they spell it."""
    found: dict[str, tuple[int, str]] = {}
    for row in every(connection, USES):
        code = procedure_code(row.procedure_code) or row.procedure_code
        earlier, name = found.get(code, (0, row.name))
        found[code] = (earlier + int(row.n), name)
    return found


def served_at(connection: Connection, office: str) -> dict[str, tuple[str, str, list[str]]]:
    """The services of an office: letter, name, and the counters that call for it."""
    found: dict[str, tuple[str, str, list[str]]] = {}
    for row in every(connection, SERVED_AT, office=office):
        counters = found.setdefault(row.service, (row.prefix, row.name, []))[2]
        if row.counter is not None:
            counters.append(row.counter)
    return found


def procedure_of(row: Any) -> Procedure:
    values = dict(row._mapping)
    return Procedure(**{**values, "papers": tuple(json.loads(values["papers"]))})
