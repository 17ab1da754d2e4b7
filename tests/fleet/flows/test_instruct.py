"""What each device is told."""

from dataclasses import replace

import pytest

from fleet.flows import arming, instruct
from fleet.flows.enrol import revoke
from fleet.flows.link import link_marked
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Finished
from fleet.flows.set_up_office import set_up_office
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from protocols.message import decode
from protocols.state import Config, Show, State
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, Speaker

DAY_MS = 86_400_000
FINISH = Finished(OFFICE, "quay-1", "q-1/1/1/5", NINE)


def whole(store: Store, device: str, now_ms: int = NINE) -> State:
    state = instruct.whole_state(store, device, 10, now_ms)
    assert state is not None
    return state


def parts(state: State) -> set[str]:
    return {name for name in State.FIELDS if name not in ("version", "now") and getattr(state, name) is not None}


def test_each_role_is_told_what_it_needs_and_no_more(store: Store) -> None:
    told = {device: parts(whole(store, device)) for device in ("tp-1", "q-1", "nut-1")}
    assert told == {"tp-1": {"leases", "queue", "day_key"}, "q-1": {"day_key", "show", "reserve"}, "nut-1": set()}


def test_versions_rise_with_each_state_whatever_it_carries(store: Store) -> None:
    states = [
        whole(store, "q-1"),
        instruct.state_with(store, "q-1", NINE, show=Show(expires=NINE)),
        whole(store, "q-1", NINE + 5),
    ]
    assert [state.version for state in states] == [1, 2, 3]
    assert whole(store, "q-2").version == 1, "each device counts for itself"


def test_a_state_survives_the_wire(store: Store) -> None:
    state = whole(store, "tp-1")
    assert decode(State, state.to_bytes()) == state


def test_a_device_that_stands_nowhere_is_told_nothing(store: Store) -> None:
    with store.writing() as connection:
        devices.add_device(connection, "spare", ["printer"], "", NINE)
    assert instruct.whole_state(store, "spare", 10, NINE) is None
    assert instruct.more_leases(store, "spare", 10, NINE) is None
    assert instruct.config_for(store, "spare", NINE) is None


def test_a_revoked_device_is_told_nothing_more(store: Store) -> None:
    revoke(store, "tp-1", NINE)
    assert instruct.whole_state(store, "tp-1", 10, NINE) is None
    assert instruct.config_for(store, "tp-1", NINE) is None
    found = instruct.queues(store, OFFICE, NINE)
    assert found is not None and found[1] == []


def test_the_queue_says_how_many_wait_for_each_service(store: Store) -> None:
    printer = Speaker("tp-1")
    for service, number in (("ho-tich", 1), ("ho-tich", 2), ("dat-dai", 1)):
        printer.does(events.TicketTaken(service=service, number=number, lease="l", up=number, at=NINE + number))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE)
    link_marked(store, NINE)
    found = instruct.queues(store, OFFICE, NINE)
    assert found is not None
    queue, printers = found
    assert [(one.service, one.ahead) for one in queue.services] == [("ho-tich", 2), ("dat-dai", 1)]
    assert (queue.expires, printers) == (NINE + instruct.QUEUE_HOLDS_MS, ["tp-1"])
    assert instruct.queues(store, "nowhere", NINE) is None


def test_day_keys_are_one_for_all_devices_of_a_day_and_die_a_day_after_it(store: Store) -> None:
    reader, printer = whole(store, "q-1").day_key, whole(store, "tp-1").day_key
    assert reader is not None and reader == printer
    assert [key.day for key in reader] == [DAY, "2026-11-10"]
    assert reader[0].key != reader[1].key and len(reader[0].key) == 32
    assert reader[0].since <= NINE < reader[0].expires == reader[1].since
    tomorrow = whole(store, "q-1", NINE + DAY_MS).day_key
    assert tomorrow is not None and tomorrow[0] == reader[1]
    whole(store, "q-1", reader[0].expires + DAY_MS + 1)
    with store.keys.writing() as connection:
        kept = every(connection, sql("SELECT key FROM day_keys"))
    assert kept and reader[0].key not in [row.key for row in kept], "with the key go all hashes of that day"


def test_the_buttons_of_the_counter_are_armed_and_no_others(store: Store) -> None:
    ((device, state),) = arming.arm(store, FINISH, NINE + 1_000)
    assert device == "nut-1"
    assert state.armed is not None
    assert (state.armed.finish, state.armed.expires) == ("q-1/1/1/5", NINE + arming.ARMED_MS)
    assert parts(state) == {"armed"}


@pytest.mark.parametrize(("late_ms", "armed"), [(arming.ARMED_MS - 1, 1), (arming.ARMED_MS, 0), (DAY_MS, 0)])
def test_a_finish_that_comes_too_late_arms_nobody(store: Store, late_ms: int, armed: int) -> None:
    assert len(arming.arm(store, FINISH, NINE + late_ms)) == armed


def test_a_finish_from_a_clock_that_is_ahead_holds_no_longer_than_another(store: Store) -> None:
    ((_, state),) = arming.arm(store, replace(FINISH, happened_ms=NINE + DAY_MS), NINE)
    assert state.armed is not None and state.armed.expires == NINE + arming.ARMED_MS


def test_revoked_buttons_are_not_armed(store: Store) -> None:
    revoke(store, "nut-1", NINE)
    assert arming.arm(store, FINISH, NINE) == []


def config(store: Store, device: str) -> Config:
    found = instruct.config_for(store, device, NINE)
    assert found is not None
    return found


def test_a_configuration_says_where_the_device_stands_and_what_its_buttons_are(store: Store) -> None:
    printer, keypad = config(store, "tp-1"), config(store, "q-2")
    assert (printer.office, printer.counter, printer.hotline) == ("Phường Tân An", None, "1022")
    assert [(key.button, key.service, key.name) for key in printer.services] == [
        (1, "ho-tich", "Hộ tịch"),
        (2, "dat-dai", "Đất đai"),
    ]
    assert (keypad.counter, keypad.services, keypad.roles) == ("Quầy 2", [], ["keypad", "reader"])
    assert decode(Config, printer.to_bytes()) == printer


def test_the_version_of_a_configuration_rises_only_when_it_changed(store: Store) -> None:
    assert [config(store, "tp-1").version for _ in range(3)] == [1, 1, 1]
    set_up_office(store, replace(PLAN, services=[*PLAN.services, ("bhyt", "C", "Bảo hiểm y tế")]), NINE)
    changed = config(store, "tp-1")
    assert (changed.version, len(changed.services)) == (2, 3)
    assert config(store, "q-1").version == 1, "a keypad has no buttons for services"
