"""What a worker took or put off by a clock that was ahead does not lie there until that time comes."""

import pytest

from fleet.domain.letters import Letter
from fleet.domain.linking import RULES
from fleet.domain.retrying import Outcome
from fleet.flows import mails, webhooks
from fleet.flows.estimate import TAKEN_MS
from fleet.flows.link import TAKEN_FOR_MS, link_marked
from fleet.flows.look_out import Lookout
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store import alerts, estimates, windows
from fleet.store import webhooks as kept_webhooks
from fleet.store.database import Store
from protocols import events
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

DAY_MS = 86_400_000
AHEAD = NINE + DAY_MS
FAILED = Outcome(False, "nobody answers")


@pytest.fixture
def at_nine(store: Store) -> Store:
    """Somebody took a number."""
    printer = Speaker("tp-1")
    printer.does(events.TicketTaken(service="ho-tich", number=1, lease="l", up=1, at=NINE))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE)
    return store


def take(store: Store, now_ms: int) -> None:
    """A linker takes the whole day, by its clock, and is heard of no more."""
    with store.writing() as connection:
        found = windows.found(connection, OFFICE, DAY, RULES, now_ms)
        assert found is not None
        windows.take(connection, found, now_ms, TAKEN_FOR_MS)


def test_a_day_that_a_dead_linker_took(at_nine: Store) -> None:
    take(at_nine, AHEAD)
    assert [(one.office, one.day) for one in link_marked(at_nine, NINE)] == [(OFFICE, DAY)]


def test_a_day_that_a_linker_of_a_machine_a_little_ahead_took(at_nine: Store) -> None:
    take(at_nine, NINE + 30_000)
    assert link_marked(at_nine, NINE) == []


def test_estimates_that_somebody_took_and_that_are_due_tomorrow(at_nine: Store) -> None:
    with at_nine.writing() as connection:
        assert estimates.take(connection, OFFICE, DAY, 0, AHEAD, AHEAD + TAKEN_MS)
        assert [one for one, _ in estimates.due(connection, DAY, "Asia/Ho_Chi_Minh", NINE)] == [OFFICE]
        assert estimates.take(connection, OFFICE, DAY, 0, NINE, NINE + TAKEN_MS)
        assert estimates.save(connection, OFFICE, estimates.EstimateRow(DAY, 0, AHEAD, AHEAD, {}), NINE + TAKEN_MS)
        assert [one for one, _ in estimates.due(connection, DAY, "Asia/Ho_Chi_Minh", NINE)] == [OFFICE]


def test_a_letter_that_is_to_be_tried_again_tomorrow(store: Store) -> None:
    with store.writing() as connection:
        mails.write(connection, Letter(to="a@example.vn", about="try", key="k", subject="s", text="t"), NINE)
    (ready,) = mails.take(store, "m@example.vn", AHEAD, 1)
    assert mails.waiting(store, NINE) == (1, 1)
    (ready,) = mails.take(store, "m@example.vn", NINE, 1)
    assert mails.take(store, "m@example.vn", NINE, 1) == []
    mails.tried(store, ready.row, FAILED, AHEAD)
    assert len(mails.take(store, "m@example.vn", NINE, 1)) == 1


def test_an_address_that_is_to_be_told_tomorrow(at_nine: Store) -> None:
    endpoint, _ = webhooks.add(at_nine, "http://example.vn/", frozenset(webhooks.OF_ALERTS), OFFICE, NINE)
    with at_nine.writing() as connection:
        kept_webhooks.say(connection, endpoint, "alert.opened", [("one", "{}")])
    assert webhooks.take(at_nine, endpoint, AHEAD)
    assert webhooks.take(at_nine, endpoint, NINE)
    assert not webhooks.take(at_nine, endpoint, NINE)
    head = webhooks.next_for(at_nine, endpoint, AHEAD)
    assert head is not None
    webhooks.tried(at_nine, head, FAILED, AHEAD)
    assert webhooks.next_for(at_nine, endpoint, NINE) is not None


def test_an_office_that_was_looked_at_tomorrow(at_nine: Store) -> None:
    Lookout(at_nine).look_due(AHEAD)
    with at_nine.reading() as connection:
        assert [one for one, _ in alerts.due(connection, DAY, "Asia/Ho_Chi_Minh", NINE, 0)] == [OFFICE]
    Lookout(at_nine).look_due(NINE)
    with at_nine.reading() as connection:
        assert alerts.due(connection, DAY, "Asia/Ho_Chi_Minh", NINE, 0) == []
