"""Orders to devices: refused at once, told again until they are answered, answered once."""

import json

import pytest

from fleet.domain.commands import HOLDS_MS, CommandRefused, CommandState, Verb
from fleet.domain.retention import Kept
from fleet.flows import command
from fleet.flows.changes import DEVICES
from fleet.flows.enrol import revoke
from fleet.flows.presence import seen, welcome
from fleet.flows.purge import purge
from fleet.flows.watch import versions
from fleet.store.database import Store
from protocols.commands import Reply
from protocols.presence import Alive, Hello
from protocols.reports import ClockHeard, Snapshot
from tests.fleet.office import NINE

DAY_MS = 86_400_000
LATER = NINE + 60_000


def born(store: Store, device: str, boot: int = 4, reset: str = "power") -> None:
    hello = Hello(firmware="0.1", board="b", roles=[], epoch=None, boot=boot, reset=reset, nonce=f"n{boot}", up=1)
    welcome(store, device, hello, NINE)
    seen(store, device, Alive(), NINE)


def told(store: Store, now_ms: int) -> list[tuple[str, str]]:
    found = command.untold(store, 10, now_ms)
    for _, order in found:
        command.was_told(store, order.id, now_ms)
    return [(device, order.verb) for device, order in found]


def test_an_order_is_told_until_it_is_answered_and_answered_once(store: Store) -> None:
    born(store, "tp-1")
    before = versions(store, LATER)[DEVICES]
    asked = command.ask(store, "tp-1", Verb.TAKE, "kiosk", LATER, {"service": "ho-tich"})
    assert (asked.state, versions(store, LATER)[DEVICES]) == (CommandState.WAITING, LATER)
    assert before == 0
    assert told(store, LATER) == [("tp-1", "take")]
    assert told(store, LATER + 100) == [], "it is on its way"
    assert told(store, LATER + command.AGAIN_MS) == [("tp-1", "take")]
    assert told(store, LATER + HOLDS_MS[Verb.TAKE] + 1) == [], "it holds no longer"
    stranger = Reply(id=asked.id, ok=True, result={"service": "ho-tich", "number": 7})
    assert not command.answered(store, "q-1", stranger, LATER + 200), "another device answers for nobody"
    assert command.answered(store, "tp-1", stranger, LATER + 200)
    assert not command.answered(store, "tp-1", Reply(id=asked.id, ok=False, reason="late"), LATER + 300)
    found = command.answer_of(store, asked.id, LATER + 400)
    assert found is not None
    assert (found.state, found.service, found.number, found.answered_ms) == ("done", "ho-tich", 7, LATER + 200)
    assert command.last_commands(store, "tp-1", 5, LATER + 400) == (found,)
    assert versions(store, LATER)[DEVICES] == LATER + 200


def test_answers_that_nobody_waits_for_keep_nobody_from_writing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    born(store, "tp-1")
    asked = command.ask(store, "tp-1", Verb.IDENTIFY, "lan", NINE)
    reply = Reply(id=asked.id, ok=True)
    assert command.answered(store, "tp-1", reply, NINE)
    monkeypatch.delattr(Store, "writing")
    for device, said in (("tp-1", reply), ("q-1", reply), ("tp-1", Reply(id="none", ok=True))):
        assert not command.answered(store, device, said, NINE)


def test_an_order_that_nobody_answers_is_over(store: Store) -> None:
    born(store, "tp-1")
    asked = command.ask(store, "tp-1", Verb.IDENTIFY, "lan", LATER)
    after = command.answer_of(store, asked.id, LATER + 60_000)
    assert after is not None and after.state is CommandState.UNANSWERED
    assert command.answer_of(store, "none", LATER) is None


def test_a_restart_that_calls_itself_late_after_the_boot_was_made(store: Store) -> None:
    born(store, "tp-1", boot=4)
    asked = command.ask(store, "tp-1", Verb.RESTART, "lan", LATER)
    (_, order), *_ = command.untold(store, 10, LATER)
    assert order.arguments == {"boot": 4}
    born(store, "tp-1", boot=5, reset="command")
    assert command.answered(store, "tp-1", Reply(id=asked.id, ok=False, reason="late"), LATER + 9)
    found = command.answer_of(store, asked.id, LATER + 10)
    assert found is not None and (found.state, found.reason) == (CommandState.DONE, "")


@pytest.mark.parametrize(
    ("device", "verb", "arguments", "reason"),
    [
        ("nobody", Verb.IDENTIFY, {}, "unknown_device"),
        ("nut-1", Verb.TEST_PRINT, {}, "no_printer"),
        ("q-1", Verb.IDENTIFY, {}, "away"),
        ("tp-1", Verb.IDENTIFY, {"seconds": 61}, "bad_arguments"),
        ("tp-1", Verb.IDENTIFY, {"seconds": "10"}, "bad_arguments"),
        ("tp-1", Verb.TAKE, {}, "bad_arguments"),
        ("tp-1", Verb.LOG, {"from": -1}, "bad_arguments"),
    ],
)
def test_what_can_not_be_done_is_refused_at_once(
    store: Store, device: str, verb: Verb, arguments: dict[str, object], reason: str
) -> None:
    born(store, "tp-1")
    with pytest.raises(CommandRefused) as refused:
        command.ask(store, device, verb, "lan", LATER, arguments)
    assert refused.value.reason == reason
    assert command.untold(store, 10, LATER) == []


def test_a_device_is_not_buried_in_orders_and_a_revoked_one_gets_none(store: Store) -> None:
    born(store, "tp-1")
    for _ in range(3):
        command.ask(store, "tp-1", Verb.IDENTIFY, "lan", LATER)
    with pytest.raises(CommandRefused, match="has not answered its last 3 orders"):
        command.ask(store, "tp-1", Verb.IDENTIFY, "lan", LATER)
    revoke(store, "tp-1", LATER)
    with pytest.raises(CommandRefused) as refused:
        command.ask(store, "tp-1", Verb.IDENTIFY, "lan", LATER + DAY_MS)
    assert refused.value.reason == "revoked"


def test_strange_answers_are_borne_and_old_orders_forgotten(store: Store) -> None:
    born(store, "tp-1")
    asked = command.ask(store, "tp-1", Verb.TEST_PRINT, "lan", LATER)
    odd = Reply(id=asked.id, ok=False, reason="printer", result={"found": ["x"], "number": "7", "service": 3})
    assert command.answered(store, "tp-1", odd, LATER + 1)
    found = command.answer_of(store, asked.id, LATER + 2)
    assert found is not None
    assert (found.state, found.reason, found.found, found.number, found.service) == (
        "refused",
        "printer",
        "",
        None,
        None,
    )
    assert json.loads(json.dumps({"state": found.state})) == {"state": "refused"}
    purge(store, dict.fromkeys(Kept, 30), LATER + 100 * DAY_MS)
    assert command.last_commands(store, "tp-1", 5, LATER) == ()


def test_what_a_device_says_of_itself_is_typed_and_short(store: Store) -> None:
    born(store, "tp-1")
    shot = command.ask(store, "tp-1", Verb.SNAPSHOT, "lan", LATER)
    said = {"up": 5, "heap_free": 9, "network": {"host": "h" * 999, "deep": {"a": 1}, "port": 1}, "odd": "x"}
    assert command.answered(store, "tp-1", Reply(id=shot.id, ok=True, result=said), LATER + 1)
    found = command.answer_of(store, shot.id, LATER + 2)
    assert found is not None and found.state is CommandState.DONE
    assert found.report == Snapshot(up=5, heap_free=9, network={"host": "h" * 100, "port": 1})

    odd = command.ask(store, "tp-1", Verb.LOG, "lan", LATER, {"from": 4})
    assert command.answered(store, "tp-1", Reply(id=odd.id, ok=True, result={"lines": "none"}), LATER + 1)
    found = command.answer_of(store, odd.id, LATER + 2)
    assert found is not None and (found.state, found.report) == (CommandState.DONE, None)


def test_a_clock_is_told_the_time_at_which_it_is_told(store: Store) -> None:
    born(store, "tp-1")
    command.ask(store, "tp-1", Verb.CLOCK, "lan", LATER)
    ((_, order),) = command.untold(store, 10, LATER + 1_234)
    assert order.arguments == {"now": LATER + 1_234}
    assert command.answered(store, "tp-1", Reply(id=order.id, ok=True, result={"offset_ms": -40}), LATER + 2_000)
    found = command.answer_of(store, order.id, LATER + 2_001)
    assert found is not None and found.report == ClockHeard(offset_ms=-40)
