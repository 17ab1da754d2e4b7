"""Ranges of numbers: granted ahead, followed by others when low, and never given twice."""

import pytest

from fleet.flows.instruct import more_leases, whole_state
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import devices, places
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from protocols.state import Lease
from tests.fleet.office import DAY, NINE, OFFICE, Speaker, hello

DAY_MS = 86_400_000
HO_TICH = ("ho-tich", DAY)


@pytest.fixture
def second_printer(store: Store) -> str:
    with store.writing() as connection:
        devices.add_device(connection, "tp-2", ["printer"], "", NINE)
        devices.assign(connection, "tp-2", OFFICE, None, NINE)
    welcome(store, "tp-2", hello(), NINE)
    return "tp-2"


def held(store: Store, printer: str = "tp-1", numbers: int = 10, now_ms: int = NINE) -> list[Lease]:
    state = whole_state(store, printer, numbers, now_ms)
    assert state is not None and state.leases is not None
    return state.leases


def ranges(leases: list[Lease], of: tuple[str, str] = HO_TICH) -> list[tuple[int, int]]:
    return [(lease.first, lease.last) for lease in leases if (lease.service, lease.day) == of]


def take(store: Store, *numbers: int, service: str = "ho-tich") -> None:
    printer = Speaker("tp-1", boot=min(numbers))
    for number in numbers:
        printer.does(events.TicketTaken(service=service, number=number, lease="l", up=number, at=NINE + number))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE + 100)
    link_marked(store, NINE + 100)


def test_today_and_the_next_two_days_are_granted_for_each_service(store: Store) -> None:
    leases = held(store)
    assert {(one.service, one.day) for one in leases} == {
        (service, day) for service in ("ho-tich", "dat-dai") for day in (DAY, "2026-11-10", "2026-11-11")
    }
    assert all((one.first, one.last) == (1, 10) for one in leases)
    assert {one.prefix for one in leases if one.service == "dat-dai"} == {"B"}
    assert len({one.id for one in leases}) == len({one.secret for one in leases}) == 6
    today = next(one for one in leases if one.day == DAY)
    assert today.since <= NINE < today.expires == today.since + DAY_MS, "one day of the office's own"


def test_asking_again_grants_nothing_new(store: Store) -> None:
    first, again = held(store), held(store)
    assert {one.id: one for one in first} == {one.id: one for one in again}


def test_a_day_later_the_past_is_left_out_and_one_more_day_is_granted(store: Store) -> None:
    before = held(store)
    later = held(store, now_ms=NINE + DAY_MS)
    assert {one.day for one in later} == {"2026-11-10", "2026-11-11", "2026-11-12"}
    kept = [one.id for one in before if one.day != DAY]
    assert set(kept) < {one.id for one in later}


def test_two_printers_never_hold_the_same_number(store: Store, second_printer: str) -> None:
    first, second = held(store), held(store, second_printer)
    assert (ranges(first), ranges(second)) == ([(1, 10)], [(11, 20)])
    take(store, *range(1, 11))
    assert ranges(held(store)) == [(1, 10), (21, 30)]


def test_after_lost_storage_the_numbers_that_were_held_are_not_given_again(store: Store) -> None:
    held(store)
    assert welcome(store, "tp-1", hello(nonce="new board"), NINE).epoch == 2
    assert ranges(held(store)) == [(11, 20)]


def test_another_lease_follows_when_less_than_a_fifth_is_left(store: Store) -> None:
    held(store)
    take(store, 1, 8)
    assert ranges(held(store)) == [(1, 10)], "two of ten are left: a fifth"
    take(store, 9)
    assert ranges(held(store)) == [(1, 10), (11, 20)]
    assert ranges(held(store)) == [(1, 10), (11, 20)], "and no third one"
    assert ranges(held(store), ("dat-dai", DAY)) == [(1, 10)], "the other service has its own"


def test_wishing_for_numbers_gives_what_is_missing(store: Store) -> None:
    held(store)
    take(store, *range(1, 10))
    state = more_leases(store, "tp-1", 10, NINE)
    assert state is not None and state.leases is not None and state.queue is None
    assert ranges(state.leases) == [(1, 10), (11, 20)]


def test_a_day_has_no_numbers_beyond_9999(store: Store, second_printer: str) -> None:
    assert ranges(held(store, numbers=6_000)) == [(1, 6_000)]
    assert ranges(held(store, second_printer, numbers=6_000)) == [(6_001, 9_999)]
    assert welcome(store, "tp-1", hello(nonce="new board"), NINE).epoch == 2
    assert ranges(held(store, numbers=6_000)) == [], "nothing is left to be granted, and nothing is given twice"
    assert ranges(held(store, second_printer, numbers=6_000)) == [(6_001, 9_999)]


def test_only_printers_hold_leases(store: Store) -> None:
    state = whole_state(store, "q-1", 10, NINE)
    assert state is not None and state.leases is None
    assert more_leases(store, "q-1", 10, NINE) is None


def test_a_lease_remembers_whose_it_was_and_under_which_generation(store: Store) -> None:
    held(store)
    with store.reading() as connection:
        office = places.office(connection, OFFICE)
        found = every(connection, sql("SELECT DISTINCT office, device, epoch, generation FROM leases"))
    assert office is not None
    assert [tuple(row) for row in found] == [(OFFICE, "tp-1", 1, office.generation)]
