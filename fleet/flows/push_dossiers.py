"""The provincial system pushes its dossiers, one or many: the same whitelist and checks as for a file of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.cells import Refused
from fleet.domain.columns import Cell
from fleet.domain.dossier import Dossier, read_dossier
from fleet.domain.dossier_course import Purpose, State, Warned, purpose, supplements, warnings
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import dossiers, ledger
from fleet.store.database import Store
from fleet.store.dossiers import VisitOfDossier

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


class NoSuchDossier(LookupError):
    """The mirror has no dossier of this code."""


class Stale(Exception):
    """The dossier is not what the caller thought it was."""


class Course(NamedTuple):
    """A dossier and how far it has come."""

    dossier: Dossier
    states: tuple[State, ...]
    supplements: int
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class Pushed:
    """What became of a dossier that was pushed: its code and one of the words above, or why it was refused."""

    code: str
    result: str
    refused: Refused | None = None


def push(connection: Connection, pushed: Sequence[Mapping[str, Cell]], now_ms: int) -> list[Pushed]:
    """Take these dossiers, each for itself: a bad one keeps no other from being taken. The last of one code holds."""
    today = day_in_viet_nam(now_ms)
    read = [read_one(cells, today) for cells in pushed]
    good = {one.code: one for one in read if isinstance(one, Dossier)}
    known = dossiers.dossiers_by_code(connection, good)
    dossiers.save_dossiers(connection, list(good.values()), now_ms)
    ledger.note(connection, What.DOSSIER_PUSH, became={"taken": len(good), "refused": len(read) - len(good)})
    return [
        Pushed(one.code, result_of(known.get(one.code), good[one.code]))
        if isinstance(one, Dossier)
        else Pushed("", "refused", one)
        for one in read
    ]


def read_one(cells: Mapping[str, Cell], today: date) -> Dossier | Refused:
    """A dossier, or why it is none."""
    try:
        return read_dossier(dict(cells), today)
    except Refused as refused:
        return refused


def result_of(before: Dossier | None, now: Dossier) -> str:
    """What pushing it did."""
    if before is None:
        return CREATED
    return UNCHANGED if before == now else UPDATED


def courses(connection: Connection, found: Sequence[Dossier], today: date) -> list[Course]:
    """How far these dossiers have come."""
    states = dossiers.states_of(connection, [one.code for one in found])
    result = []
    for one in found:
        its = states[one.code]
        asked = supplements(one, its)
        result.append(Course(one, tuple(its), asked, warnings(one, asked, today)))
    return result


def course_in(connection: Connection, code: str, now_ms: int) -> Course | None:
    """A dossier and how far it has come; None if there is none."""
    found = dossiers.dossiers_by_code(connection, [code]).get(code)
    return None if found is None else courses(connection, [found], day_in_viet_nam(now_ms))[0]


def course_of(store: Store, code: str, now_ms: int) -> Course:
    """A dossier and how far it has come. Raises NoSuchDossier."""
    with store.reading() as connection:
        found = course_in(connection, code, now_ms)
    if found is None:
        raise NoSuchDossier
    return found


def changed(
    store: Store, since_ms: int, after: tuple[int, str], most: int, now_ms: int
) -> list[tuple[Course, int, int]]:
    """(dossier, number of the change, when) of what changed since then, after this place, in the order of changes."""
    with store.reading() as connection:
        rows = dossiers.changed_since(connection, since_ms, after, most)
        found = courses(connection, [dossier for dossier, _, _ in rows], day_in_viet_nam(now_ms))
    return [(course, change, ms) for course, (_, change, ms) in zip(found, rows, strict=True)]


def visits_of(store: Store, concerns: Callable[[str], bool], code: str) -> list[tuple[VisitOfDossier, Purpose]]:
    """The visits of a dossier at the offices that concern the caller, the first one first, and what each was for.

    Raises NoSuchDossier.
    """
    with store.reading() as connection:
        found = dossiers.dossiers_by_code(connection, [code]).get(code)
        states = dossiers.states_of(connection, [code]).get(code, [])
        rows = dossiers.visits_of(connection, code)
    if found is None and not rows:
        raise NoSuchDossier
    seen = [one for one in rows if concerns(one.office)]
    if found is None:
        return [(one, Purpose.OTHER) for one in seen]
    return [(one, purpose(found, states, date.fromisoformat(one.day), one.called_ms)) for one in seen]
