"""Offices are found by their names, their ids, or the name of what stands above them."""

from dataclasses import dataclass
from datetime import date

from fleet.domain.org_tree import Tree
from fleet.domain.procedure_search import plain, words_of
from fleet.store import places, tree_parts
from fleet.store.database import Store

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class OfficesFound:
    """Offices as (id, name) by the names of what stands above them today; `matching` of `offices` in all."""

    by_unit: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    matching: int
    offices: int

    @property
    def are_all_shown(self) -> bool:
        """Whether none is left out for want of room."""
        return self.matching <= SHOWN_AT_MOST


def find_offices(store: Store, wanted: str, today: date) -> OfficesFound:
    """The offices of which some word begins with each word of `wanted`, accents or not; all where nothing is wanted."""
    wanted_words = [plain(word) for word in words_of(wanted)]
    with store.reading() as connection:
        every = [(one.id, one.name) for one in places.offices(connection)]
        tree = Tree(tree_parts.around(connection, [office for office, _ in every]))
    matching: list[tuple[str, str, str]] = []
    for office, name in every:
        above = " · ".join(node.name for node in reversed(tree.path(office, today)[1:]))
        words = [plain(word) for word in words_of(f"{office} {name} {above}")]
        if all(any(word.startswith(begun) for word in words) for begun in wanted_words):
            matching.append((above, office, name))
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for above, office, name in sorted(matching, key=lambda one: (one[0], one[2]))[:SHOWN_AT_MOST]:
        by_unit.setdefault(above, []).append((office, name))
    shown = tuple((above, tuple(offices)) for above, offices in by_unit.items())
    return OfficesFound(shown, len(matching), len(every))
