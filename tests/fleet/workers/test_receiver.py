"""Events over a real broker: stored, then receipted, then acknowledged; by one receiver or by several."""

import queue
import sqlite3
import threading
import time

import pytest

from fleet.flows import arming, tones
from fleet.flows.presence import welcome
from fleet.flows.received import Arrival, Received
from fleet.mqtt_packets import Came
from fleet.store.database import Store
from fleet.workers import receiver as module
from fleet.workers import worker
from fleet.workers.line import Line
from fleet.workers.receiver import Receiver
from protocols import events
from protocols.batches import Receipt
from protocols.identity import event_id
from protocols.presence import Health, Welcome
from protocols.topics import up
from tests.fleet.office import Speaker, hello
from tests.fleet.workers.house import HOUR_MS, House, counted, now_ms
from tests.fleet.workers.played_device import SOON_S, PlayedDevice

HEALTH = "SELECT health FROM devices WHERE id = 'q-1'"


@pytest.fixture(autouse=True)
def tries_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_FAILURE_S", 0.05)


def born(house: House, device: str) -> PlayedDevice:
    """A device that has come and was welcomed."""
    played = house.device(device).come().born()
    played.told(Welcome)
    return played


def press() -> events.Event:
    return events.RatingGiven(score=4, scale=5, up=10, at=now_ms())


def finish() -> events.Event:
    return events.VisitFinished(up=10, at=now_ms())


UNREADABLE = "SELECT reason FROM unreadable"
SEQS = "SELECT seq FROM events WHERE device = :id ORDER BY seq"


def seqs(house: House, device: str) -> list[int]:
    return [seq for (seq,) in house.rows(SEQS, id=device)]


def test_a_batch_is_receipted_once_it_is_stored(at_work: House) -> None:
    buttons = born(at_work, "nut-1")
    for _ in range(3):
        buttons.speaker.does(press())
    before = now_ms()
    receipt = buttons.deliver()
    assert (receipt.epoch, receipt.boot, receipt.through, receipt.refused) == (1, 1, 2, [])
    assert before <= receipt.now <= now_ms()
    assert seqs(at_work, "nut-1") == [0, 1, 2], "it was committed before the receipt was sent"


def test_while_the_store_fails_there_is_no_receipt_and_no_acknowledgement(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = house.receiver()
    house.sender()
    buttons = born(house, "nut-1")
    log: list[str] = []
    real_receive, real_tell, real_ack = module.receive, receiver.broker.tell_each, receiver.broker.acknowledge

    def failing(*args: object) -> Received:
        log.append("try")
        if log.count("try") <= 2:
            raise sqlite3.OperationalError("disk I/O error")
        return real_receive(*args)  # type: ignore[arg-type]

    def tell(*args: object, **more: object) -> None:
        log.append("receipt")
        real_tell(*args, **more)  # type: ignore[arg-type]

    def acknowledge(messages: object) -> None:
        log.append("acknowledge")
        real_ack(messages)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "receive", failing)
    monkeypatch.setattr(receiver.broker, "tell_each", tell)
    monkeypatch.setattr(receiver.broker, "acknowledge", acknowledge)
    failed, taken = counted("motcua_receive_store_failed_total"), counted("motcua_messages_total", topic="events")
    buttons.speaker.does(press())
    buttons.say("events", buttons.speaker.batch())
    assert buttons.told(Receipt).through == 0
    buttons.deliver()  # what stands in the log before its second try is all of the first batch
    assert log[:5] == ["try", "try", "try", "receipt", "acknowledge"]
    assert counted("motcua_receive_store_failed_total") == failed + 2
    assert counted("motcua_messages_total", topic="events") == taken + 2, "two messages, however often they were tried"


def test_a_locked_database_delays_the_receipt_and_loses_nothing(at_work: House) -> None:
    buttons = born(at_work, "nut-1")
    buttons.speaker.does(press())
    other = Store(at_work.store.url)
    with other.writing():
        buttons.say("events", buttons.speaker.batch())
        with pytest.raises(queue.Empty):
            buttons.told(Receipt, within_s=0.5)
    other.close()
    assert buttons.told(Receipt).through == 0
    assert seqs(at_work, "nut-1") == [0]


def test_a_finish_arms_the_buttons_of_that_counter_only(at_work: House) -> None:
    buttons, others, keypad = (born(at_work, device) for device in ("nut-1", "nut-2", "q-1"))
    other_keypad = born(at_work, "q-2")
    seq = keypad.speaker.does(finish())
    keypad.deliver()
    armed = buttons.told_state("armed").armed
    assert armed is not None
    assert armed.finish == event_id("q-1", 1, 1, seq)
    assert 0 < armed.expires - now_ms() <= arming.ARMED_MS
    seq = other_keypad.speaker.does(finish())
    other_keypad.deliver()
    armed = others.told_state("armed").armed
    assert armed is not None and armed.finish == event_id("q-2", 1, 1, seq), "the first thing it hears of any finish"


def test_a_reader_is_told_what_its_code_is_worth(at_work: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tones, "TOLD_WITHIN_MS", HOUR_MS)  # while somebody is there, however slow this machine is
    reader = born(at_work, "q-1")
    reader.did(events.CodeScanned(what="ticket", code="MC1:of-nobody:3:0123456789abcdef", up=1, at=now_ms()))
    tone = reader.told_state("tone").tone
    assert tone is not None and tone.tone == "unknown" and 0 < tone.expires - now_ms() <= HOUR_MS


def test_a_call_is_shown_in_the_lobby_and_at_its_counter_at_once(at_work: House) -> None:
    keypad, lobby, counter = born(at_work, "q-2"), born(at_work, "bang-sanh"), born(at_work, "bang-1")
    keypad.speaker.does(events.NumberCalled(service="ho-tich", number=7, up=10, at=now_ms()))
    keypad.deliver()
    mine = born(at_work, "q-1")
    mine.speaker.does(events.NumberRecalled(service="ho-tich", number=8, up=10, at=now_ms()))
    mine.deliver()
    shown = []
    while len(shown) < 2:
        shown += lobby.told_state("calls").calls or []
    assert [(one["label"], one["counter"]) for one in shown] == [("A007", "2"), ("A008", "1")]
    at_the_counter: list[dict[str, str | int | bool]] = []
    while not at_the_counter:
        at_the_counter = counter.told_state("calls").calls or []
    assert [one["label"] for one in at_the_counter] == ["A008"]


def test_a_finish_of_long_ago_arms_nobody(at_work: House) -> None:
    """A keypad that was cut off delivers its visits: whoever presses now is another resident."""
    up_ms = 2 * arming.ARMED_MS
    buttons, keypad = born(at_work, "nut-1"), at_work.device("q-1").come().born(up_ms=up_ms)
    keypad.told(Welcome)
    keypad.speaker.does(events.VisitFinished(up=10))
    late = keypad.speaker.does(events.VisitFinished(up=up_ms))
    keypad.deliver()
    armed = buttons.told_state("armed").armed
    assert armed is not None and armed.finish == event_id("q-1", 1, 1, late)


def test_arming_that_failed_once_is_done_in_the_next_round(at_work: House, monkeypatch: pytest.MonkeyPatch) -> None:
    buttons, keypad = born(at_work, "nut-1"), born(at_work, "q-1")
    failures = [RuntimeError("the database is away")]
    real = module.arm

    def failing(*args: object) -> object:
        if failures:
            raise failures.pop()
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "arm", failing)
    keypad.did(finish())
    assert buttons.told_state("armed").armed is not None
    assert failures == []


def test_the_last_health_of_a_while_is_written_once_for_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEALTH_EVERY_S", 1e9)
    written: list[set[str]] = []
    real = module.healthy

    def note(store: Store, reports: dict[str, Health], at_ms: int) -> None:
        written.append(set(reports))
        real(store, reports, at_ms)

    monkeypatch.setattr(module, "healthy", note)
    house.all_workers()
    keypad, other = born(house, "q-1"), born(house, "q-2")
    for free in range(40):
        for device in (keypad, other):
            device.say("health", Health(up=free, heap_free=free))
    keypad.did(press())  # so all of it has arrived
    assert house.rows(HEALTH) == [(None,)]
    monkeypatch.setattr(module, "HEALTH_EVERY_S", 0)
    house.wait_for_rows(HEALTH, [('{"up": 39, "heap_free": 39}',)])
    assert written == [{"q-1", "q-2"}]


def test_two_receivers_share_the_load_and_lose_nothing_when_one_dies_without_acknowledging(house: House) -> None:
    first, second = house.receiver(), house.receiver(store=Store(house.store.url))
    house.sender()
    buttons = born(house, "nut-1")
    committed: queue.Queue[tuple[str, int]] = queue.Queue()
    counting(first, "first", committed)
    counting(second, "second", committed)
    for _ in range(20):
        buttons.say("events", buttons.speaker.batch(buttons.speaker.does(press())))
    # Nothing is said twice here: each receiver stores what the broker gave it, and nobody does it for the other.
    stored = {"first": 0, "second": 0}
    while sum(stored.values()) < 20:
        name, n = committed.get(timeout=SOON_S)
        stored[name] += n
    assert stored["first"] > 0 and stored["second"] > 0
    assert seqs(house, "nut-1") == list(range(20))

    taken = threading.Event()

    def die() -> None:
        taken.set()
        first.stopping.wait()  # in the middle of a batch, for ever

    first.store_in_hand = die  # type: ignore[method-assign]
    for _ in range(20):
        buttons.say("events", buttons.speaker.batch(buttons.speaker.does(press())))
    assert taken.wait(30), "it holds some of them"
    first.stopping.set()
    house.workers.remove(first)
    assert isinstance(first.broker, Line) and first.broker.writer is not None
    first.broker.soon(first.broker.left.set)  # it does not come back, and says no word
    first.broker.soon(first.broker.writer.transport.abort)
    assert buttons.deliver().through == 39
    assert seqs(house, "nut-1") == list(range(40))
    second.store.close()


def counting(receiver: Receiver, name: str, told: "queue.Queue[tuple[str, int]]") -> None:
    """Tell how many events this receiver has stored, after each commit."""
    real = receiver.committed

    def committed(received: Received) -> None:
        real(received)
        told.put((name, sum(received.new.values())))

    receiver.committed = committed  # type: ignore[method-assign]


def test_on_mqtt_3_1_1_the_subscription_is_plain(house: House) -> None:
    receiver = house.receiver(broker_protocol="3.1.1")
    assert receiver.broker.subscriptions == [("mc/1/+/up/events", 1), ("mc/1/+/up/health", 0)]
    house.sender(broker_protocol="3.1.1")
    buttons = house.device("nut-1", modern=False).come().born()
    buttons.told(Welcome)
    buttons.speaker.does(press())
    assert buttons.deliver().through == 0
    assert seqs(house, "nut-1") == [0]


def test_a_device_that_was_revoked_is_neither_stored_nor_receipted(at_work: House) -> None:
    from fleet.flows.enrol import revoke

    buttons, other = born(at_work, "nut-1"), born(at_work, "nut-2")
    revoke(at_work.store, "nut-1", now_ms())
    before = counted("motcua_unreadable_total", part="device")
    buttons.speaker.does(press())
    buttons.say("events", buttons.speaker.batch())
    other.did(press())
    assert seqs(at_work, "nut-1") == []
    assert buttons.nothing("receipt")
    assert counted("motcua_unreadable_total", part="device") == before + 1


def test_a_message_that_breaks_the_receiver_is_kept_apart_and_stops_nobody(
    at_work: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own that one event brings out: everybody else's events are stored, and its device goes on."""
    real = module.receive

    def breaks(store: Store, arrivals: list[Arrival], at_ms: int, kept: int) -> Received:
        if any(b'"score":1' in arrival.payload for arrival in arrivals):
            raise ZeroDivisionError
        return real(store, arrivals, at_ms, kept)

    monkeypatch.setattr(module, "receive", breaks)
    poisoned, other = born(at_work, "nut-1"), born(at_work, "nut-2")
    bad = poisoned.speaker.does(events.RatingGiven(score=1, scale=5, up=10, at=now_ms()))
    good = poisoned.speaker.does(press())
    poisoned.say("events", poisoned.speaker.batch())
    other.did(press())
    assert seqs(at_work, "nut-2") == [0]
    at_work.wait_for_rows(UNREADABLE, [("could not be stored: ZeroDivisionError",)])
    # No receipt came, so the device says its events one by one, as the firmware does.
    poisoned.say("events", poisoned.speaker.batch(bad))
    receipt = poisoned.told(Receipt)
    assert (receipt.refused, receipt.through) == ([bad], -1)
    poisoned.say("events", poisoned.speaker.batch(good, oldest=good))
    assert poisoned.told(Receipt).through == good
    assert seqs(at_work, "nut-1") == [good]


def flood(receiver: Receiver, device: str, name: str, payload: bytes, times: int = 1) -> None:
    """So many messages that have arrived and wait."""
    for number in range(times):
        assert isinstance(receiver.broker, Line)
        receiver.broker.arrived.append(Came(up(device, name), payload, 1, number, False, time.monotonic(), 0))


def test_a_flood_of_health_is_left_aside_while_events_wait_behind_it(house: House) -> None:
    """A device that went mad: each of its broken reports would be a transaction of its own, before any receipt."""
    receiver = Receiver(house.store, house.settings.model_copy(update={"receive_batch": 10}))
    welcome(house.store, "nut-1", hello(), now_ms())
    before, speaker = counted("motcua_shed_total", what="health"), Speaker("nut-1")
    speaker.does(press())
    flood(receiver, "nut-2", "health", b"nonsense", 90)
    flood(receiver, "nut-1", "events", speaker.batch())
    flood(receiver, "q-1", "health", Health(up=1, heap_free=7).to_bytes())
    while not seqs(house, "nut-1"):
        receiver.round()
    assert counted("motcua_shed_total", what="health") == before + 80, "all but those with nothing more behind them"
    assert len(house.rows(UNREADABLE)) == 10
    assert receiver.health.keys() == {"q-1"}, "once there is time again it is looked at"
