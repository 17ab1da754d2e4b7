"""The mirror of dossiers in the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, text

from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import State
from fleet.store.given import Given

BY_CODE = text(
    """
    SELECT code, organisation, received_on, due_on, procedure_code, procedure_name, field, state, agency,
        finished_on, returned_on, supplements, channel
    FROM dossiers WHERE code IN :codes
    """
).bindparams(bindparam("codes", expanding=True))
CHANGED = text(
    """
    SELECT code, organisation, received_on, due_on, procedure_code, procedure_name, field, state, agency,
        finished_on, returned_on, supplements, channel, change, imported_ms
    FROM dossiers WHERE (change, code) > (:change, :code) AND imported_ms >= :since_ms
    ORDER BY change, code LIMIT :most
    """
)
ACTIVE = text(
    """
    SELECT code, organisation, received_on, due_on, procedure_code, procedure_name, field, state, agency,
        finished_on, returned_on, supplements, channel
    FROM dossiers WHERE received_on <= :last AND COALESCE(finished_on, returned_on, :last) >= :first
    ORDER BY code
    """
)
ORGANISATIONS_ACTIVE = text(
    """
    SELECT DISTINCT organisation
    FROM dossiers WHERE received_on <= :last AND COALESCE(finished_on, returned_on, :last) >= :first
    """
)
DUE_BY = text(
    """
    SELECT code, organisation, received_on, due_on, procedure_code, procedure_name, field, state, agency,
        finished_on, returned_on, supplements, channel
    FROM dossiers WHERE due_on <= :day AND finished_on IS NULL AND returned_on IS NULL ORDER BY code
    """
)
LAST_CHANGE = text("SELECT COALESCE(MAX(change), 0) FROM dossiers")
ADD_STATE = text(
    "INSERT INTO dossier_states (code, change, state, since_ms) VALUES (:code, :change, :state, :since_ms)"
)
STATES = Given(
    """
    SELECT s.code, s.state, s.since_ms FROM {given} {join} dossier_states s ON s.code = given.code
    ORDER BY s.change""",
    code="text",
)

SAVE = text(
    """
    INSERT INTO dossiers (code, organisation, received_on, due_on,
                          procedure_code, procedure_name, field, state, agency, finished_on, returned_on, supplements,
                          channel, imported_ms, change)
    VALUES (:code, :organisation, :received_on, :due_on,
            :procedure_code, :procedure_name, :field, :state, :agency, :finished_on, :returned_on, :supplements,
            :channel, :imported_ms, :change)
    ON CONFLICT (code) DO UPDATE SET
        organisation = excluded.organisation, received_on = excluded.received_on, due_on = excluded.due_on,
        procedure_code = excluded.procedure_code, procedure_name = excluded.procedure_name, field = excluded.field,
        state = excluded.state, agency = excluded.agency, finished_on = excluded.finished_on,
        returned_on = excluded.returned_on, supplements = excluded.supplements, channel = excluded.channel,
        imported_ms = excluded.imported_ms, change = excluded.change
    """
)

RECORD_IMPORT = text(
    """
    INSERT INTO imports (file, imported_ms, person, rows, new, changed)
    VALUES (:file, :imported_ms, :person, :rows, :new, :changed)
    """
)

VISITS_OF = text(
    """
    SELECT v.id, v.office, o.name AS office_name, v.day, c.name AS counter, v.service, v.number, v.called_ms,
        v.finished_ms, v.outcome, v.wait_ms, v.recalls, v.rated, d.scanned_ms
    FROM visit_dossiers d JOIN visits v ON v.office = d.office AND v.day = d.day AND v.id = d.visit
        LEFT JOIN offices o ON o.id = v.office LEFT JOIN counters c ON c.id = v.counter
    WHERE d.code = :code ORDER BY v.called_ms, v.id
    """
)
NEWEST = text("SELECT max(received_on) FROM dossiers WHERE organisation = :organisation")
COUNT = text("SELECT count(*) FROM dossiers")
SCANNED = text(
    """
    SELECT code, COUNT(DISTINCT visit) AS visits FROM visit_dossiers
    WHERE office = :office AND day BETWEEN :first AND :last GROUP BY code ORDER BY code
    """
)

DAYS = ("received_on", "due_on", "finished_on", "returned_on")
CHUNK = 500
# Parameters in one statement; SQLite of before 2020 takes 999.


@dataclass(frozen=True)
class VisitOfDossier:
    """A visit during which a dossier was scanned; that it was rated, never how."""

    id: str
    office: str
    office_name: str | None
    day: str
    counter: str | None
    service: str | None
    number: int | None
    called_ms: int
    finished_ms: int | None
    outcome: str | None
    wait_ms: int | None
    recalls: int
    rated: bool
    scanned_ms: int


def save_dossiers(connection: Connection, dossiers: Sequence[Dossier], now_ms: int) -> tuple[int, int, int]:
    """Make the mirror say this of these dossiers: how many of them were new, changed, unchanged.

    Writers are alone, so whoever reads on from the last change that was told misses none.
    """
    new = changed = 0
    change = int(connection.execute(LAST_CHANGE).scalar_one()) + 1
    rest = iter(dossiers)
    while chunk := list(islice(rest, CHUNK)):
        known = dossiers_by_code(connection, [dossier.code for dossier in chunk])
        different = [dossier for dossier in chunk if known.get(dossier.code) != dossier]
        if different:
            told = {"imported_ms": now_ms, "change": change}
            connection.execute(SAVE, [{**columns_of(dossier), **told} for dossier in different])
        moved = [one for one in different if one.code not in known or known[one.code].state != one.state]
        if moved:
            told = {"since_ms": now_ms, "change": change}
            connection.execute(ADD_STATE, [{"code": one.code, "state": one.state, **told} for one in moved])
        new += len(chunk) - len(known)
        changed += len(different) - (len(chunk) - len(known))
    return new, changed, len(dossiers) - new - changed


def dossiers_by_code(connection: Connection, codes: Iterable[str]) -> dict[str, Dossier]:
    """The dossiers that are known of these codes."""
    return {
        row.code: dossier_of(row) for chunk in chunks(codes) for row in connection.execute(BY_CODE, {"codes": chunk})
    }


def changed_since(
    connection: Connection, since_ms: int, after: tuple[int, str], most: int
) -> list[tuple[Dossier, int, int]]:
    """(dossier, change, when) of what changed since then and after this (change, code), in the order of changes."""
    values = {"since_ms": since_ms, "change": after[0], "code": after[1], "most": most}
    return [(dossier_of(row), row[-2], row[-1]) for row in connection.execute(CHANGED, values).all()]


def active(connection: Connection, first: date, last: date) -> Iterator[Dossier]:
    """The dossiers that were received by the last day and of which no file says that they ended before the first."""
    for row in connection.execute(ACTIVE, {"first": first.isoformat(), "last": last.isoformat()}):
        yield dossier_of(row)


def organisations_active(connection: Connection, first: date, last: date) -> list[str]:
    """The identifiers of the organisations that stand in the codes of those."""
    rows = connection.execute(ORGANISATIONS_ACTIVE, {"first": first.isoformat(), "last": last.isoformat()})
    return [row.organisation for row in rows]


def due_by(connection: Connection, day: date) -> list[Dossier]:
    """The dossiers that are due by this day and of which no file says that they ended."""
    return [dossier_of(row) for row in connection.execute(DUE_BY, {"day": day.isoformat()})]


def states_of(connection: Connection, codes: Iterable[str]) -> dict[str, list[State]]:
    """The states through which these dossiers have come, the first one first."""
    found: dict[str, list[State]] = {code: [] for code in codes}
    for code, state, since_ms in STATES.every(connection, [(code,) for code in found]):
        found[code].append(State(state, since_ms))
    return found


def visits_of(connection: Connection, code: str) -> list[VisitOfDossier]:
    """The visits of a dossier, the first one first."""
    rows = connection.execute(VISITS_OF, {"code": code})
    return [VisitOfDossier(**{**row._mapping, "rated": bool(row.rated)}) for row in rows]


def count(connection: Connection) -> int:
    """How many dossiers are known."""
    return int(connection.execute(COUNT).scalar_one())


def newest(connection: Connection, organisation: str) -> date | None:
    """The last day on which this organisation received a dossier that is known; None if none is known."""
    found = connection.execute(NEWEST, {"organisation": organisation}).scalar_one()
    return date.fromisoformat(found) if found else None


def scanned(connection: Connection, office: str, first: date, last: date) -> dict[str, int]:
    """The dossiers that were scanned at this office from one day to another, and in how many visits."""
    values = {"office": office, "first": first.isoformat(), "last": last.isoformat()}
    return {row.code: int(row.visits) for row in connection.execute(SCANNED, values)}


def record_import(
    connection: Connection, file: str, person: str, rows: int, new: int, changed: int, now_ms: int
) -> None:
    """Remember that this person imported this file."""
    values = {"file": file, "person": person, "rows": rows, "new": new, "changed": changed, "imported_ms": now_ms}
    connection.execute(RECORD_IMPORT, values)


def chunks(codes: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(codes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def columns_of(dossier: Dossier) -> dict[str, Any]:
    days = {name: getattr(dossier, name) for name in DAYS}
    days = {name: None if day is None else day.isoformat() for name, day in days.items()}
    return {**dossier._asdict(), **days}


def dossier_of(row: Sequence[Any]) -> Dossier:
    code, whose, received, due, procedure, name, field, state, agency, finished, returned, more, channel, *_ = row
    return Dossier(
        code,
        whose,
        date.fromisoformat(received),
        date.fromisoformat(due) if due else None,
        procedure,
        name,
        field,
        state,
        agency,
        date.fromisoformat(finished) if finished else None,
        date.fromisoformat(returned) if returned else None,
        more,
        channel,
    )
