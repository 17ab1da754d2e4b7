"""Which dossiers of an office are due today or overdue: counted for all offices together, every few minutes.

A dossier is its organisation's, wherever it was handed in, as in the official indicators; where the tree names no
organisation of an office, what was scanned at its counters stands in.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.dossier import Dossier
from fleet.domain.dossier_course import is_done, is_over
from fleet.domain.org_tree import Tree
from fleet.domain.responsible import Organisations
from fleet.flows.responsible import heir_of, whose
from fleet.store import dossiers, units

COUNTED_FOR_MS = 300_000


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
            self.read(connection, today)
            self.made = (today, now_ms)
        own = self.tree.organisation(office, today)
        if own is None:
            scanned = dossiers.scanned(connection, office, date.min, today)
            return counted([one for one in self.due if one.code in scanned], today)
        below = {
            heir
            for heir in set(self.heirs.values())
            if heir is not None and (heir == own or any(node.id == own for node in self.tree.path(heir, today)))
        }
        return counted([one for one in self.due if self.heirs[one.code] in below], today)

    def read(self, connection: Connection, today: date) -> None:
        """Read what is due, and whose it is."""
        self.tree = Tree(units.nodes(connection))
        organisations = Organisations(self.tree)
        found = dossiers.due_by(connection, today)
        self.due = [one for one in found if not is_over(one) and not is_done(one)]
        self.heirs = {one.code: heir_of(whose(organisations, one.code, today)) for one in self.due}


def counted(due: Sequence[Dossier], today: date) -> tuple[int, int]:
    """Those of today, and those of before."""
    of_today = sum(one.due_on == today for one in due)
    return of_today, len(due) - of_today
