"""One order to many devices: a few a second, none late, each answered for itself, the same id once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.commands import Verb
from fleet.domain.order_batches import A_SECOND, BatchRefused, Candidate, OrderedState, Selection, chosen, spread
from fleet.domain.retention import Kept
from fleet.flows import command, command_many
from fleet.flows.enrol import enrol
from fleet.flows.presence import seen
from fleet.flows.purge import purge
from fleet.store.database import Store
from protocols.commands import Reply
from protocols.presence import Alive
from tests.fleet.office import NINE, OFFICE

LATER = NINE + 60_000
DAY_MS = 86_400_000
ROLES = ("printer", "rating", "reader")
DEVICES = st.builds(
    Candidate,
    id=st.text("abc", min_size=1, max_size=4),
    roles=st.sets(st.sampled_from(ROLES)).map(tuple),
    office=st.sampled_from(["a", "b", "c", None]),
    units=st.sets(st.sampled_from(["north", "south"])).map(frozenset),
    presence=st.sampled_from(["online", "lost"]),
    firmware=st.sampled_from(["1", "2"]),
)
FLEETS = st.lists(DEVICES, unique_by=lambda one: one.id, max_size=30)
WORDS = st.builds(
    Selection,
    office=st.sampled_from(["a", "b", None]),
    unit=st.sampled_from(["north", None]),
    role=st.sampled_from([*ROLES, None]),
    presence=st.sampled_from(["online", None]),
    version=st.sampled_from(["2", None]),
)


def online(store: Store, *device_ids: str) -> None:
    for device in device_ids:
        seen(store, device, Alive(), NINE)


def states(store: Store, batch: str, now_ms: int) -> dict[str, str]:
    found = command_many.batch_of(store, batch, now_ms)
    assert found is not None
    return {one.device: one.state.value for one in found.ordered}


@given(FLEETS, WORDS)
def test_more_words_mean_fewer_devices_and_never_others(fleet: list[Candidate], selection: Selection) -> None:
    if selection.says_nothing():
        with pytest.raises(BatchRefused):
            chosen(selection, fleet)
        return
    meant = {one.id for one in fleet}
    for name in ("office", "unit", "role", "presence", "version"):
        if getattr(selection, name) is not None:
            try:
                meant &= {one.id for one in chosen(Selection(**{name: getattr(selection, name)}), fleet)}
            except BatchRefused:
                meant = set()
    if not meant:
        with pytest.raises(BatchRefused):
            chosen(selection, fleet)
    else:
        assert {one.id for one in chosen(selection, fleet)} == meant


@given(FLEETS)
def test_offices_take_turns(fleet: list[Candidate]) -> None:
    order = spread(fleet)
    assert sorted(order) == sorted(one.id for one in fleet)
    office = {one.id: one.office for one in fleet}
    turns = [sum(office[before] == office[one] for before in order[:at]) for at, one in enumerate(order)]
    assert turns == sorted(turns), "no office has its second before each has had its first"


def test_those_that_are_meant_are_asked_and_answer_each_for_itself(store: Store) -> None:
    online(store, "q-1", "nut-1")
    asked = command_many.ask_many(store, Selection(office=OFFICE), Verb.RESTART, "lan", LATER, batch="once")
    assert states(store, asked.id, LATER) == dict.fromkeys(("tp-1", "q-1", "q-2", "nut-1", "nut-2"), "pending")
    assert command_many.give_turns(store, LATER + 1) == 5 and command_many.give_turns(store, LATER + 2) == 0
    told = dict(command.untold(store, 50, LATER + 2))
    assert set(told) == {"q-1", "nut-1"}, "the others are away, and are told nothing later"
    command.answered(store, "q-1", Reply(id=told["q-1"].id, ok=True), LATER + 3)
    command.answered(store, "nut-1", Reply(id=told["nut-1"].id, ok=False, reason="late"), LATER + 3)
    found = command_many.batch_of(store, "once", LATER + 4)
    assert found is not None and found.is_over
    assert {one.device: one.reason for one in found.failed} == {
        "tp-1": "away",
        "q-2": "away",
        "nut-2": "away",
        "nut-1": "late",
    }
    assert found.counts == {OrderedState.DONE: 1, OrderedState.REFUSED: 4}
    again = command_many.ask_many(store, Selection(office=OFFICE), Verb.RESTART, "lan", LATER + 5, batch="once")
    assert again == found and command_many.give_turns(store, LATER + 9_000) == 0
    with pytest.raises(BatchRefused, match="another order's"):
        command_many.ask_many(store, Selection(role="rating"), Verb.RESTART, "lan", LATER, batch="once")


def test_a_few_a_second_and_nobody_after_it_expired(store: Store) -> None:
    many = [f"nut-{number}" for number in range(10, 10 + 2 * A_SECOND + 5)]
    for device in many:
        enrol(store, device, ["rating"], OFFICE, None, NINE)
    online(store, *many)
    asked = command_many.ask_many(store, Selection(devices=tuple(many)), Verb.IDENTIFY, "lan", LATER, minutes=1)
    given_at = [command_many.give_turns(store, LATER + ms) for ms in (0, 200, 900, 1_000, 1_100)]
    assert given_at == [A_SECOND, 0, 0, A_SECOND, 0]
    assert command_many.give_turns(store, LATER + 60_000) == 0
    last = states(store, asked.id, LATER + 60_000)
    assert sorted(last.values()) == ["expired"] * 5 + ["unanswered"] * 2 * A_SECOND


def test_who_stops_it_stops_it_for_those_who_wait(store: Store) -> None:
    asked = command_many.ask_many(store, Selection(role="rating"), Verb.IDENTIFY, "lan", LATER)
    assert command_many.stop(store, asked.id, LATER + 1, frozenset({"elsewhere"})) is None
    stopped = command_many.stop(store, asked.id, LATER + 1, frozenset({OFFICE}))
    assert stopped is not None and stopped.counts == {OrderedState.EXPIRED: 2}
    assert command_many.give_turns(store, LATER + 2) == 0


@pytest.mark.parametrize(
    ("selection", "verb", "reason"),
    [
        (Selection(), Verb.IDENTIFY, "no_filter"),
        (Selection(office="nowhere"), Verb.IDENTIFY, "nobody"),
        (Selection(devices=("nut-1", "ghost")), Verb.IDENTIFY, "unknown_device"),
        (Selection(role="printer"), Verb.TAKE, "bad_verb"),
        (Selection(role="printer"), Verb.LOG, "bad_verb"),
    ],
)
def test_what_is_no_order_is_refused_whole(store: Store, selection: Selection, verb: Verb, reason: str) -> None:
    with pytest.raises(BatchRefused) as refused:
        command_many.ask_many(store, selection, verb, "lan", LATER)
    assert refused.value.reason == reason and command_many.last_batches(store, 5, LATER) == []


def test_old_orders_to_many_are_forgotten(store: Store) -> None:
    command_many.ask_many(store, Selection(role="rating"), Verb.IDENTIFY, "lan", LATER)
    purge(store, dict.fromkeys(Kept, 30), LATER + 100 * DAY_MS)
    assert command_many.last_batches(store, 5, LATER) == []
