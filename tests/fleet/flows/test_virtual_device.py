"""The fleet's own decisions are events, too."""

import json

import pytest

from fleet.flows.enrol import broker_passwords
from fleet.flows.link import link_marked
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import devices_now
from fleet.store import places, visits
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols.events import NumberAssigned, NumberCalled, VisitFinished
from tests.fleet.office import DAY, NINE

EVENTS = sql("SELECT device, epoch, boot, seq, body, happened_ms FROM events ORDER BY epoch, seq")


def assigned(number: int) -> NumberAssigned:
    return NumberAssigned(service="ho-tich", number=number, counter="quay-1", up=5, at=NINE + 5)


def test_each_start_of_a_process_has_an_epoch_of_its_own(store: Store) -> None:
    first, second = VirtualDevice(store, "send", NINE), VirtualDevice(store, "send", NINE)
    other = VirtualDevice(store, "web", NINE)
    assert [(one.id, one.epoch) for one in (first, second, other)] == [("srv-send", 1), ("srv-send", 2), ("srv-web", 1)]


def test_a_decision_is_stored_with_what_it_decided(store: Store) -> None:
    server = VirtualDevice(store, "send", NINE)
    with store.writing() as connection:
        names = [server.record(connection, assigned(number), NINE + 5) for number in (1, 2)]
    assert names == ["srv-send/1/1/1", "srv-send/1/1/2"]
    with store.reading() as connection:
        found = every(connection, EVENTS)
    assert [tuple(row)[:4] for row in found] == [("srv-send", 1, 1, 1), ("srv-send", 1, 1, 2)]
    assert json.loads(found[1].body)["number"] == 2
    assert found[0].happened_ms == NINE + 5


def test_a_decision_that_was_rolled_back_leaves_its_number_unused(store: Store) -> None:
    server = VirtualDevice(store, "send", NINE)
    with pytest.raises(RuntimeError), store.writing() as connection:
        server.record(connection, assigned(1), NINE)
        raise RuntimeError
    with store.writing() as connection:
        assert server.record(connection, assigned(2), NINE) == "srv-send/1/1/2"
    with store.reading() as connection:
        assert [row.seq for row in every(connection, EVENTS)] == [2]


def test_a_clock_that_was_set_back_gives_no_negative_uptime(store: Store) -> None:
    server = VirtualDevice(store, "send", NINE)
    assert (server.up_ms(NINE + 7), server.up_ms(NINE - 7)) == (7, 0)


def test_a_process_is_no_board(store: Store) -> None:
    VirtualDevice(store, "send", NINE)
    assert "srv-send" not in [one.id for one in devices_now(store, NINE)]
    assert "srv-" not in broker_passwords(store, "x"), "nobody connects to the broker as one"


def test_it_stands_nowhere_so_no_day_is_linked_for_it(store: Store) -> None:
    server = VirtualDevice(store, "send", NINE)
    with store.writing() as connection:
        server.record(connection, assigned(1), NINE)
    assert link_marked(store, NINE) == []


def test_what_a_server_says_of_a_counter_is_linked_with_its_day(store: Store) -> None:
    server = VirtualDevice(store, "web", NINE)
    steps = [
        NumberCalled(service="ho-tich", number=7, up=1, at=NINE + 1),
        VisitFinished(service="ho-tich", number=7, up=2, at=NINE + 2),
    ]
    with store.writing() as connection:
        office = places.office(connection, "tan-an")
        for step in steps:
            server.record(connection, step, step.at or 0, office, "quay-2")
    link_marked(store, NINE + 3)
    with store.reading() as connection:
        seen = visits.last_visits(connection, "tan-an", DAY, 10)
    assert [(one.counter, one.number, one.outcome) for one in seen] == [("quay-2", 7, "done")]
