"""Looking back at a day that was made by hand."""

from itertools import count

import pytest

from fleet.flows.past_visits import BadNumber, Wanted, dossier_with_visits, number_in, past_day
from fleet.flows.push_dossiers import NoSuchDossier
from fleet.store import places
from fleet.store.database import Store
from protocols import events
from tests.fleet.flows.test_watch import CODE, NOON, Day
from tests.fleet.office import DAY, OFFICE


@pytest.fixture
def lived(store: Store) -> Store:
    """Six visits at counter 1, the last of another service; one at counter 2 with a dossier."""
    day = Day(store)
    for number in range(1, 7):
        day.visit(10 * number, 10 * number + 5, number, "ho-tich" if number < 6 else "dat-dai")
    day.at(12, "q-2", events.NumberCalled, service="ho-tich", number=9)
    day.at(13, "q-2", events.CodeScanned, what="dossier", code=CODE)
    day.at(14, "q-2", events.VisitFinished)
    day.now()
    return store


def shown(store: Store, **wanted: str) -> list[str]:
    return [one.label for one in past_day(store, OFFICE, DAY, Wanted(**wanted)).visits]


def test_a_day_is_told_page_by_page_the_newest_first(lived: Store) -> None:
    found, place = [], (2**62, "")
    for _ in count():
        page = past_day(lived, OFFICE, DAY, Wanted(), place, most=3)
        found += [one.label for one in page.visits]
        if page.older is None:
            break
        place = page.older
    assert found == shown(lived) == ["B006", "A005", "A004", "A003", "A002", "A009", "A001"]


def test_only_what_is_asked_for_is_told(lived: Store) -> None:
    assert shown(lived, counter="quay-2") == ["A009"]
    assert shown(lived, service="dat-dai") == shown(lived, label="b6") == ["B006"]
    assert shown(lived, label="A 003", counter="quay-1") == ["A003"]
    assert shown(lived, label="A003", service="dat-dai") == shown(lived, label="A003", counter="quay-2") == []


def test_a_number_that_nobody_gives_is_refused(lived: Store) -> None:
    with lived.reading() as connection:
        services = tuple(places.services(connection, OFFICE))
    for bad in ("Z001", "A", "A0", "12", "A1234567", "A-1"):
        with pytest.raises(BadNumber):
            number_in(bad, services)


def test_a_dossier_is_told_to_those_whose_office_it_came_to(lived: Store) -> None:
    course, rows = dossier_with_visits(lived, CODE, lambda office: office == OFFICE, OFFICE, NOON)
    assert course is None and [(one.office, one.counter) for one, _ in rows] == [(OFFICE, "Quầy 2")]
    for asked in (CODE, "H15.50.05.13-261008-0976"):
        with pytest.raises(NoSuchDossier):
            dossier_with_visits(lived, asked, lambda office: False, "elsewhere", NOON)
