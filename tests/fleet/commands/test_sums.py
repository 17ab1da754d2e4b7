"""motcua sums."""

from datetime import date
from pathlib import Path

from fleet.domain.org_tree import Kind, Node
from fleet.domain.periods import Period
from fleet.domain.unit_sums import LEAST_OFFICES
from fleet.flows.waits import waits
from fleet.store import unit_sums, units
from tests.fleet.commands.conftest import Motcua
from tests.fleet.flows.test_waits import put
from tests.fleet.office import NINE, open_office


def test_the_days_of_a_province_are_added_up_once_or_anew(motcua: Motcua, tmp_path: Path) -> None:
    store, _ = open_office(tmp_path)
    offices = [f"xa-{n}" for n in range(LEAST_OFFICES)]
    for office in offices:
        put(store, office, "2025-03-03", [5, 10])
        put(store, office, "2025-03-04", [15])
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh")])
        units.save(connection, [Node(office, Kind.OFFICE, office, "tinh") for office in offices])
    for options, told in (((), "2 days"), ((), "0 days"), (("--anew",), "2 days")):
        assert motcua("sums", *options, "--data", tmp_path).output.strip() == f"{told} added up"
    with store.reading() as connection:
        assert unit_sums.members(connection, "tinh") == offices
    assert (
        waits(store, "tinh", Period(date(2025, 1, 1), date(2025, 12, 31)), "month", NINE).whole.visits
        == 3 * LEAST_OFFICES
    )
    store.close()
