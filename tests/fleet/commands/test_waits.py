"""motcua waits."""

from pathlib import Path

import pytest

from fleet.store.database import Store
from tests.fleet.commands.conftest import Motcua, Window, readable
from tests.fleet.flows.test_waits import put
from tests.fleet.office import DAY, OFFICE, open_office


@pytest.fixture
def waited(tmp_path: Path) -> Path:
    """A folder with an office at which seven waited, one of them for long."""
    store, _ = open_office(tmp_path)
    put(store, OFFICE, DAY, [4, 5, 6, 7, 8, 9, 40])
    store.close()
    return tmp_path


def test_waits_are_shown_by_service_with_the_share_within_the_target(waited: Path, motcua: Motcua) -> None:
    told = motcua("waits", "--from", "09/11/2026", "--to", DAY, "--data", waited)
    assert told.exit_code == 0
    assert [line.split() for line in told.output.splitlines()[-2:]] == [
        ["ho-tich", "7", "0", "6:59", "39:54", "39:54", "86%", "–", "–", "–"],
        ["tất", "cả", "7", "0", "6:59", "39:54", "39:54", "86%", "–", "–", "–"],
    ]


def test_the_table_fits_a_window(waited: Path, window: Window) -> None:
    code, shown = window(
        "waits", OFFICE, "--from", DAY, "--to", DAY, "--by", "hour", "--language", "en", "--data", waited
    )
    assert code == 0 and readable(shown) and "in time" in shown


def test_days_without_visits_are_said(waited: Path, motcua: Motcua) -> None:
    told = motcua("waits", OFFICE, "--from", "2025-01-01", "--to", "2025-02-01", "--data", waited)
    assert told.output == "tan-an · 2025-01-01 … 2025-02-01: no visits\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "unit: expected the id of a known unit, found 'nowhere'"),
        ((OFFICE, "--by", "clerk"), "--by: expected one of service, counter"),
        (
            (OFFICE, "--from", "2026-11-09", "--to", "2026-11-08"),
            "not before the first, found 2026-11-09 to 2026-11-08",
        ),
        ((OFFICE, "--from", "2016-01-01", "--to", "2025-12-31", "--by", "day"), "at most 750 rows, found 3653 by day"),
        ((OFFICE, "--from", "tomorrow"), "expected a day as YYYY-MM-DD"),
        ((OFFICE, "--language", "fr"), "language: expected vi or en"),
    ],
)
def test_what_is_wrong_is_said(waited: Path, motcua: Motcua, arguments: tuple[str, ...], said: str) -> None:
    told = motcua("waits", *arguments, "--data", waited)
    assert told.exit_code == 1 and said in " ".join(told.stderr.split())


def test_of_several_offices_one_is_to_be_named(waited: Path, motcua: Motcua) -> None:
    store = Store(f"sqlite:///{waited / 'motcua.sqlite'}")
    put(store, "an-binh", DAY, [1])
    store.close()
    told = motcua("waits", "--data", waited)
    assert told.exit_code == 1 and "offices are: an-binh, tan-an" in " ".join(told.stderr.split())
