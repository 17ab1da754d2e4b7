"""Whose a dossier is: the longest known prefix that was valid on the day in its code."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.org_tree import Heir, Kind, Node, Tree
from fleet.domain.responsible import Organisations
from protocols.dossier_code import parse_dossier_code

CHANGE = date(2025, 7, 1)
TODAY = date(2026, 11, 22)

groups = st.sampled_from(["01", "02", "00"])
newer = st.builds(
    lambda letters, rest: ".".join([letters, *rest]), st.sampled_from(["H29", "G01"]), st.lists(groups, max_size=3)
)
older = st.builds(
    lambda letters, rest: ".".join([*rest, letters]),
    st.sampled_from(["H29", "G01"]),
    st.lists(groups, min_size=1, max_size=3),
)
identifiers = newer | older
days = st.dates(date(2024, 1, 1), date(2026, 6, 1))


def levels(identifier: str) -> tuple[bool, list[str]]:
    """Whether the letters come first, and the groups from the most general on, without zeros at the end."""
    parts = identifier.split(".")
    first = parts[0][0].isalpha()
    parts = parts if first else parts[::-1]
    while len(parts) > 1 and set(parts[-1]) == {"0"}:
        parts = parts[:-1]
    return first, parts


def naive(nodes: list[Node], identifier: str, day: date) -> set[str]:
    """All organisations with the longest identifier that the asked one begins with."""
    asked_first, asked = levels(identifier)
    best: dict[int, set[str]] = {}
    for node in nodes:
        for code in node.codes if node.valid_on(day) else ():
            first, known = levels(code)
            if known == asked[: len(known)] and (first == asked_first or len(known) == 1):
                best.setdefault(len(known), set()).add(node.id)
    return best[max(best)] if best else set()


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(identifiers, max_size=2), days, st.integers(1, 900)), max_size=6), identifiers, days)
def test_it_is_what_the_naive_definition_says(known: list[tuple[list[str], date, int]], asked: str, day: date) -> None:
    nodes = [
        Node(f"o-{n}", Kind.ORGANISATION, "O", None, since, since + timedelta(days=long), codes=tuple(codes))
        for n, (codes, since, long) in enumerate(known)
    ]
    found = Organisations(Tree(nodes)).of(parse_dossier_code(f"{asked}-{day:%y%m%d}-0001"), TODAY)
    expected = naive(nodes, asked, day)
    assert (found is None) == (not expected)
    assert found is None or found.organisation in expected


def test_an_old_code_leads_to_who_took_over() -> None:
    tree = Tree(
        [
            Node(
                "q1",
                Kind.ORGANISATION,
                "Quận 1",
                None,
                valid_to=CHANGE,
                heirs=(Heir("sg"), Heir("td")),
                codes=("H29.27",),
            ),
            Node("bn", Kind.ORGANISATION, "BN", None, valid_to=CHANGE, heirs=(Heir("sg"),), codes=("000.31.27.H29",)),
            Node("sg", Kind.ORGANISATION, "Sài Gòn", None, valid_from=CHANGE, codes=("H29.27.05", "27.H29")),
            Node("td", Kind.ORGANISATION, "Tân Định", None, valid_from=CHANGE),
            Node("hcm", Kind.ORGANISATION, "TP", None, codes=("H29",)),
            Node("tt", Kind.OFFICE, "TT", None, valid_from=CHANGE, organisation="sg"),
        ]
    )
    organisations = Organisations(tree)

    def asked(code: str) -> tuple[str, str, dict[str, object], bool | None]:
        found = organisations.of(parse_dossier_code(code), TODAY)
        assert found is not None
        return found.organisation, found.prefix, dict(found.today), organisations.is_foreign(found, "tt", TODAY)

    assert asked("000.31.27.H29-250630-0001") == ("bn", "31.27.H29", {"sg": 1}, False)
    assert asked("000.31.27.H29-250701-0001") == ("sg", "27.H29", {"sg": 1}, False), (
        "the code lives longer than its ward"
    )
    assert asked("H29.27.05.13-261008-0975") == ("sg", "H29.27.05", {"sg": 1}, False)
    assert asked("H29.27.05-250630-0975") == ("q1", "H29.27", {"sg": None, "td": None}, None), "nobody knows which half"
    assert asked("T.H29.11-261008-0975") == ("hcm", "H29", {"hcm": 1}, True), "the treasury's"
    assert asked("000.00.00.H29-200101-0975") == ("hcm", "H29", {"hcm": 1}, True)
    assert organisations.of(parse_dossier_code("G01-261008-0975"), TODAY) is None
