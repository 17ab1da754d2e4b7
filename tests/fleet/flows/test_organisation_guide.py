"""The guide for administrators: its columns are those that are read, and its examples can be imported."""

import re
from pathlib import Path

import pytest

from fleet.domain.calendar_table import RULES
from fleet.domain.columns import Columns
from fleet.domain.org_table import UNITS
from fleet.domain.procedure_table import PROCEDURES
from fleet.flows.calendars import import_calendars
from fleet.flows.procedures import import_procedures
from fleet.flows.units import import_units
from fleet.store.database import Store
from tests.fleet.office import NINE, with_tables

GUIDE = (Path(__file__).parents[3] / "docs" / "organisation.md").read_text("utf-8")
UNITS_PART, CALENDARS_PART, PROCEDURES_PART = re.split(
    r"^## (?:Calendars|The catalogue of procedures)$", GUIDE, flags=re.M
)


@pytest.mark.parametrize(
    ("part", "columns"), [(UNITS_PART, UNITS), (CALENDARS_PART, RULES), (PROCEDURES_PART, PROCEDURES)]
)
def test_the_guide_names_every_heading_in_the_order_in_which_they_are_preferred(part: str, columns: Columns) -> None:
    rows = [line.removeprefix("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    named = {row[0]: row[1] for row in rows}
    for name, *others in columns.names.values():
        if name in named:
            assert named[name] == ", ".join(others), name
        else:  # a row for two columns that belong together
            (pair,) = (row for row in rows if name in row[0].split(", "))
            assert set(others) <= set(pair[1].split(", ")), name


def test_the_examples_can_be_imported(tmp_path: Path) -> None:
    store = Store(with_tables(tmp_path))
    path = tmp_path / "example.csv"
    for part, take in (
        (UNITS_PART, import_units),
        (CALENDARS_PART, import_calendars),
        (PROCEDURES_PART, import_procedures),
    ):
        (example,) = re.findall(r"^```\n(Mã .*?)^```$", part, flags=re.M | re.S)
        path.write_text(example)
        take(store, path, "mai", NINE)
    store.close()
