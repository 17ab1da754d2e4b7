"""Parts of the tree of units, read so that whoever asks them hears what the whole tree would say.

A unit's name, place and heirs hang on what ever stood above it and on who took over from it; who belongs to a unit, on
what ever stood below it and on whom these took over from. A country has 17,000 units, an office a dozen around it.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, TextClause, bindparam

from fleet.domain.org_tree import Heir, Node
from fleet.domain.responsible import prefixes
from fleet.store.rows import every, portions, sql
from fleet.store.units import counter_alone, node_of, office_alone


def of(statement: str) -> TextClause:
    """A statement about some ids."""
    return sql(statement).bindparams(bindparam("ids", expanding=True))


NODES = of("""
    SELECT id, valid_from, valid_to, kind, name, parent, codes, organisation, hotline FROM units WHERE id IN :ids""")
HEIRS = of("SELECT unit, heir, share FROM unit_heirs WHERE unit IN :ids ORDER BY unit, position")
CHILDREN = of("SELECT DISTINCT id FROM units WHERE parent IN :ids AND kind <> 'counter'")
PREDECESSORS = of("""
    SELECT unit AS id FROM unit_heirs WHERE heir IN :ids
    UNION SELECT id FROM offices WHERE successor IN :ids""")
# The second part reads all offices, which are a few thousand at most.
OFFICES = of("SELECT id, name, hotline, timezone, valid_from_ms, valid_to_ms, successor FROM offices WHERE id IN :ids")
COUNTERS = of("""
    SELECT c.id, c.office, c.name, o.timezone, o.valid_from_ms, o.valid_to_ms
    FROM counters c JOIN offices o ON o.id = c.office WHERE c.id IN :ids""")
WITH_CODE = of("SELECT DISTINCT unit AS id FROM unit_codes WHERE code IN :ids")


def around(connection: Connection, units: Iterable[str]) -> list[Node]:
    """These units with all that ever stood above them, their heirs, and what stood above those."""
    found: dict[str, list[Node]] = {}
    asked = set(units)
    while asked:
        nodes = whole(connection, asked)
        found |= {unit: [] for unit in sorted(asked)}
        for node in nodes:
            found[node.id].append(node)
        named = {node.parent for node in nodes} | {heir.id for node in nodes for heir in node.heirs}
        asked = {unit for unit in named if unit is not None} - found.keys()
    return [node for nodes in found.values() for node in nodes]


def belonging(connection: Connection, unit: str) -> list[Node]:
    """A unit with all that ever stood below it, and that these took over from; without counters."""
    below = closure(connection, CHILDREN, {unit})
    return around(connection, closure(connection, PREDECESSORS, below))


def meant_by(connection: Connection, identifiers: Iterable[str]) -> set[str]:
    """The units that may be meant by these identifiers of organisations, as they stand in codes of dossiers."""
    return led_to(connection, WITH_CODE, {key for one in identifiers for key in prefixes(one)})


def whole(connection: Connection, units: Collection[str]) -> list[Node]:
    """All nodes of these units; offices and counters that no file has named stand alone."""
    nodes: list[Node] = []
    for some in portions(units):
        heirs: dict[str, list[Heir]] = {}
        for row in every(connection, HEIRS, ids=some):
            heirs.setdefault(row.unit, []).append(Heir(row.heir, row.share))
        rows = every(connection, NODES, ids=some)
        last: dict[str, str] = {}
        for row in rows:
            last[row.id] = max(row.valid_from, last.get(row.id, ""))
        nodes += [node_of(row, heirs.get(row.id, []) if row.valid_from == last[row.id] else []) for row in rows]
        alone = [unit for unit in some if unit not in last]
        if alone:
            nodes += [office_alone(row) for row in every(connection, OFFICES, ids=alone)]
            nodes += [counter_alone(row) for row in every(connection, COUNTERS, ids=alone)]
    return nodes


def closure(connection: Connection, statement: TextClause, units: set[str]) -> set[str]:
    """These units, and what the statement leads to from them, again and again."""
    found, asked = set(units), set(units)
    while asked:
        asked = led_to(connection, statement, asked) - found
        found |= asked
    return found


def led_to(connection: Connection, statement: TextClause, asked: Iterable[str]) -> set[str]:
    """The units that the statement finds."""
    return {row.id for some in portions(asked) for row in every(connection, statement, ids=some)}
