"""The fleet's clock is set while devices send: nothing is lost or doubled, and nothing is decided for good."""

import json
import logging
import threading
import time

import pytest

from fleet.clock import now_ms
from fleet.domain import wall_clock
from fleet.domain.calendars import VIET_NAM
from fleet.domain.day import day_of
from fleet.domain.timing import JUMP_MS
from fleet.flows.audit import verify
from fleet.flows.relink import days_to_relink, relink
from fleet.workers import receiver, sender, timekeeper
from fleet.workers.lookout import Lookout
from fleet.workers.timekeeper import Timekeeper
from protocols import events
from protocols.events import Event
from protocols.presence import Health, Welcome
from tests.fleet.moved_clock import MovedClock
from tests.fleet.workers.house import House, counted
from tests.fleet.workers.played_device import SOON_S, PlayedDevice

SECOND, MIN, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
BETWEEN_MS = 70 * SECOND
# So each device has spoken for more than three minutes by each of the clocks: then the fleet believes what it reads.
STATES = "SELECT number, state FROM tickets ORDER BY number"


class Office:
    """A printer, a keypad and buttons. Their uptime goes on as it did; what time it is they are told by the fleet."""

    def __init__(self, house: House, clock: MovedClock) -> None:
        self.house, self.clock = house, clock
        self.booted_ms = now_ms()
        self.printer, self.keypad, self.buttons = self.devices = [
            house.device(one).come().born(up_ms=0) for one in ("tp-1", "q-1", "nut-1")
        ]
        for device in self.devices:
            device.told(Welcome)
        self.happened: dict[tuple[str, int], int] = {}
        self.number = 0

    def did(self, device: PlayedDevice, kind: type[Event], **fields: object) -> None:
        """A while later it happened there, is receipted, and the device says how it is: another reading of its boot."""
        self.clock.passed_ms += BETWEEN_MS
        real_ms = now_ms() - self.clock.ahead_ms
        up_ms = real_ms - self.booted_ms
        self.happened[device.id, device.speaker.next] = real_ms
        device.did(kind(up=up_ms, at=now_ms(), **fields))
        device.say("health", Health(up=up_ms, heap_free=9))
        self.until_read(device, up_ms)

    def until_read(self, device: PlayedDevice, up_ms: int) -> None:
        """By the clock as it is now."""
        end_s = time.monotonic() + SOON_S
        while up_ms not in [json.loads(one)["up"] for (one,) in self.house.rows(HEALTH, device=device.id)]:
            assert time.monotonic() < end_s, f"the health of {device.id} is not read"
            threading.Event().wait(0.005)

    def takes(self) -> int:
        """Somebody takes a number."""
        self.number += 1
        self.did(self.printer, events.TicketTaken, service="ho-tich", number=self.number, lease="l")
        return self.number

    def serves(self) -> None:
        """Somebody takes a number, is called and served, and presses a button."""
        number = self.takes()
        self.did(self.keypad, events.NumberCalled, service="ho-tich", number=number)
        self.did(self.keypad, events.VisitFinished)
        self.did(self.buttons, events.RatingGiven, score=4, scale=5)

    def until_the_day_began(self) -> None:
        """The sender has seen which day it is: the printer holds numbers from that day on."""
        today = day_of(now_ms(), VIET_NAM)
        while min(one.day for one in self.printer.told_state("leases").leases or ()) != today:
            pass

    def stored(self) -> dict[tuple[str, int], int]:
        """When each event happened, as the fleet has it."""
        rows = self.house.rows("SELECT device, seq, happened_ms FROM events WHERE device NOT LIKE 'srv-%'")
        assert len(rows) == len({row[:2] for row in rows}), "an event is there twice"
        return {(device, seq): ms for device, seq, ms in rows}


HEALTH = "SELECT health FROM devices WHERE id = :device AND health IS NOT NULL"


@pytest.fixture
def office(house: House, moved: MovedClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(sender, "QUEUES_EVERY_S", 0.02)
    monkeypatch.setattr(receiver, "HEALTH_EVERY_S", 0.0)
    return Office(house.all_workers(), moved)


def test_nothing_is_lost_or_doubled_and_nobody_who_waits_is_sent_away(
    office: Office, moved: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, waits = office.house, office.takes()
    for ahead_ms in (HOUR, DAY, 0, -MIN, -DAY, 0):
        moved.ahead_ms = ahead_ms
        if ahead_ms == DAY:
            office.until_the_day_began()
        for _ in range(2):
            office.serves()
    served = [(number, "done") for number in range(waits + 1, office.number + 1)]
    house.wait_for_rows(STATES, [(waits, "waiting"), *served])
    house.wait_for_rows("SELECT day FROM windows WHERE marked > linked", [])
    stored = office.stored()
    assert stored.keys() == office.happened.keys()
    assert max(abs(stored[key] - ms) for key, ms in office.happened.items()) < JUMP_MS
    assert house.rows("SELECT reason FROM unreadable UNION ALL SELECT device FROM collisions") == []
    for place, day in days_to_relink(house.store, None, None, None):
        assert not relink(house.store, place, day, now_ms(), dry_run=True).differs, (place, day)
    verify(house.store)
    monkeypatch.setattr(wall_clock, "BELIEVED_AFTER_MS", 0)
    moved.ahead_ms = DAY
    house.wait_for_rows(STATES, [(waits, "closed"), *served])


def test_a_rollout_waits_until_a_leap_is_believed(
    house: House, moved: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookout, went_on = Lookout(house.store), []
    lookout.stopping.set()
    monkeypatch.setattr(lookout.rollouts, "go_on_safely", went_on.append)
    for ahead_ms in (0, DAY, 0):
        lookout.rollouts_due_s = 0.0
        moved.ahead_ms = ahead_ms
        lookout.round()
    assert len(went_on) == 2, "not by a clock that leapt"


def test_that_the_clock_was_set_is_said_and_counted(moved: MovedClock, caplog: pytest.LogCaptureFixture) -> None:
    before = counted("motcua_clock_set_total")
    with caplog.at_level(logging.WARNING, logger=timekeeper.__name__):
        keeper = Timekeeper()
        keeper.stopping.set()
        for ahead_ms in (0, DAY, DAY - 90 * SECOND, 0):
            moved.ahead_ms = ahead_ms
            keeper.round()
            assert counted("motcua_clock_doubted_seconds") == pytest.approx(max(0, ahead_ms) / SECOND, abs=1)
    assert counted("motcua_clock_set_total") == before + 3
    said = [record.getMessage() for record in caplog.records]
    assert [line[:24] for line in said] == [
        "the clock was set ahead ",
        "no day is ended, nothing",
        "the clock was set back b",
        "the clock was set back b",
    ]
