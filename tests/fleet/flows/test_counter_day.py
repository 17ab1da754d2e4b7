"""A counter's day from events, and a clerk's month from the days that the linker left."""

from datetime import date

import pytest

from fleet.domain.named_periods import read_period
from fleet.flows.counter_day import UnknownClerk, UnknownCounter, clerk_month, counter_day
from fleet.flows.watch import UnknownOffice
from fleet.store.database import Store
from protocols import events
from tests.fleet.flows.test_history import NOW, lived_office  # noqa: F401 (a fixture)
from tests.fleet.flows.test_watch import MIN, NOON, Day
from tests.fleet.office import DAY, NINE, OFFICE


def test_a_counters_day_is_what_its_events_say(store: Store) -> None:
    day = Day(store)
    for number in range(1, 7):
        day.ticket(0, number)
        day.visit(10 * number, 10 * number + 2 + number, number)
    day.at(71, "q-1", events.Paused, reason="lunch")
    day.at(90, "q-1", events.Resumed)
    day.at(95, "q-1", events.Paused, reason="meeting")
    day.at(96, "q-2", events.Paused, reason="lunch")
    day.now()
    found = counter_day(store, OFFICE, "quay-1", DAY, NINE + 100 * MIN)
    visits = [one for one in found.stretches if one.kind == "visit"]
    assert [(one.label, (one.ends_ms - one.begins_ms) // MIN) for one in visits] == [
        (f"A00{n}", 2 + n) for n in range(1, 7)
    ]
    pauses = [(one.begins_ms, one.ends_ms, one.label) for one in found.stretches if one.kind == "paused"]
    assert pauses == [(NINE + 71 * MIN, NINE + 90 * MIN, "lunch"), (NINE + 95 * MIN, NINE + 100 * MIN, "meeting")]
    assert (found.visits, found.no_shows, round(found.paused_min)) == (6, 0, 24)
    assert found.busy == pytest.approx(33 / 58)
    (beside,) = found.beside
    assert (beside.service, beside.visits) == ("Hộ tịch", 6) and beside.here == beside.office == found.service
    assert counter_day(store, OFFICE, "quay-2", DAY, NOON).visits == 0


def test_an_unknown_counter_has_no_day(store: Store) -> None:
    with pytest.raises(UnknownCounter):
        counter_day(store, OFFICE, "nowhere", DAY, NOON)
    with pytest.raises(UnknownOffice):
        counter_day(store, "nowhere", "quay-1", DAY, NOON)


def test_a_clerk_is_told_of_by_days_counts_and_times_beside_the_office(lived_office: Store) -> None:  # noqa: F811
    found = clerk_month(lived_office, OFFICE, 2, read_period("2026-10"), NOW)
    assert (found.clerk, len(found.days), found.visits) == ("CB-02", 22, 22 * 15)
    assert {one.counters for one in found.days} == {("Quầy 2",)} and {one.visits for one in found.days} == {15}
    (beside,) = found.beside
    assert beside.service == "Đất đai, môi trường" and beside.here == beside.office == found.service
    (cell,) = found.cells
    assert cell.n % 5 == 0 and cell.low < cell.share < cell.high
    with pytest.raises(UnknownClerk):
        clerk_month(lived_office, OFFICE, 9, read_period("2026-10"), NOW)


def test_ratings_of_a_clerk_are_told_of_days_that_are_over_and_from_twenty_on(lived_office: Store) -> None:  # noqa: F811
    third = 1_790_900_000_000  # 2026-10-02, after the first working day of the month
    assert date(2026, 10, 1).weekday() == 3
    assert clerk_month(lived_office, OFFICE, 2, read_period("2026-10"), third).cells == (), "seven of one day"
    later = third + 4 * 86_400_000
    (cell,) = clerk_month(lived_office, OFFICE, 2, read_period("2026-10"), later).cells
    assert cell.n == 20, "1, 2 and 5 October: seven each, the sixth is not over"
