"""Who is responsible for what an office received: to receive is one thing, to be responsible another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain.org_tree import Tree
from fleet.domain.responsible import Organisations, Responsible
from fleet.flows.import_dossiers import day_in_viet_nam
from fleet.store import dossiers, tree_parts
from fleet.store.database import Store
from protocols.dossier_code import DossierCode, parse_dossier_code
from protocols.message import ProtocolError


@dataclass(frozen=True)
class Received:
    """The dossiers of one organisation that an office received, and in how many visits they were scanned.

    `organisation` None: nobody knows whose they are. `foreign` None: it is not certain
    whether they are the office's own.
    """

    organisation: str | None
    name: str
    dossiers: int
    visits: int
    foreign: bool | None


def received(store: Store, office: str, first: date, last: date, today: date) -> list[Received]:
    """What an office received from one day to another, by who is responsible today; the most first."""
    with store.reading() as connection:
        scanned = dossiers.scanned(connection, office, first, last)
        organisations = organisations_of(connection, scanned, office)
    tree = organisations.tree
    found: dict[str | None, Received] = {}
    for code, visits in scanned.items():
        responsible = whose(organisations, code, today)
        unit = heir_of(responsible)
        node = None if unit is None else tree.at(unit, today) or tree.units[unit][-1]
        foreign = None if responsible is None else organisations.is_foreign(responsible, office, today)
        before = found.get(unit, Received(unit, node.name if node else "", 0, 0, foreign))
        foreign = foreign if before.foreign == foreign else None
        found[unit] = Received(unit, before.name, before.dossiers + 1, before.visits + visits, foreign)
    return sorted(found.values(), key=lambda one: (-one.dossiers, one.organisation or ""))


def organisations_of(connection: Connection, codes: Iterable[str], office: str) -> Organisations:
    """As much of the tree as can be asked about the dossiers of these codes at this office."""
    return organisations_named(connection, {read.organisation for read in map(read_code, codes) if read}, office)


def organisations_named(connection: Connection, identifiers: Iterable[str], unit: str) -> Organisations:
    """As much of the tree as can be asked about dossiers with these identifiers of organisations, and this unit."""
    wanted = tree_parts.meant_by(connection, identifiers) | {unit}
    return Organisations(Tree(tree_parts.around(connection, wanted)))


def whose(organisations: Organisations, code: str, today: date) -> Responsible | None:
    """Who is responsible for the dossier of this code; None for a code that is none, too."""
    read = read_code(code)
    return None if read is None else organisations.of(read, today)


def is_its(store: Store, code: str, office: str, now_ms: int) -> bool:
    """Whether this office's organisation is certainly responsible for the dossier of this code today."""
    today = day_in_viet_nam(now_ms)
    with store.reading() as connection:
        organisations = organisations_of(connection, [code], office)
    responsible = whose(organisations, code, today)
    return responsible is not None and organisations.is_foreign(responsible, office, today) is False


def read_code(code: str) -> DossierCode | None:
    """What a code says; None if it is none."""
    try:
        return parse_dossier_code(code)
    except ProtocolError:
        return None


def heir_of(responsible: Responsible | None) -> str | None:
    """The organisation of today, where it is one; else the one that the code names."""
    if responsible is None:
        return None
    return next(iter(responsible.today)) if len(responsible.today) == 1 else responsible.organisation
