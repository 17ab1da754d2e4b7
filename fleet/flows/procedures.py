"""The catalogue of procedures comes in as a file, whole or not at all, and is searched, ranked by what is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.file_errors import BadFile
from fleet.domain.procedure_search import ProcedureIndex
from fleet.domain.procedure_table import PROCEDURES, read_procedure, rows_of_catalogue, wrong_with_catalogue
from fleet.domain.procedures import Procedure, ServiceGroup
from fleet.domain.table import read_lines
from fleet.flows.import_dossiers import FILE_NAME_AT_MOST, read_bytes
from fleet.flows.separated_text import as_text
from fleet.flows.spreadsheets import rows_of
from fleet.store import devices, ledger, places, procedures
from fleet.store.database import Store
from fleet.store.dossiers import record_import
from fleet.store.places import ServiceRow

PROCEDURES_AT_MOST = 20_000


@dataclass(frozen=True)
class CatalogueImported:
    """What a catalogue's file did."""

    file: str
    new: int
    changed: int
    unchanged: int
    removed: int


@dataclass(frozen=True)
class Described:
    """A procedure with its group, the dossiers of the mirror that are of it, and who serves it at an office."""

    procedure: Procedure
    group: ServiceGroup | None
    uses: int
    letter: str | None
    counters: tuple[str, ...]


class CatalogueError(ValueError):
    """It cannot be done as asked; the text says why. Nothing was changed."""


def import_procedures(
    store: Store, path: Path, person: str, now_ms: int, encoding: str | None = None, whole: bool = False
) -> CatalogueImported:
    """Take this CSV or XLSX file over, or raise BadFile and change nothing. `whole`: what it does not name goes."""
    lines = read_lines(rows_of(read_bytes(path), encoding, PROCEDURES), PROCEDURES, read_procedure, PROCEDURES_AT_MOST)
    with store.writing() as connection:
        groups = {} if whole else procedures.groups(connection)
        errors = wrong_with_catalogue(lines, groups)
        if errors:
            raise BadFile(tuple(errors))
        before = {one.code: one for one in procedures.procedures(connection)}
        named = {one.code: one for _, (one, _) in lines}
        different = [one for one in named.values() if before.get(one.code) != one]
        removed = before.keys() - named.keys() if whole else set()
        procedures.save(connection, different)
        procedures.forget(connection, removed)
        procedures.set_groups(connection, {**groups, **{g.id: g for _, (_, g) in lines if g is not None}}.values())
        new = len(named.keys() - before.keys())
        changed = len(different) - new
        file = path.name[:FILE_NAME_AT_MOST]
        record_import(connection, file, person, len(lines), new, changed + len(removed), now_ms)
        said = {"file": file, "new": new, "changed": changed, "removed": len(removed)}
        ledger.note(connection, What.PROCEDURE_IMPORT, became=said)
    return CatalogueImported(path.name, new, changed, len(named) - len(different), len(removed))


def export_procedures(store: Store) -> bytes:
    """The whole catalogue as a CSV that import_procedures takes."""
    with store.reading() as connection:
        rows = rows_of_catalogue(procedures.procedures(connection), procedures.groups(connection))
    return as_text(rows)


def index(connection: Connection) -> ProcedureIndex:
    """The catalogue, ready to be searched; what many dossiers of the mirror are of comes first."""
    names = {group.id: group.name for group in procedures.groups(connection).values()}
    uses = {code: n for code, (n, _) in procedures.uses(connection).items()}
    return ProcedureIndex(procedures.procedures(connection), uses, names)


def search(store: Store, words: str, most: int, office: str | None = None) -> list[Described]:
    """What is found, the best first, and who serves it at this office. Raises CatalogueError for an unknown office."""
    with store.reading() as connection:
        refuse_office(connection, office)
        groups = procedures.groups(connection)
        served = {} if office is None else procedures.served_at(connection, office)
        return [described(one.procedure, one.uses, groups, served) for one in index(connection).search(words, most)]


def describe(store: Store, code: str, office: str | None = None) -> Described:
    """All of one procedure, by its code in any spelling. Raises CatalogueError if there is none."""
    with store.reading() as connection:
        refuse_office(connection, office)
        found = procedures.procedure(connection, code)
        if found is None:
            raise CatalogueError(f"code: expected the code of a procedure of the catalogue, found {code!r}")
        served = {} if office is None else procedures.served_at(connection, office)
        uses = procedures.uses(connection).get(found.code, (0, ""))[0]
        return described(found, uses, procedures.groups(connection), served)


def missing(store: Store) -> list[tuple[str, int, str]]:
    """The codes that dossiers of the mirror have and the catalogue has not: how many, and their names; most first."""
    with store.reading() as connection:
        known = {one.code for one in procedures.procedures(connection)}
        unknown = [(code, *of) for code, of in procedures.uses(connection).items() if code not in known]
    return sorted(unknown, key=lambda one: (-one[1], one[0]))


def offer(store: Store, office: str, service_ids: Sequence[str], now_ms: int) -> list[ServiceRow]:
    """An office serves these groups of the catalogue from now on, behind those that it serves already.

    Its services as they are now; its devices are to be told. Raises CatalogueError.
    """
    with store.writing() as connection:
        refuse_office(connection, office)
        groups = procedures.groups(connection)
        known = {one.id: one for one in places.services(connection, office)}
        for service in service_ids:
            if service not in groups:
                raise CatalogueError(f"service: expected one of {', '.join(groups) or 'none'}, found {service!r}")
        rows = {**known}
        for service in service_ids:
            group = groups[service]
            position = known[service].position if service in known else len(rows)
            rows[service] = ServiceRow(service, office, group.name, group.prefix, position)
        letters: dict[str, str] = {}
        for row in rows.values():
            if letters.setdefault(row.prefix, row.id) != row.id:
                raise CatalogueError(
                    f"service: expected a letter of its own, found {row.prefix} of {letters[row.prefix]} and {row.id}"
                )
        places.save_services(connection, [rows[service] for service in service_ids])
        devices.config_is_due(connection, [one.device for one in devices.at_office(connection, office, now_ms)])
        ledger.note(connection, What.SERVICE_OFFER, office, office, became={"services": list(service_ids)})
        return places.services(connection, office)


def described(
    procedure: Procedure,
    uses: int,
    groups: dict[str, ServiceGroup],
    served: dict[str, tuple[str, str, list[str]]],
) -> Described:
    letter, _, counters = served.get(procedure.service or "", (None, "", []))
    group = groups.get(procedure.service) if procedure.service else None
    return Described(procedure, group, uses, letter, tuple(counters))


def refuse_office(connection: Connection, office: str | None) -> None:
    """Raises CatalogueError where there is no such office."""
    if office is not None and places.office(connection, office) is None:
        known = ", ".join(one.id for one in places.offices(connection)) or "none"
        raise CatalogueError(f"office: expected one of {known}, found {office!r}")
