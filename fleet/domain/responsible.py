"""Which organisation a dossier's code belongs to: the longest known prefix that was valid on the day in the code.

Identifiers are read from the most general group on. In the newer order that is the first one (`H29.27.05`), in the
older order the last one (`000.05.27.H29`), whose leading groups of zeros say nothing. The numbers of the two orders are
not the same, so a prefix of one is none of the other; a letter group alone (`H29`) is a province or ministry in both.
"""

from dataclasses import dataclass
from datetime import date

from fleet.domain.org_tree import Kind, Tree
from fleet.domain.succession import Share, heirs_on
from protocols.dossier_code import DossierCode, letter_comes_first

NEWER, OLDER = ".", "/"


@dataclass(frozen=True)
class Responsible:
    """The organisation that a code names, by how much of the code, and who it is on the day of asking."""

    organisation: str
    prefix: str
    today: dict[str, Share]


class Organisations:
    """All organisations by their identifiers; made once of a tree, asked often."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.by_key: dict[str, list[tuple[str, date, date | None]]] = {}
        for node in tree:
            if node.kind == Kind.ORGANISATION:
                for code in node.codes:
                    held = (node.id, node.valid_from, node.valid_to)
                    self.by_key.setdefault(prefixes(code)[0], []).append(held)

    def of(self, code: DossierCode, today: date) -> Responsible | None:
        """Who is responsible for this dossier; None if no organisation of that day is known."""
        day = date(*code.received)
        for prefix in prefixes(code.organisation):
            for unit, since, until in self.by_key.get(prefix, ()):
                if since <= day and (until is None or day < until):
                    return Responsible(unit, as_written(prefix), heirs_on(self.tree, unit, today))
        return None

    def is_foreign(self, responsible: Responsible, office: str, day: date) -> bool | None:
        """Whether a dossier was received by a place of somebody else; None if that is not certain."""
        own = self.tree.organisation(office, day)
        ours = {own in {node.id for node in self.tree.path(unit, day)} for unit in responsible.today}
        return None if own is None or len(ours) != 1 else ours == {False}


def prefixes(identifier: str) -> list[str]:
    """The identifier and what is above it, the longest first, in a form that tells the orders apart."""
    groups = identifier.split(".")
    if len(groups) > 1 and groups[0].isalpha():
        groups = groups[1:]  # the treasury's T.
    order = NEWER if letter_comes_first(identifier) else OLDER
    if order == OLDER:
        groups.reverse()
    while len(groups) > 1 and not groups[-1].strip("0"):
        groups.pop()
    return [order.join(groups[:n]) for n in range(len(groups), 0, -1)]


def as_written(prefix: str) -> str:
    """A prefix in the order that stands on paper: `H29/27` is `27.H29`."""
    return ".".join(reversed(prefix.split(OLDER))) if OLDER in prefix else prefix
