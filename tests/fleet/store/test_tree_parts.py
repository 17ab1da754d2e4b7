"""Parts of the tree say what the whole tree says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.org_tree import Heir, Kind, Node, Tree
from fleet.domain.responsible import Organisations
from fleet.domain.succession import heirs_on
from fleet.domain.waits import offices_of
from fleet.flows import official
from fleet.flows.responsible import organisations_of, whose
from fleet.flows.tokens import offices_below
from fleet.store import places, tables, tree_parts, units
from fleet.store.database import Store
from fleet.store.places import CounterRow, OfficeRow
from tests.examples import examples
from tests.fleet.domain.histories import History, histories
from tests.fleet.office import NINE

EXAMPLES = examples(20)
CODES = ("H29.27", "000.27.H29", "H29", "T.H30.01", "000.00.31.H29")
ASKED = ("H29.27.05-261008-0001", "000.05.27.H29-250301-0001", "H30.01-210101-1", "000.31.H29-200301-0001", "none")


@pytest.fixture(scope="module")
def empty() -> Store:
    """Tables that take one tree after another."""
    store = Store("sqlite://")
    tables.load().metadata.create_all(store.engine)
    return store


@st.composite
def towns(draw: st.DrawFn) -> tuple[History, list[Node]]:
    """A history whose offices end with heirs too, beside organisations that took over from one another."""
    history = draw(histories())
    nodes = history.nodes
    organisations = []
    for n in range(draw(st.integers(0, 4))):
        began = date.min if n == 0 else date(2020, 1, 1) + timedelta(days=200 * n)
        ended = draw(st.sampled_from([None, began.replace(year=2023)]))
        # As the rules want it, an heir lives on: of two that end the later one, so that nobody inherits from himself.
        heirs = (Heir(f"organisation-{draw(st.integers(n + 1, n + 4))}"),) if ended and draw(st.booleans()) else ()
        codes = (draw(st.sampled_from(CODES)),)
        parent = draw(st.sampled_from([None, f"organisation-{n - 1}" if n else None]))
        organisations.append(
            Node(f"organisation-{n}", Kind.ORGANISATION, str(n), parent, began, ended, heirs=heirs, codes=codes)
        )
    known = {node.id for node in organisations}
    organisations = [replace(one, heirs=tuple(heir for heir in one.heirs if heir.id in known)) for one in organisations]
    offices = sorted({node.id for node in nodes if node.kind in (Kind.OFFICE, Kind.CENTRE)})
    ends = {one: max(node.valid_to or date.max for node in nodes if node.id == one) for one in offices}
    placed = []
    for node in nodes:
        if node.kind == Kind.OFFICE and known and draw(st.booleans()):
            node = replace(node, organisation=draw(st.sampled_from(sorted(known))))
        lasting = [one for one in offices if node.valid_to and ends[one] > node.valid_to]
        if node.kind == Kind.OFFICE and lasting and draw(st.booleans()):
            node = replace(node, heirs=(Heir(draw(st.sampled_from(lasting))),))
        placed.append(node)
    return history, placed + organisations


@settings(max_examples=EXAMPLES, deadline=None)
@given(towns())
def test_a_part_says_what_the_tree_says(empty: Store, town: tuple[History, list[Node]]) -> None:
    history, nodes = town
    with empty.writing() as connection:
        units.forget(connection, units.written(connection))
        units.save(connection, nodes)
    with empty.reading() as connection:
        whole = Tree(units.nodes(connection))
        days = sorted(history.seen)
        for unit in whole.units:
            up = Tree(tree_parts.around(connection, [unit]))
            down = Tree(tree_parts.belonging(connection, unit))
            assert down.units.keys() <= whole.units.keys() and tree_parts.whole(connection, [unit]) == whole.units[unit]
            for day in days:
                for part in (up, down):
                    assert part.path(unit, day) == whole.path(unit, day)
                    assert heirs_on(part, unit, day) == heirs_on(whole, unit, day)
                    assert part.organisation(unit, day) == whole.organisation(unit, day)
                assert offices_of(down, unit, day) == offices_of(whole, unit, day)
                assert official.offices_of(down, unit, day) == official.offices_of(whole, unit, day)
        all_of_them = Organisations(whole)
        office = next((node.id for node in nodes if node.kind == Kind.OFFICE), "nowhere")
        for code in ASKED:
            some = organisations_of(connection, [code], office)
            for day in days:
                found = whose(some, code, day)
                assert found == whose(all_of_them, code, day)
                if found is not None:
                    assert some.is_foreign(found, office, day) == all_of_them.is_foreign(found, office, day)


def test_offices_that_no_file_has_named_stand_alone(empty_store: Store) -> None:
    store = empty_store
    with store.writing() as connection:
        for office in ("a", "b"):
            places.save_office(connection, OfficeRow(office, office.upper(), "1022"), 0)
        places.save_counter(connection, CounterRow("a-1", "a", "Quầy 1", 0), [])
        units.save_office(connection, Node("a", Kind.OFFICE, "A"), "1022", date.min, date(2025, 7, 1))
        units.set_successor(connection, "a", "b")
    with store.reading() as connection:
        whole = Tree(units.nodes(connection))
        assert {node.id for node in tree_parts.belonging(connection, "b")} == {"a", "b"}
        assert set(tree_parts.around(connection, ["a-1", "nowhere"])) == set(whole)
        assert offices_below(connection, "b", NINE) == {"b"} and not offices_below(connection, "a", NINE)
