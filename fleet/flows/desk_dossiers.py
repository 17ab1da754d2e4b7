"""What a clerk is told of the dossiers of a visit, while their owner still stands there."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.desk_now import DossierAt
from fleet.domain.dossier_course import is_done, is_over
from fleet.domain.responsible import Organisations
from fleet.flows.push_dossiers import Course, courses
from fleet.flows.responsible import organisations_of, whose
from fleet.store import dossiers


def dossiers_at(connection: Connection, office: str, codes: Sequence[str], today: date) -> tuple[DossierAt, ...]:
    """The dossiers of these codes, in this order, with what is to be heeded of each."""
    if not codes:
        return ()
    known = dossiers.dossiers_by_code(connection, codes)
    found = {one.dossier.code: one for one in courses(connection, list(known.values()), today)}
    organisations = organisations_of(connection, codes, office)
    return tuple(dossier_at(code, found.get(code), foreign(organisations, code, office, today)) for code in codes)


def dossier_at(code: str, course: Course | None, whose_else: str | None) -> DossierAt:
    """One dossier as a clerk sees it."""
    if course is None:
        return DossierAt(code, foreign=whose_else)
    one = course.dossier
    return DossierAt(
        code=code,
        known=True,
        procedure=one.procedure_name or one.field,
        state=one.state,
        due_on=one.due_on,
        asked=course.supplements,
        warned=course.warnings,
        foreign=whose_else,
        ready=is_done(one) and not is_over(one),
    )


def foreign(organisations: Organisations, code: str, office: str, today: date) -> str | None:
    """The name of whose the dossier is, if it is certainly not of this office."""
    responsible = whose(organisations, code, today)
    if responsible is None or not organisations.is_foreign(responsible, office, today):
        return None
    unit = next(iter(responsible.today), responsible.organisation)
    node = organisations.tree.at(unit, today)
    return responsible.prefix if node is None else node.name
