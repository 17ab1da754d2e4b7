"""Which call displays are told of which calls."""

from dataclasses import replace

import pytest

from fleet.flows import instruct
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Called
from fleet.flows.show_calls import SHOWN_MS, SPOKEN_MS, short, show
from fleet.store.database import Store
from protocols import events
from protocols.calls import Call
from tests.fleet.office import NINE, OFFICE, Speaker, hang_screens

CALLED = Called(OFFICE, "quay-1", "ho-tich", 12, "q-1/1/1/5", NINE, again=False)


@pytest.fixture
def hall(store: Store) -> Store:
    """The office with a display in the lobby and one at the first counter."""
    hang_screens(store)
    return store


def does(store: Store, keypad: Speaker, *happened: events.Event) -> list[Called]:
    for event in happened:
        keypad.does(event)
    received = receive(store, [Arrival(keypad.topic, keypad.batch())], NINE)
    link_marked(store, NINE)
    return received.called


def told(store: Store, called: Called, now_ms: int = NINE) -> dict[str, list[dict[str, object]]]:
    return {device: list(state.calls or ()) for device, state in show(store, called, now_ms)}


def test_the_lobby_is_told_of_every_counter_and_a_counters_display_of_its_own(hall: Store) -> None:
    expected = {"id": "q-1/1/1/5", "label": "A012", "counter": "1", "expires": NINE + SPOKEN_MS}
    assert told(hall, CALLED) == {"bang-sanh": [expected], "bang-1": [expected]}
    assert set(told(hall, replace(CALLED, counter="quay-2"))) == {"bang-sanh"}


def test_what_is_told_names_a_number_and_a_counter_and_nobody(hall: Store) -> None:
    (call, _) = told(hall, CALLED).values()
    assert set(call[0]) <= set(Call.FIELDS) == {"id", "label", "counter", "expires", "again"}


def test_calls_recalls_and_who_comes_back_are_shown_and_nothing_else(hall: Store) -> None:
    called = does(
        hall,
        Speaker("q-1"),
        events.NumberCalled(service="ho-tich", number=12, up=1, at=NINE),
        events.NumberRecalled(service="ho-tich", number=12, up=2, at=NINE + 1),
        events.Parked(service="ho-tich", number=12, up=3, at=NINE + 2),
        events.Resumed(service="ho-tich", number=12, up=4, at=NINE + 3),
        events.VisitFinished(service="ho-tich", number=12, up=5, at=NINE + 4),
        events.Paused(up=6, at=NINE + 5),
        events.Resumed(up=7, at=NINE + 6),
    )
    assert [(one.event[-1], one.again) for one in called] == [("0", False), ("1", True), ("3", True)]
    assert {(one.office, one.counter, one.number) for one in called} == {(OFFICE, "quay-1", 12)}


def test_a_call_that_is_told_twice_is_shown_once(hall: Store) -> None:
    keypad = Speaker("q-1")
    assert len(does(hall, keypad, events.NumberCalled(service="ho-tich", number=12, up=1, at=NINE))) == 1
    assert does(hall, keypad) == []


@pytest.mark.parametrize(("late_ms", "displays"), [(SHOWN_MS, 2), (SHOWN_MS + 1, 0)])
def test_who_was_called_long_ago_is_not_shown(hall: Store, late_ms: int, displays: int) -> None:
    assert len(told(hall, CALLED, NINE + late_ms)) == displays


def test_a_display_that_says_hello_is_told_who_is_being_served(hall: Store) -> None:
    for device, number in (("q-2", 7), ("q-1", 12)):
        does(hall, Speaker(device), events.NumberCalled(service="ho-tich", number=number, up=1, at=NINE + number))
    lobby = instruct.whole_state(hall, "bang-sanh", 10, NINE)
    counter = instruct.whole_state(hall, "bang-1", 10, NINE)
    assert lobby is not None and counter is not None
    assert [(one["label"], one["counter"]) for one in lobby.calls or ()] == [("A007", "2"), ("A012", "1")]
    assert [one["label"] for one in counter.calls or ()] == ["A012"]


def test_a_counter_is_said_by_its_number_or_by_its_name() -> None:
    assert [short(name) for name in ("Quầy 3", "Quầy số 012", "Tiếp nhận", "Bộ phận trả kết quả hồ sơ")] == [
        "3",
        "12",
        "Tiếp nhận",
        "Bộ phận trả kết quả ",
    ]
