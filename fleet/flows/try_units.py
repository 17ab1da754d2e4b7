"""What a file of units would change is seen before it does."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.org_table import UNITS, read_node, row_of, rows_of_tree
from fleet.domain.org_tree import Node, Tree
from fleet.domain.seen import mark_of
from fleet.domain.table import read_lines
from fleet.flows.spreadsheets import rows_of
from fleet.flows.units import UNITS_AT_MOST, UnitsImported, by_unit, take_over
from fleet.store import units
from fleet.store.database import Store

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class UnitChange:
    """A unit that would be new (`before` is empty), another, or gone (`after` is empty): its rows, in time."""

    id: str
    name: str
    before: tuple[Node, ...]
    after: tuple[Node, ...]

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """The cells that differ, of a unit with as many rows as before: (column, before, after)."""
        if len(self.before) != len(self.after):
            return []
        pairs = [pair for old, new in zip(self.before, self.after, strict=True) for pair in zip_rows(old, new)]
        return [(column, old, new) for column, old, new in pairs if old != new]


@dataclass(frozen=True)
class UnitsTried:
    """What a file would do: in units, each change (the first ones), and the mark of the tree that it was tried on."""

    result: UnitsImported
    changes: tuple[UnitChange, ...]
    more: int
    seen: str


class Undone(Exception):
    """It was only tried."""


def try_units(
    store: Store, file: str, content: bytes, now_ms: int, encoding: str | None = None, whole: bool = False
) -> UnitsTried:
    """Take a file over and back. Raises BadFile as the import does."""
    lines = read_lines(rows_of(content, encoding, UNITS), UNITS, read_node, UNITS_AT_MOST)
    tried: list[UnitsTried] = []
    try:
        with store.writing() as connection:
            tried.append(try_in(connection, file, lines, now_ms, whole))
            raise Undone
    except Undone:
        return tried[0]


def try_in(connection: Connection, file: str, lines: list[tuple[int, Node]], now_ms: int, whole: bool) -> UnitsTried:
    nodes = units.nodes(connection)
    seen, before = mark_of(rows_of_tree(Tree(nodes))), by_unit(nodes)
    result = take_over(connection, file, lines, now_ms, whole)
    after = by_unit(units.nodes(connection))
    named = {node.id: None for _, node in lines} | dict.fromkeys(before)
    differing = [unit for unit in named if before.get(unit) != after.get(unit)]
    changes = []
    for unit in differing[:SHOWN_AT_MOST]:
        old, new = tuple(before.get(unit, ())), tuple(after.get(unit, ()))
        changes.append(UnitChange(unit, (new or old)[-1].name, old, new))
    return UnitsTried(result, tuple(changes), len(differing) - len(changes), seen)


def zip_rows(old: Node, new: Node) -> list[tuple[str, str, str]]:
    """The cells of two rows side by side."""
    return list(zip([UNITS.name(column) for column in UNITS.names], row_of(old), row_of(new), strict=True))
