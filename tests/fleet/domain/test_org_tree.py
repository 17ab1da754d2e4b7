"""The tree of units in time: on each day one tree, whatever happened."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.file_errors import ALL_EXPECTED, BadFile, said
from fleet.domain.org_rules import wrong_with
from fleet.domain.org_sentences import ORG_EXPECTED
from fleet.domain.org_table import UNITS, read_node, rows_of_tree
from fleet.domain.org_tree import Heir, Kind, Node, Tree
from fleet.domain.succession import comparable, estimate, heirs_on, made_of
from fleet.domain.table import read_lines
from tests.fleet.domain.histories import History, histories

CHANGE = date(2025, 7, 1)
HEADINGS = [UNITS.name(column) for column in UNITS.names]
COLUMN = {column: place for place, column in enumerate(UNITS.names)}


@settings(deadline=None)
@given(histories())
def test_every_day_has_one_tree(history: History) -> None:
    assert wrong_with([(row, node) for row, node in enumerate(history.nodes, start=2)]) == []
    tree = Tree(history.nodes)
    for day, living in history.seen.items():
        shown = {node.id: node for nodes in tree.below(day).values() for node in nodes}
        assert {unit: (node.parent, node.name) for unit, node in shown.items()} == {
            unit: (node.parent, node.name) for unit, node in living.items()
        }
        for unit in shown:
            path = tree.path(unit, day)
            assert path[-1].kind == Kind.PROVINCE and len({node.id for node in path}) == len(path)
            assert tree.hotline(unit, day) == "1022"


@settings(deadline=None)
@given(histories(), st.randoms())
def test_what_is_written_reads_back_in_any_order_of_rows(history: History, chance: Random) -> None:
    headings, *rows = rows_of_tree(Tree(history.nodes))
    chance.shuffle(rows)
    read = [node for _, node in read_lines([headings, *rows], UNITS, read_node, 1000)]
    assert set(read) == set(history.nodes) and len(read) == len(history.nodes)
    assert rows_of_tree(Tree(read)) == rows_of_tree(Tree(history.nodes))


@settings(deadline=None)
@given(histories())
def test_forward_and_back_tell_the_same_shares(history: History) -> None:
    tree = Tree(history.nodes)
    days = sorted(history.seen)
    for before in days:
        for after in days[days.index(before) :]:
            then, now = history.seen[before], history.seen[after]
            forward = {unit: heirs_on(tree, unit, after) for unit in then}
            back = {unit: made_of(tree, unit, before, after) for unit in now}
            for old in then:
                for new in now:
                    assert forward[old].get(new, "none") == back[new].get(old, "none"), (old, new, before, after)
            for unit, shares in forward.items():
                known = [share for share in shares.values() if share is not None]
                assert sum(known, Fraction()) <= 1
                if unit in now:
                    assert shares == {unit: 1}


@settings(deadline=None)
@given(histories(), st.data())
def test_groups_that_compare_share_nobody_and_their_sums_are_kept(history: History, data: st.DataObject) -> None:
    tree = Tree(history.nodes)
    days = sorted(history.seen)
    before, after = days[0], days[-1]
    groups = comparable(tree, [Kind.CENTRE], before, after)
    then = [unit for group in groups for unit in group.before]
    now = [unit for group in groups for unit in group.after]
    centres = {unit for unit, node in history.seen[before].items() if node.kind == Kind.CENTRE}
    assert len(then) == len(set(then)) and set(then) == centres
    assert len(now) == len(set(now)) and {u for u, n in history.seen[after].items() if n.kind == Kind.CENTRE} == set(
        now
    )
    counts = {unit: data.draw(st.integers(0, 1000)) for unit in then}
    for group in groups:
        bounds = [estimate(made_of(tree, unit, before, after), counts) for unit in group.after]
        least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
        whole = sum(counts[unit] for unit in group.before)
        kept = all(sum(s or 0 for s in heirs_on(tree, unit, after).values()) == 1 for unit in group.before)
        assert least <= whole
        if group.shares_known and kept:
            assert least == whole == most


def merged() -> Tree:
    """A is kept, B goes to A (larger since) and C; nobody knows how much of D went to C and E."""
    before, after = {"valid_to": CHANGE}, {"valid_from": CHANGE}
    return Tree(
        [
            Node("p", Kind.PROVINCE, "P"),
            Node("a", Kind.CENTRE, "A", "p", **before),
            Node("a", Kind.CENTRE, "A", "p", **after),
            Node("b", Kind.CENTRE, "B", "p", heirs=(Heir("a", 2500), Heir("c")), **before),
            Node("d", Kind.CENTRE, "D", "p", heirs=(Heir("c"), Heir("e")), **before),
            *(Node(unit, Kind.CENTRE, unit.upper(), "p", **after) for unit in ("c", "e")),
        ]
    )


def test_what_is_known_of_a_merger_and_what_is_not() -> None:
    tree, before = merged(), CHANGE - timedelta(days=1)
    assert made_of(tree, "a", before, CHANGE) == {"a": 1, "b": Fraction(1, 4)}
    assert made_of(tree, "c", before, CHANGE) == {"b": Fraction(3, 4), "d": None}
    assert heirs_on(tree, "d", CHANGE) == {"c": None, "e": None}
    assert heirs_on(tree, "d", before) == {"d": 1}
    assert estimate(made_of(tree, "a", before, CHANGE), {"a": 100, "b": 40}) == (110, 110)
    assert estimate(made_of(tree, "c", before, CHANGE), {"b": 40, "d": 10}) == (30, 40)
    groups = [(one.before, one.after, one.shares_known) for one in comparable(tree, [Kind.CENTRE], before, CHANGE)]
    assert groups == [(("a", "b", "d"), ("a", "c", "e"), False)]


GOOD = [
    ["hcm", "tỉnh", "TP Hồ Chí Minh", "", "", "", "", "", "", "1022"],
    ["q1", "huyện", "Quận 1", "hcm", "", "01/07/2025", "sg", "", "", ""],
    ["sg", "trung tâm", "Sài Gòn", "hcm", "01/07/2025", "", "", "", "ub", ""],
    ["bn", "điểm tiếp nhận", "Bến Nghé", "sg", "01/07/2025", "", "", "", "", ""],
    ["q-1", "quầy", "Quầy 1", "bn", "01/07/2025", "", "", "", "", ""],
    ["ub", "cơ quan", "UBND", "hcm", "", "", "", "H29.27 000.00.27.H29", "", ""],
]


def problems(rows: list[list[str]]) -> list[str]:
    try:
        lines = read_lines([HEADINGS, *rows], UNITS, read_node, 1000)
    except BadFile as err:
        assert len(err.said("vi")) == len(err.said("en"))
        return err.said("en")
    errors = wrong_with(lines)
    for one in errors:
        assert said(one, "vi").startswith(f"Dòng {one.row}, cột “") and "; cần " in said(one, "vi")
    return [said(one, "en") for one in errors]


def cell(row: int, column: str, text: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[row - 2][COLUMN[column]] = text

    return change


def more(*rows: list[str]) -> Callable[[list[list[str]]], None]:
    return lambda table: table.extend(list(row) for row in rows)


def test_the_good_table_is_good() -> None:
    assert problems([list(row) for row in GOOD]) == []


CIRCLE = more(
    ["x", "cơ quan", "X", "y", *[""] * 6], ["y", "cơ quan", "Y", "z", *[""] * 6], ["z", "cơ quan", "Z", "x", *[""] * 6]
)
AGAIN = ["sg", "trung tâm", "Sài Gòn 2", "hcm", "01/01/2026", *[""] * 5]


@pytest.mark.parametrize(
    ("change", "row", "words"),
    [
        (CIRCLE, 10, "stand below itself"),
        (cell(4, "parent", "sg"), 4, "stand below itself (sg → sg)"),
        (more(AGAIN), 8, "does not overlap that of row 4 (sg)"),
        (more([*GOOD[2]]), 8, "begins once on a day; it stands in row 4 (sg), too"),
        (more(["sg", "chi nhánh", *AGAIN[2:]]), 8, "the kind “trung tâm”"),
        (cell(4, "parent", "hcmc"), 4, "found “hcmc”; expected the id of a unit in this file"),
        (cell(5, "valid_from", ""), 5, "a unit that is valid since ever, as this row is (its “Hiệu lực từ” is empty)"),
        (cell(5, "parent", "q1"), 5, "valid all the time of this row (it is not on 01/07/2025)"),
        (cell(4, "valid_to", "01/01/2026"), 5, "it is not on 01/01/2026"),
        (cell(6, "parent", "sg"), 6, "of one of these kinds: điểm tiếp nhận"),
        (cell(4, "parent", ""), 4, "found nothing; expected a unit above it of one of these kinds: tỉnh, huyện"),
        (cell(3, "heirs", "sg2"), 3, "found “sg2”"),
        (
            cell(3, "valid_to", "01/08/2025"),
            3,
            "found “sg (01/07/2025)”; expected a successor that begins on 01/08/2025",
        ),
        (cell(3, "heirs", "ub"), 3, "a successor of the kind “huyện”"),
        (cell(3, "valid_to", ""), 3, "a last day in a row that has successors"),
        (cell(3, "heirs", "sg=60%"), 3, "found “60%”; expected shares that make 100%"),
        (cell(3, "heirs", "sg=100%; bn"), 3, "less than 100%"),
        (cell(3, "heirs", "sg; sg"), 3, "each successor once"),
        (cell(3, "heirs", "Sài Gòn"), 3, "ids of units between semicolons"),
        (more(["q1", "huyện", "Quận 1", "hcm", "01/01/2026", *[""] * 5]), 3, "successors only in the last row"),
        (cell(4, "valid_to", "01/07/2025"), 4, "a day after the first day of validity 01/07/2025"),
        (cell(2, "kind", "phường"), 2, "one of these kinds: tỉnh, huyện"),
        (cell(2, "id", "TP HCM"), 2, "an id of 1 to 32 characters"),
        (cell(2, "name", ""), 2, "found nothing; expected a value"),
        (cell(5, "name", "x" * 81), 5, "at most 80 characters"),
        (cell(2, "hotline", ""), 5, "a hotline of the office or of a unit above it"),
        (cell(2, "hotline", "1" * 33), 2, "at most 32 characters"),
        (cell(7, "codes", "29.H29.1"), 7, "an identifier such as"),
        (cell(4, "codes", "H29"), 4, "only organisations have identifiers"),
        (
            more(["ub2", "cơ quan", "UB 2", "hcm", *[""] * 3, "27.H29", "", ""]),
            8,
            "no other organisation has at the same",
        ),
        (cell(4, "organisation", "ub3"), 4, "found “ub3”"),
        (cell(4, "organisation", "q1"), 4, "the id of an organisation (cơ quan), not a huyện"),
        (cell(7, "organisation", "ub"), 7, "that column is for places"),
        (more(["q-1", "quầy", "Quầy 1", "bn2", "01/01/2027", *[""] * 5]), 8, "overlap"),
        (cell(2, "valid_from", "31/02/2025"), 2, "a real day"),
    ],
)
def test_a_row_that_is_wrong_is_named(change: Callable[[list[list[str]]], None], row: int, words: str) -> None:
    rows = [list(one) for one in GOOD]
    change(rows)
    said_of = problems(rows)
    assert any(one.startswith(f"Row {row}, column “") and words in one for one in said_of), said_of


def test_a_counter_that_moves_needs_a_new_id() -> None:
    rows = [list(one) for one in GOOD]
    rows[4][COLUMN["valid_to"]] = "01/01/2027"
    rows.append(["q-1", "quầy", "Quầy 1", "bn2", "01/01/2027", *[""] * 5])
    rows.append(["bn2", "điểm tiếp nhận", "Bến Nghé 2", "sg", "01/07/2025", *[""] * 5])
    assert problems(rows) == [
        "Row 8, column “Đơn vị cấp trên”: found “bn2”; expected the office “bn” as before: "
        "a counter that moves elsewhere needs a new id."
    ]


def test_units_that_change_places_are_no_circle_while_never_on_one_day() -> None:
    above = {"valid_to": CHANGE}, {"valid_from": CHANGE}
    nodes = [
        Node("a", Kind.ORGANISATION, "A", "b", **above[0]),
        Node("b", Kind.ORGANISATION, "B", None, **above[0]),
        Node("a", Kind.ORGANISATION, "A", None, **above[1]),
        Node("b", Kind.ORGANISATION, "B", "a", **above[1]),
    ]
    assert wrong_with(list(enumerate(nodes, start=2))) == []


def test_what_was_known_before_the_file_is_named_by_its_id() -> None:
    parent = Node("p", Kind.PROVINCE, "P", valid_to=CHANGE)
    child = Node("c", Kind.CENTRE, "C", "p")
    (error,) = wrong_with([(2, parent), (None, child)])
    assert said(error, "en").startswith("Already known: c, column “Đơn vị cấp trên”")
    assert said(error, "vi").startswith("Đã có trong hệ thống: c, cột")


def test_every_sentence_is_there_in_both_languages() -> None:
    assert ORG_EXPECTED.items() <= ALL_EXPECTED.items()
    for vietnamese, english in ORG_EXPECTED.values():
        assert vietnamese and english and vietnamese != english
