"""An office is shown to everybody where it was decided so, with what may be told."""

import pytest

from fleet.flows import publish
from fleet.flows.equip import EquipError
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import UnknownOffice
from fleet.store.database import Store
from protocols import events
from tests.fleet.office import NINE, OFFICE, Speaker


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_nobody_sees_an_office_before_it_was_published_nor_after(store: Store) -> None:
    with pytest.raises(UnknownOffice):
        publish.public_now(store, OFFICE, NINE)
    with pytest.raises(EquipError, match="office: expected one of tan-an, found 'x'"):
        publish.publish(store, "x", True)
    publish.publish(store, OFFICE, True)
    assert publish.public_offices(store) == {OFFICE}
    keypad, printer = Speaker("q-1"), Speaker("tp-1")
    for number in (1, 2, 3):
        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=number, at=NINE + number))
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=60_000, at=NINE + 60_000))
    for speaker in (printer, keypad):
        receive(store, [Arrival(speaker.topic, speaker.batch())], NINE + 70_000)
    link_marked(store, NINE + 80_000)
    now = publish.public_now(store, OFFICE, NINE + 90_000)
    assert (now.counters_open, now.counters, now.is_open, now.right) == (1, 2, True, None)
    assert {one.prefix: one.waiting for one in now.queues} == {"A": 2, "B": 0}
    assert [len(plan.sessions) for plan in now.plans] == [2, 2, 2, 2, 2, 0, 0] and not now.hours_known
    assert not publish.public_now(store, OFFICE, NINE + 5 * 86_400_000).is_open, "on a Saturday"
    publish.publish(store, OFFICE, False)
    assert publish.public_offices(store) == frozenset()
    with pytest.raises(UnknownOffice):
        publish.public_now(store, OFFICE, NINE)
