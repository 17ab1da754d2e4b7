"""What the lobby's screen is told, of a day that was made by hand."""

from fleet.domain.spread import Spread
from fleet.domain.telling import Told
from fleet.flows.lobby import lobby_now, soon_called
from fleet.store.database import Store
from protocols import events
from tests.fleet.flows.test_watch import MIN, Day
from tests.fleet.office import NINE, OFFICE

NOW = NINE + 60 * MIN


def wait(middle: float, ahead: int) -> Told:
    return Told(NOW, Spread(0.0, middle, 2 * middle, 1.0), 2, ahead)


def test_an_office_before_anybody_came(store: Store) -> None:
    now = lobby_now(store, OFFICE, NINE)
    assert (now.name, now.calls, {one.waiting for one in now.queues}) == ("Phường Tân An", (), {0})


def test_each_counter_shows_its_last_call_and_how_often_it_was_made(store: Store) -> None:
    day = Day(store)
    for number in range(1, 6):
        day.ticket(0, number)
    day.visit(10, 20, 1)
    day.at(12, "q-2", events.NumberCalled, service="ho-tich", number=2)
    day.at(13, "q-2", events.NumberRecalled, service="ho-tich", number=2)
    day.at(30, "q-1", events.NumberCalled, service="ho-tich", number=3)
    day.now(NOW)
    now = lobby_now(store, OFFICE, NOW)
    shown = [(one.label, one.counter, one.spoken_counter, one.called_ms, one.recalls) for one in now.calls]
    assert shown == [("A003", "Quầy 1", "1", NINE + 30 * MIN, 0), ("A002", "Quầy 2", "2", NINE + 12 * MIN, 1)]
    assert [one.waiting for one in now.queues if one.prefix == "A"] == [2]


def test_whose_turn_is_soon_is_what_their_own_page_says() -> None:
    told = {("a", 7): wait(3.0, 2), ("a", 5): wait(1.0, 1), ("a", 9): wait(12.0, 3), ("b", 1): wait(0.0, 0)}
    waiting = {("a", 7): "a", ("a", 5): "b", ("a", 9): "a"}  # b 1 was called since; a 5 was sent on to b
    assert soon_called(told, waiting, NOW) == {"a": [("a", 7)], "b": [("a", 5)]}
    assert soon_called(told, waiting, NOW + 10 * MIN)["a"] == [("a", 7), ("a", 9)]
