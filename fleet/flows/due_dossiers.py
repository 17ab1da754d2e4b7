"""Which dossiers of an office are due or overdue: counted for all offices together, every few minutes; and listed.

A dossier is its organisation's, wherever it was handed in, as in the official indicators; where the tree names no
organisation of an office, what was scanned at its counters stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import is_done, is_over
from fleet.domain.org_tree import Tree
from fleet.domain.responsible import Organisations
from fleet.flows.push_dossiers import Course, courses
from fleet.flows.responsible import heir_of, whose
from fleet.store import dossiers, units
from fleet.store.database import Store

COUNTED_FOR_MS = 300_000
COMING_DAYS = 7
PAGE = 50


class Term(StrEnum):
    """When a dossier is due, seen from today."""

    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"


@dataclass(frozen=True)
class DueAt:
    """A page, from 1 to the `last`, of an office's open dossiers, the longest due first; how many of each term."""

    counts: dict[Term, int]
    courses: tuple[Course, ...]
    page: int
    last: int


class DueDossiers:
    """Remembers for some minutes what is due."""

    def __init__(self) -> None:
        self.made: tuple[date, int] | None = None
        self.tree = Tree(())
        self.due: list[Dossier] = []
        self.heirs: dict[str, str | None] = {}

    def of(self, connection: Connection, office: str, today: date, now_ms: int) -> tuple[int, int]:
        """How many dossiers of this office are due today, and how many overdue."""
        if self.made is None or self.made[0] != today or not 0 <= now_ms - self.made[1] < COUNTED_FOR_MS:
            self.read(connection, today, today)
            self.made = (today, now_ms)
        return counted(self.theirs(connection, office, today), today)

    def theirs(self, connection: Connection, office: str, today: date) -> list[Dossier]:
        """Those of this office among what was read."""
        own = self.tree.organisation(office, today)
        if own is None:
            scanned = dossiers.scanned(connection, office, date.min, today)
            return [one for one in self.due if one.code in scanned]
        below = {
            heir
            for heir in set(self.heirs.values())
            if heir is not None and (heir == own or any(node.id == own for node in self.tree.path(heir, today)))
        }
        return [one for one in self.due if self.heirs[one.code] in below]

    def read(self, connection: Connection, until: date, today: date) -> None:
        """Read what is due until then, and whose it is today."""
        self.tree = Tree(units.nodes(connection))
        organisations = Organisations(self.tree)
        found = dossiers.due_by(connection, until)
        self.due = [one for one in found if not is_over(one) and not is_done(one)]
        self.heirs = {one.code: heir_of(whose(organisations, one.code, today)) for one in self.due}


def counted(due: Sequence[Dossier], today: date) -> tuple[int, int]:
    """Those of today, and those of before."""
    of_today = sum(one.due_on == today for one in due)
    return of_today, len(due) - of_today


def due_at(store: Store, office: str, when: Term, page: int, today: date) -> DueAt:
    """What is due so at this office; a page beyond the last one is the last one."""
    read = DueDossiers()
    with store.reading() as connection:
        read.read(connection, today + timedelta(days=COMING_DAYS), today)
        so: dict[Term, list[Dossier]] = {one: [] for one in Term}
        for dossier in read.theirs(connection, office, today):
            so[when_due(dossier, today)].append(dossier)
        last = max(1, -(-len(so[when]) // PAGE))
        page = min(page, last)
        shown = sorted(so[when], key=lambda one: (one.due_on or today, one.code))[(page - 1) * PAGE : page * PAGE]
        found = tuple(courses(connection, shown, today))
    return DueAt({one: len(those) for one, those in so.items()}, found, page, last)


def when_due(dossier: Dossier, today: date) -> Term:
    """Which list this dossier, which has a due day, stands on."""
    if dossier.due_on == today:
        return Term.TODAY
    return Term.OVERDUE if dossier.due_on is not None and dossier.due_on < today else Term.COMING
