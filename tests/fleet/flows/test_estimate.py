"""Waits are estimated while a day goes on, promised to whoever takes a number, and scored when the day is over."""

import os
from itertools import groupby

import pytest

from fleet.domain.day import bounds
from fleet.domain.telling import Cause
from fleet.flows import instruct
from fleet.flows.book import book
from fleet.flows.estimate import Estimator
from fleet.flows.link import link_marked
from fleet.flows.made_day import made_day
from fleet.flows.queue_rules import set_counter
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.replay import Replayed, tell
from fleet.flows.replay import set_up as set_up_recorded
from fleet.flows.teach import NoSuchOffice, scores_of, teach_due
from fleet.flows.told_waits import told
from fleet.store import estimates, places
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000
TOMORROW = bounds("2026-11-10", "Asia/Ho_Chi_Minh")[0] + 5 * MIN
WHOLE_DAYS_ON = ["sqlite", "postgresql"] if "DAYS" in os.environ else ["sqlite"]
# What it asks a database for, all others here ask both kinds for; the other kind's two days take twenty seconds.


class Morning:
    """What devices say of a morning, linked and estimated minute by minute."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.estimator = Estimator(store)
        self.speakers: dict[str, Speaker] = {}

    def at(self, minute: float, device: str, event: type[Event], **fields: object) -> None:
        ms = NINE + int(minute * MIN)
        speaker = self.speakers.setdefault(device, Speaker(device))
        seq = speaker.does(event(up=ms - NINE, at=ms, **fields))
        receive(self.store, [Arrival(speaker.topic, speaker.batch(seq))], ms)
        link_marked(self.store, ms)
        self.look(minute + 0.02)

    def ticket(self, minute: float, number: int, service: str = "ho-tich", priority: str = "") -> None:
        self.at(minute, "tp-1", events.TicketTaken, service=service, number=number, lease="l", priority=priority)

    def call(self, minute: float, number: int, keypad: str = "q-1", service: str = "ho-tich") -> None:
        self.at(minute, keypad, events.NumberCalled, service=service, number=number)

    def look(self, minute: float) -> list[str]:
        return self.estimator.estimate_due(NINE + int(minute * MIN))

    def told(self, minute: float):  # type: ignore[no-untyped-def]
        with self.store.reading() as connection:
            office = places.office(connection, OFFICE)
            assert office is not None
            return told(connection, office, NINE + int(minute * MIN))


@pytest.fixture
def morning(store: Store) -> Morning:
    return Morning(store)


def test_nobody_is_told_anything_before_a_counter_works(morning: Morning) -> None:
    morning.look(0)
    morning.ticket(1, 1)
    now = morning.told(1.1)
    assert now.newcomers == {"ho-tich": None, "dat-dai": None} and now.waiting == {} and now.counters == 0
    assert instruct.queues(morning.store, OFFICE, NINE + 2 * MIN)[0].services[0].p50 is None  # type: ignore[index]


def test_what_a_printer_is_told_grows_with_the_queue(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    heard = []
    for number in range(2, 9):
        morning.ticket(number, number)
        found = instruct.queues(morning.store, OFFICE, NINE + number * MIN)
        assert found is not None
        one = next(one for one in found[0].services if one.service == "ho-tich")
        assert one.p50 is not None and one.p90 is not None and one.p50 % 5 == 0 and one.p50 <= one.p90
        heard.append(one.p50)
    assert heard == sorted(heard) and heard[-1] > heard[0] + 20


def test_another_counter_halves_the_wait_and_its_pause_is_a_cause(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    for number in range(2, 10):
        morning.ticket(number, number)
    alone = morning.told(10).newcomers["ho-tich"].spread.middle
    morning.call(10, 2, "q-2")
    both = morning.told(10.1).newcomers["ho-tich"].spread.middle
    assert 0.3 * alone < both < 0.75 * alone
    morning.at(11, "q-2", events.VisitFinished)
    last = morning.told(11.1).waiting["ho-tich", 9]
    morning.at(11.2, "q-2", events.Paused, reason="meeting")
    later = morning.told(11.3).waiting["ho-tich", 9]
    assert later.spread.middle > last.spread.middle + 5 and later.cause is Cause.FEWER_COUNTERS


def test_a_service_that_only_a_busy_counter_calls_for_waits_for_that_counter(morning: Morning) -> None:
    morning.ticket(0, 1, "dat-dai")
    morning.call(0.5, 1, "q-1", "dat-dai")
    morning.ticket(1, 1)
    morning.call(1.5, 1, "q-2")
    morning.at(2, "q-2", events.VisitFinished)
    now = morning.told(2.1)
    assert now.newcomers["ho-tich"].p50 == 0, "the second counter is free"
    assert now.newcomers["dat-dai"].spread.middle > 2, "it does not call for this service"
    set_counter(morning.store, "quay-2", ["ho-tich"], ["dat-dai"], NINE + 3 * MIN)
    morning.look(3)
    assert morning.told(3).newcomers["dat-dai"].p50 == 0, "now it helps"


def test_priority_goes_before_and_others_hear_of_it(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    for number in range(2, 8):
        morning.ticket(2, number)
    morning.ticket(3, 8, priority="priority")
    now = morning.told(3.1).waiting
    assert now["ho-tich", 8].spread.middle < now["ho-tich", 3].spread.middle < now["ho-tich", 7].spread.middle


def test_an_appointment_that_is_yet_to_come_makes_others_wait(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    for number in range(2, 6):
        morning.ticket(2, number)
    before = morning.told(2.5).waiting["ho-tich", 5].spread.middle
    book(morning.store, OFFICE, "ho-tich", NINE + 15 * MIN, None, NINE + 3 * MIN)
    morning.look(3.5)
    assert morning.told(3.5).waiting["ho-tich", 5].spread.middle > before + 2


def test_only_one_estimates_and_only_when_it_is_due(morning: Morning) -> None:
    assert morning.look(0) == [OFFICE]
    assert morning.look(0.1) == [], "nothing was linked, and nobody waits"
    assert Estimator(morning.store).estimate_due(NINE + 7_000) == [], "another worker sees that, too"
    assert morning.look(6) == [OFFICE], "now and then all the same"
    with morning.store.writing() as connection:
        assert estimates.take(connection, OFFICE, DAY, 99, NINE + 7 * MIN, NINE + 8 * MIN)
        assert not estimates.take(connection, OFFICE, DAY, 99, NINE + 7 * MIN, NINE + 8 * MIN)
    assert morning.look(7.5) == [], "somebody else is at it"
    assert morning.look(11.5) == [OFFICE], "who took it has died"


def test_what_is_old_is_not_told(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    assert morning.told(2).newcomers["ho-tich"] is not None
    assert morning.told(12).newcomers == {}, "whoever estimated is gone"
    assert morning.told(60 * 24).newcomers == {}, "another day"


def test_a_promise_is_what_was_told_before_the_number_was_taken(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    morning.ticket(2, 2)
    heard = morning.told(2.1).newcomers["ho-tich"]
    morning.ticket(3, 3)
    morning.call(30, 2)
    morning.call(45, 3)
    with morning.store.reading() as connection:
        rows = estimates.came_true(connection, OFFICE, DAY, DAY)
    third = next(row for row in rows if row.promise.number == 3)
    assert third.promise.told_s[1] == round(heard.spread.middle * 60)
    assert (third.promise.ahead, third.wait_ms) == (1, 42 * MIN)
    assert third.promise.rivals["constant"] == 12.0


def test_a_day_that_is_over_is_scored_and_teaches_once(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    for number in range(2, 12):
        morning.ticket(number, number)
    for number in range(2, 12):
        morning.call(10 * number, number)
    assert teach_due(morning.store, NINE + 300 * MIN) == [], "the day is not over"
    assert teach_due(morning.store, TOMORROW) == [(OFFICE, DAY)]
    assert teach_due(morning.store, TOMORROW) == []
    found = scores_of(morning.store, OFFICE, DAY, DAY)
    assert [day for day, _ in found.days] == [DAY] and found.together.ours is not None
    assert found.together.ours.n == 10 and set(found.together.rivals) >= {"constant", "mean", "last_wait"}
    morning.at(200, "q-1", events.VisitFinished)
    assert teach_due(morning.store, TOMORROW) == [(OFFICE, DAY)], "something came late"
    assert scores_of(morning.store, OFFICE, "2026-11-10", "2026-11-20").together.ours is None
    with pytest.raises(NoSuchOffice):
        scores_of(morning.store, "nowhere", DAY, DAY)


@pytest.mark.parametrize("new_database", WHOLE_DAYS_ON, indirect=True)
def test_the_second_day_is_told_with_what_the_first_one_taught(empty_store: Store) -> None:
    estimator = Estimator(empty_store)
    for day, seed in (("2026-11-09", 3), ("2026-11-10", 4)):
        recording = made_day(90, seed, day)
        set_up_recorded(empty_store, recording)
        for _, came in groupby(recording.events, key=lambda one: one.ms // (4 * MIN)):
            batch = list(came)
            tell(empty_store, recording, batch, Replayed())
            link_marked(empty_store, batch[-1].ms)
            estimator.estimate_due(batch[-1].ms)
        assert (recording.office, day) in teach_due(empty_store, bounds(day, "Asia/Ho_Chi_Minh")[1] + MIN)
        score = scores_of(empty_store, recording.office, day, day).together.ours
        assert score is not None and score.covered is not None and score.n > 10
    known = estimator.taught[recording.office][1]
    assert [one.came and sum(one.came) > 80 for one in known.days] == [True]
    assert known.offsets.high != 0 and len(known.worked) >= 3


def test_a_counter_that_would_shorten_a_long_wait_is_named_with_what_it_saves(morning: Morning) -> None:
    morning.ticket(0, 1)
    morning.call(1, 1)
    assert morning.told(1.1).openings == (), "nobody waits long"
    for number in range(2, 10):
        morning.ticket(number, number)
    (one,) = [one for one in morning.told(10).openings if one.service == "ho-tich"]
    assert (one.counter, one.before_min is not None) == ("quay-2", True)
    alone = morning.told(10).newcomers["ho-tich"].spread.middle
    assert one.before_min == pytest.approx(alone, abs=0.06) and 0.3 * alone < one.after_min < 0.75 * alone
    morning.call(11, 2, "q-2")
    assert [one for one in morning.told(11.1).openings if one.service == "ho-tich"] == [], "it is open"
