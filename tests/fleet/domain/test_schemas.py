"""Which tables a program can work with."""

import pytest

from fleet.domain.schemas import NoSuchRevision, Schema, TablesTooNew, check_target, suits

KNOWN = {"0068", "0069", "0070"}


@pytest.mark.parametrize(
    ("found", "program", "enough"),
    [
        (Schema(""), "0070", False),
        (Schema("0061"), "0070", False),
        (Schema("0070", "0068"), "0070", True),
        (Schema("0071", "0068"), "0070", True),  # a newer process has migrated; it only added
        (Schema("0072", "0070"), "0070", True),  # it took away what this program does without
    ],
)
def test_tables_are_enough_or_are_to_be_migrated(found: Schema, program: str, enough: bool) -> None:
    assert suits(found, program) is enough


def test_a_program_whose_needs_were_taken_away_is_refused() -> None:
    with pytest.raises(
        TablesTooNew, match=r"revision 0070 can work with, found 0073, which needs one of 0071 or newer"
    ):
        suits(Schema("0073", "0071"), "0070")


def test_a_program_that_never_asked_takes_its_own_tables_only() -> None:
    with pytest.raises(TablesTooNew):
        suits(Schema("0069", "0068"), "0067")


@pytest.mark.parametrize(
    ("to", "back", "said"),
    [
        ("0099", False, "up to 0070, found '0099'"),
        ("0068", False, "--back takes tables back"),
        ("0070", True, "a revision before 0069"),
    ],
)
def test_tables_go_only_where_there_is_a_migration(to: str, back: bool, said: str) -> None:
    with pytest.raises(NoSuchRevision, match=said):
        check_target(Schema("0069", "0068"), to, KNOWN, back)
