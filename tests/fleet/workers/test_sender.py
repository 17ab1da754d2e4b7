"""What a device is told after it has come, and when something changes, over a real broker."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import bounds, day_of
from fleet.flows import closing, equip, instruct
from fleet.flows.link import link_marked
from fleet.flows.set_up_office import set_up_office
from fleet.store.database import Store
from fleet.store.rows import run, sql
from fleet.workers import broker, worker
from fleet.workers import sender as module
from protocols import events
from protocols.commands import Reply, Want
from protocols.message import to_json
from protocols.presence import Alive, Hello, Welcome
from protocols.state import Config, ServiceQueue
from tests.fleet.office import OFFICE, PLAN, hello
from tests.fleet.workers.house import House, counted, now_ms
from tests.fleet.workers.played_device import SOON_S, PlayedDevice

OLD_MS = 1_000_000
ROOM, TIMES = 3, 6
PRESENCE = "SELECT presence FROM devices WHERE id = :id"


def presence(house: House, device: str) -> tuple[object, ...]:
    return house.rows("SELECT presence, last_seen_ms FROM devices WHERE id = :id", id=device)[0]


def reports(config: int, nonce: str) -> bytes:
    """A hello that says which configuration the device has."""
    return to_json({**hello(boot=2, epoch=1, nonce=nonce).to_dict(), "config": config})


def ticket(number: int, service: str = "ho-tich") -> events.Event:
    return events.TicketTaken(service=service, number=number, lease="l", up=number, at=now_ms())


def born(house: House, device: str) -> PlayedDevice:
    """A device that has come and was welcomed."""
    played = house.device(device).come().born()
    played.told(Welcome)
    return played


def all_at_its_birth(printer: PlayedDevice) -> None:
    """It was told everything, as after each hello; a queue that its office is told comes by itself, before or after."""
    printer.told_state("leases", "queue")


def test_what_staff_decide_reaches_a_device_that_is_there_and_one_that_comes_later(at_work: House) -> None:
    printer = born(at_work, "tp-1")
    printer.told(Config)
    equip.set_printer(at_work.store, "tp-1", {"text": "raster", "width": 384}, now_ms())
    assert printer.told(Config).printer == {"text": "raster", "width": 384}
    printer.leave()
    equip.set_office(at_work.store, OFFICE, now_ms(), hotline="1900 1022")
    at_work.wait_for_rows("SELECT id FROM devices WHERE config_due > 0", [])
    assert at_work.device("tp-1").come().told(Config).hotline == "1900 1022", "the broker kept it"


def test_a_new_printer_is_welcomed_configured_and_given_numbers_and_keys(at_work: House) -> None:
    before = now_ms()
    printer = at_work.device("tp-1").come().born(nonce="n-7")
    welcome = printer.told(Welcome)
    assert (welcome.epoch, welcome.nonce, welcome.generation) == (1, "n-7", 1)
    assert before <= welcome.now <= now_ms()
    config = printer.told(Config)
    assert (config.version, config.office, config.counter) == (1, "Phường Tân An", None)
    keys = [(key.button, key.service, key.prefix) for key in config.services]
    assert keys == [(1, "ho-tich", "A"), (2, "dat-dai", "B")]
    state = printer.told_state("leases", "day_key", "queue")
    assert state.leases is not None and state.day_key is not None
    ranges = {(lease.service, lease.first, lease.last) for lease in state.leases}
    assert ranges == {("ho-tich", 1, 500), ("dat-dai", 1, 500)}
    assert len({lease.day for lease in state.leases}) in (3, 4), "four before a weekend"
    assert [key.since <= state.now < key.expires for key in state.day_key] == [True, False]


def test_each_role_is_told_what_it_needs_and_no_more(at_work: House) -> None:
    reader = born(at_work, "q-1").told_state()
    assert reader.day_key is not None and (reader.leases, reader.queue) == (None, None)
    buttons = born(at_work, "nut-1").told_state()
    assert (buttons.day_key, buttons.leases, buttons.queue) == (None, None, None)
    assert at_work.played[1].told(Config).services == []


def test_the_configuration_is_retained_and_sent_again_only_when_it_changed(at_work: House) -> None:
    keypad = born(at_work, "q-1")
    first = keypad.told(Config)
    assert (first.version, first.counter, first.roles) == (1, "Quầy 1", ["keypad", "reader"])
    keypad.leave()
    again = at_work.device("q-1").come()
    kept = again.told_raw("config")
    assert kept.retain and b'"version":1' in kept.payload, "the broker keeps it for a device that comes back"
    again.say("hello", reports(config=1, nonce="b"))
    again.told_state("day_key")
    assert again.nothing("config"), "the state came, and no configuration before it"
    set_up_office(at_work.store, replace(PLAN, office=replace(PLAN.office, hotline="19001000")), now_ms())
    again.say("hello", reports(config=1, nonce="c"))
    changed = again.told(Config)
    assert (changed.version, changed.hotline) == (2, "19001000")


def test_a_retained_birth_heard_by_a_sender_that_comes_back_issues_no_second_epoch(house: House) -> None:
    first = house.sender()
    printer = born(house, "tp-1")
    lease_ids = {lease.id for lease in printer.told_state("leases").leases or []}
    first.stop()
    house.workers.remove(first)
    house.sender()
    again = printer.told(Welcome)
    assert (again.epoch, again.nonce) == (1, "n1")
    assert {lease.id for lease in printer.told_state("leases").leases or []} == lease_ids
    assert house.rows("SELECT epoch FROM devices WHERE id = 'tp-1'") == [(1,)]


def test_what_the_broker_kept_is_no_sign_of_life(house: House) -> None:
    first = house.sender()
    keypad = born(house, "q-1")
    keypad.kill()
    house.wait_for_rows(PRESENCE, [("lost",)], id="q-1")
    first.stop()
    house.workers.remove(first)
    with house.store.writing() as connection:
        run(connection, sql("UPDATE devices SET last_seen_ms = :ms, presence_ms = :ms"), ms=OLD_MS)
    house.sender()
    watching = house.device("q-1", will=("mc/1/q-1/up/alive", b'{"gone":true}')).come()
    watching.say("want", Want(id=1, want="next"))
    watching.shown()  # so everything that was retained has been heard
    assert presence(house, "q-1") == ("lost", OLD_MS)


def test_a_device_that_lost_its_storage_gets_the_next_epoch_and_new_numbers(at_work: House) -> None:
    printer = born(at_work, "tp-1")
    held = {lease.first for lease in printer.told_state("leases").leases or []}
    printer.born(nonce="after the fire")
    assert printer.told(Welcome).epoch == 2
    assert {lease.first for lease in printer.told_state("leases").leases or []} == {501}
    assert held == {1}


def test_a_claim_to_an_epoch_that_was_never_issued_is_not_welcomed(at_work: House) -> None:
    before = counted("motcua_unreadable_total", part="hello")
    printer = at_work.device("tp-1").come().born(epoch=7_000, nonce="liar")
    printer.born(nonce="honest")
    assert printer.told(Welcome).nonce == "honest"
    assert counted("motcua_unreadable_total", part="hello") == before + 1


def test_presence_follows_the_device_and_its_last_will(at_work: House) -> None:
    keypad = born(at_work, "q-1")
    at_work.wait_for_rows(PRESENCE, [("online",)], id="q-1")
    assert at_work.changed.get(timeout=30) == OFFICE, "open pages are told"
    keypad.say("alive", Alive(state="sleeping"), retain=True)
    at_work.wait_for_rows(PRESENCE, [("sleeping",)], id="q-1")
    seen_ms = presence(at_work, "q-1")[1]
    keypad.kill()
    at_work.wait_for_rows(PRESENCE, [("lost",)], id="q-1")
    assert presence(at_work, "q-1")[1] == seen_ms, "that it is lost is the broker's word, not the device's"


def test_a_device_that_leaves_properly_is_not_lost(at_work: House) -> None:
    keypad, other = born(at_work, "q-1"), born(at_work, "q-2")
    keypad.say("alive", Alive(state="leaving"), retain=True)
    keypad.leave()
    other.kill()
    at_work.wait_for_rows(PRESENCE, [("lost",)], id="q-2")
    assert presence(at_work, "q-1")[0] == "leaving"


def test_the_next_number_is_shown_at_the_counter_that_asked(at_work: House) -> None:
    printer, keypad, other = (born(at_work, device) for device in ("tp-1", "q-1", "q-2"))
    for number in (1, 2):
        printer.did(ticket(number))
    at_work.wait_for_rows("SELECT COUNT(*) FROM tickets WHERE state = 'waiting'", [(2,)])
    keypad.say("want", Want(id=7, want="next", not_after=now_ms() + 60_000))
    show = keypad.shown()
    assert (show.service, show.number, show.label, show.want) == ("ho-tich", 1, "A001", 7)
    other.say("want", Want(id=1, want="next"))
    show = other.shown()
    assert (show.number, show.want) == (2, 1)
    assert [row[0] for row in at_work.rows("SELECT kind FROM events WHERE device = 'srv-send'")] == ["assigned"] * 2


def test_nobody_waits_and_that_is_said(at_work: House) -> None:
    keypad = born(at_work, "q-1")
    keypad.say("want", Want(id=3, want="next"))
    show = keypad.shown()
    assert (show.number, show.label, show.want) == (None, "", 3)


def test_a_wish_that_is_too_old_has_no_answer(at_work: House) -> None:
    keypad = born(at_work, "q-1")
    before = counted("motcua_wants_total", want="next", answer="none")
    keypad.say("want", Want(id=1, want="next", not_after=now_ms() - 1))
    keypad.say("want", Want(id=2, want="next"))
    show = keypad.shown()
    assert show.want == 2
    assert counted("motcua_wants_total", want="next", answer="none") == before + 1


def test_a_wish_without_a_clock_is_as_old_as_it_waited_here(at_work: House, monkeypatch: pytest.MonkeyPatch) -> None:
    keypad = born(at_work, "q-1")
    before = counted("motcua_wants_total", want="next", answer="none")
    monkeypatch.setattr(module, "WANT_HOLDS_MS", -1)
    keypad.say("want", Want(id=1, want="next"))
    keypad.say("hello", hello(boot=1, epoch=1, nonce="then"))
    while keypad.told(Welcome).nonce != "then":
        pass
    assert counted("motcua_wants_total", want="next", answer="none") == before + 1
    monkeypatch.undo()
    keypad.say("want", Want(id=2, want="next"))
    show = keypad.shown()
    assert show.want == 2


def test_a_printer_that_asks_for_numbers_gets_a_lease_beside_the_others(house: House) -> None:
    house.receiver(lease_numbers=10)
    house.sender(lease_numbers=10)
    printer = born(house, "tp-1")
    first = printer.told_state("leases").leases or []
    today = min(lease.day for lease in first)
    lease = next(one for one in first if (one.service, one.day) == ("ho-tich", today))
    assert (lease.first, lease.last) == (1, 10)
    for number in range(1, 10):
        printer.speaker.does(ticket(number))
    printer.deliver()
    link_marked(house.store, now_ms())
    printer.say("want", Want(id=1, want="numbers"))
    more = [one for one in printer.told_state("leases").leases or [] if (one.service, one.day) == ("ho-tich", today)]
    assert [(one.first, one.last) for one in more] == [(1, 10), (11, 20)]


def test_printers_are_told_of_their_queues_when_they_change(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUES_EVERY_S", 0.05)
    house.all_workers()
    printer = born(house, "tp-1")

    def told() -> list[ServiceQueue]:
        queue = printer.told_state("queue").queue
        assert queue is not None
        return queue.services

    def ahead(services: list[ServiceQueue]) -> list[int]:
        return [service.ahead for service in services]

    all_at_its_birth(printer)
    printer.did(ticket(1))
    while ahead(before := told()) != [1, 0]:
        assert ahead(before) == [0, 0]
    printer.did(ticket(1, service="dat-dai"))
    while ahead(now := told()) != [1, 1]:  # the expected wait may have changed alone
        assert [one.to_dict() for one in now] != [one.to_dict() for one in before], "none comes without a change"
        before = now
    monkeypatch.setattr(instruct, "QUEUE_HOLDS_MS", 10_000_000)
    assert ahead(told()) == [1, 1], "what would soon hold no longer is told again"


def test_printers_are_told_when_a_day_ends_otherwise(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUES_EVERY_S", 0.05)
    house.all_workers()
    printer = born(house, "tp-1")
    all_at_its_birth(printer)
    for number in (1, 2):
        printer.did(ticket(number))
        printer.told_state("queue")  # of two rounds, so in the first it was looked how the day ends
    day = day_of(now_ms(), VIET_NAM)
    until_ms = bounds(day, VIET_NAM)[1] - 1
    closing.say_until(house.store, OFFICE, day, until_ms, "mai", now_ms())
    leases = printer.told_state("leases").leases or []
    while until_ms not in [lease.expires for lease in leases if lease.day == day]:
        leases = printer.told_state("leases").leases or []


def test_a_reply_is_logged_as_a_strangers_text(at_work: House, caplog: pytest.LogCaptureFixture) -> None:
    keypad = born(at_work, "q-1")
    with caplog.at_level("INFO"):
        keypad.say("reply", Reply(id="c-1", ok=False, reason="no\nERROR forged"))
        keypad.say("want", Want(id=1, want="next"))
        keypad.shown()
    assert 'q-1 answers command "c-1": "no?ERROR forged"' in caplog.messages


def test_an_answer_that_fails_is_given_when_the_database_is_back(
    at_work: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    keypad = born(at_work, "q-1")
    keypad.told_state()
    failures = [RuntimeError("the database is away")]
    real = module.welcome

    def failing(*args: object) -> Welcome:
        if failures:
            raise failures.pop()
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "welcome", failing)
    keypad.say("hello", hello(boot=1, epoch=1, nonce="again"))
    assert keypad.told(Welcome).nonce == "again"
    assert failures == []


def test_the_words_of_a_birth_are_kept(at_work: House) -> None:
    keypad = at_work.device("q-1").come()
    said = Hello(firmware="0.1.0", board="pico_w", roles=[], epoch=None, boot=4, reset="power", nonce="n", up=9)
    keypad.say("hello", said, retain=True)
    keypad.told(Welcome)
    kept = at_work.rows("SELECT firmware, board, boot, reset_reason, nonce FROM devices WHERE id = 'q-1'")
    assert kept == [("0.1.0", "pico_w", 4, "power", "n")]


def test_a_birth_that_cannot_be_answered_stops_nobody(
    at_work: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = module.welcome

    def breaks(store: Store, device: str, *rest: Any) -> Welcome:
        if device == "nut-1":
            raise ZeroDivisionError
        return real(store, device, *rest)

    monkeypatch.setattr(module, "welcome", breaks)
    monkeypatch.setattr(module, "FAILURES_BORNE", 3)
    monkeypatch.setattr(worker, "AFTER_FAILURE_S", 0.05)
    before = counted("motcua_unreadable_total", part="unanswerable")
    at_work.device("nut-1").come().born()
    assert at_work.device("nut-2").come().born().told(Welcome).epoch == 1
    deadline = time.monotonic() + SOON_S
    while "could not be answered in 3 rounds" not in caplog.text:
        assert time.monotonic() < deadline, "the birth is still tried"
        threading.Event().wait(0.02)
    assert counted("motcua_unreadable_total", part="unanswerable") == before + 1


def test_a_sender_that_is_far_behind_hears_on_and_answers_the_last_word_of_each(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "ARRIVED_AT_MOST", ROOM)
    monkeypatch.setattr(module, "AT_ONCE", ROOM)
    monkeypatch.setattr(worker, "AFTER_FAILURE_S", 0.02)
    is_away, real, welcomed = [True], module.welcome, []

    def welcome(store: Store, device: str, said: Hello, *rest: Any) -> Welcome:
        if is_away[0]:
            raise OperationalError("", {}, OSError("no database is there"))
        welcomed.append((device, said.nonce))
        return real(store, device, said, *rest)

    monkeypatch.setattr(module, "welcome", welcome)
    sender, boards = house.sender(), [house.device(one.id).come() for one in PLAN.devices]
    void = counted("motcua_shed_total", what="births")
    for number in range(TIMES):
        for board in boards:
            board.say("hello", hello(nonce=f"n{number}"), retain=True)
    deadline = time.monotonic() + SOON_S
    while counted("motcua_shed_total", what="births") - void < TIMES * len(boards) - ROOM - len(boards):
        assert time.monotonic() < deadline, f"{sender.broker.arrived.qsize()} lie at the connection"
        threading.Event().wait(0.02)
    monkeypatch.setattr(module, "BEHIND_AFTER_S", -1.0)
    assert sender.trouble().startswith("expected devices to be answered within -1 s, found one that waits")
    is_away[0] = False
    for board in boards:
        while board.told(Welcome).nonce != f"n{TIMES - 1}":
            pass
    assert len(welcomed) == ROOM + len(boards), "those that came first, and of each device the last"
