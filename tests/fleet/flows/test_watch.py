"""What a person sees of an office, against a day that was made by hand."""

import pytest

from fleet.domain.office_now import OfficeNow
from fleet.flows.enrol import revoke
from fleet.flows.link import link_marked
from fleet.flows.presence import seen
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.watch import (
    UnknownOffice,
    devices_now,
    office_now,
    offices,
    unreadable_now,
    versions,
    visits_of_day,
)
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from protocols.identity import event_id
from protocols.presence import Alive
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000
NOON = NINE + 180 * MIN
CODE = "H15.50.05.13-261008-0975"


class Day:
    """A day at the office: each device says what happened at a minute after nine."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.speakers: dict[str, Speaker] = {}

    def at(self, minute: float, device: str, event: type[Event], **fields: object) -> str:
        """It happened; its identity."""
        ms = NINE + int(minute * MIN)
        speaker = self.speakers.setdefault(device, Speaker(device))
        seq = speaker.does(event(up=ms - NINE, at=ms, **fields))
        return event_id(device, 1, 1, seq)

    def ticket(self, minute: float, number: int, service: str = "ho-tich", priority: str = "") -> None:
        self.at(minute, "tp-1", events.TicketTaken, service=service, number=number, lease="l", priority=priority)

    def visit(self, called: float, finished: float, number: int, service: str = "ho-tich", score: int = 0) -> None:
        """A visit at counter 1, rated if there is a score."""
        self.at(called, "q-1", events.NumberCalled, service=service, number=number)
        finish = self.at(finished, "q-1", events.VisitFinished)
        if score:
            self.at(finished + 0.1, "nut-1", events.RatingGiven, score=score, scale=5, armed=finish)

    def now(self, ms: int = NOON) -> OfficeNow:
        """Everything arrives and is linked; the office as a supervisor sees it."""
        arrivals = [Arrival(one.topic, one.batch(seq)) for one in self.speakers.values() for seq in one.held]
        receive(self.store, arrivals, ms)
        link_marked(self.store, ms)
        return office_now(self.store, OFFICE, ms)


@pytest.fixture
def day(store: Store) -> Day:
    return Day(store)


def test_an_office_before_anybody_came(store: Store) -> None:
    now = office_now(store, OFFICE, NINE)
    assert (now.name, now.day, now.pace) == ("Phường Tân An", DAY, None)
    assert [(one.waiting, one.oldest_ms, one.called_today, one.median_wait_s) for one in now.services] == [
        (0, None, 0, None),
        (0, None, 0, None),
    ]
    assert [(one.state, one.label, one.served_today) for one in now.counters] == [("closed", None, 0)] * 2
    assert (now.ratings.n, now.ratings.share, now.ratings.served, now.visits) == (0, None, 0, ())


def test_who_waits_and_since_when(day: Day) -> None:
    for minute, number in ((0, 1), (3, 2), (5, 3)):
        day.ticket(minute, number, priority="priority" if number == 3 else "")
    day.ticket(6, 1, service="dat-dai")
    day.visit(10, 12, 1)
    ho_tich, dat_dai = day.now().services
    assert (ho_tich.waiting, ho_tich.waiting_priority, ho_tich.oldest_ms) == (2, 1, NINE + 3 * MIN)
    assert (dat_dai.waiting, dat_dai.waiting_priority, dat_dai.oldest_ms) == (1, 0, NINE + 6 * MIN)
    assert (ho_tich.called_today, dat_dai.called_today) == (1, 0)


@pytest.mark.parametrize(("waits", "median_s"), [((4,), 240), ((4, 10), 420), ((1, 4, 30), 240), ((1, 4, 6, 30), 300)])
def test_the_median_wait_is_call_minus_ticket(day: Day, waits: tuple[int, ...], median_s: float) -> None:
    for number, minutes in enumerate(waits, start=1):
        day.ticket(number * 40 - minutes, number)
        day.visit(number * 40, number * 40 + 1, number)
    ho_tich, dat_dai = day.now().services
    assert ho_tich.median_wait_s == median_s
    assert dat_dai.median_wait_s is None


def test_what_each_counter_does(day: Day) -> None:
    day.ticket(0, 1)
    day.at(5, "q-1", events.NumberCalled, service="ho-tich", number=1)
    day.at(7, "q-2", events.Paused, reason="lunch")
    one, two = day.now().counters
    assert (one.state, one.label, one.service, one.since_ms) == ("serving", "A001", "Hộ tịch", NINE + 5 * MIN)
    assert (two.state, two.label, two.since_ms, two.served_today) == ("paused", None, NINE + 7 * MIN, 0)
    day.at(9, "q-1", events.VisitFinished)
    one, _ = day.now().counters
    assert (one.state, one.label, one.served_today, one.since_ms) == ("free", None, 1, NINE + 9 * MIN)


def test_a_visit_in_the_list(day: Day) -> None:
    day.ticket(0, 7)
    day.at(4, "q-1", events.NumberCalled, service="ho-tich", number=7)
    day.at(5, "q-1", events.CodeScanned, what="dossier", code=CODE)
    open_visit = day.now().visits[0]
    assert (open_visit.finished_ms, open_visit.outcome, open_visit.service_s) == (None, None, None)
    day.at(10, "q-1", events.VisitFinished)
    (visit,) = day.now().visits
    assert (visit.label, visit.service, visit.counter) == ("A007", "Hộ tịch", "Quầy 1")
    assert (visit.wait_s, visit.service_s, visit.outcome, visit.dossiers) == (240, 360, "done", (CODE,))
    assert (visit.rated, visit.estimated) == (False, False)


def test_the_last_visits_come_first_and_only_so_many(day: Day, store: Store) -> None:
    for number in range(1, 16):
        day.ticket(number, number)
        day.visit(number + 20, number + 20.5, number)
    now = day.now()
    assert [visit.label for visit in now.visits] == [f"A{number:03d}" for number in range(15, 3, -1)]
    assert len(visits_of_day(store, OFFICE, DAY, 100)) == 15
    assert visits_of_day(store, OFFICE, "2026-11-08", 100) == ()


@pytest.mark.parametrize(
    ("scores", "shown", "by_score"),
    [
        ([5, 5, 5, 5], 0, None),
        ([5, 5, 5, 4, 1], 5, (1, 0, 0, 1, 3)),
        ([5, 5, 5, 4, 1, 1, 1, 1, 1], 5, (1, 0, 0, 1, 3)),
        ([5, 5, 5, 4, 1, 1, 1, 1, 1, 2], 10, (5, 1, 0, 1, 3)),
    ],
    ids=["four", "five", "nine", "ten"],
)
def test_scores_are_shown_in_whole_groups_of_five(
    day: Day, scores: list[int], shown: int, by_score: tuple[int, ...] | None
) -> None:
    """The sixth press must not be readable from a score that moves with it."""
    for number, score in enumerate(scores, start=1):
        day.ticket(number, number)
        day.visit(20 + 3 * number, 21 + 3 * number, number, score=score)
    ratings = day.now().ratings
    assert (ratings.n, ratings.by_score) == (shown, by_score)
    assert (ratings.served, ratings.rated, ratings.scale) == (len(scores), len(scores), 5)
    if shown:
        assert by_score is not None and ratings.low is not None and ratings.high is not None
        assert ratings.share == (by_score[3] + by_score[4]) / shown
        assert 0 < ratings.low < ratings.share < ratings.high < 1


def test_a_press_that_comes_late_changes_no_group_that_was_shown(day: Day) -> None:
    """If it did, the difference of the two would show what one of the presses was."""
    for number, score in enumerate((1, 4, 4, 4, 4), start=2):
        day.visit(10 * number, 10 * number + 5, number, score=score)
    shown = day.now().ratings
    assert (shown.n, shown.by_score) == (5, (1, 0, 0, 4, 0))
    # At counter 2, cut off until now, somebody rated before all of them.
    day.at(1, "q-2", events.NumberCalled, service="ho-tich", number=1)
    finish = day.at(6, "q-2", events.VisitFinished)
    day.at(6.1, "nut-2", events.RatingGiven, score=5, scale=5, armed=finish)
    assert day.now().ratings.by_score == shown.by_score


def test_an_unrated_visit_counts_in_the_response_rate(day: Day) -> None:
    for number in (1, 2):
        day.ticket(number, number)
        day.visit(10 + 3 * number, 11 + 3 * number, number, score=5 if number == 1 else 0)
    now = day.now()
    assert (now.ratings.served, now.ratings.rated) == (2, 1)
    assert [visit.rated for visit in now.visits] == [False, True]


def test_lost_devices_are_counted_at_their_counter(day: Day, store: Store) -> None:
    for device, alive in (
        ("q-1", Alive()),
        ("nut-1", Alive(gone=True)),
        ("tp-1", Alive(gone=True)),
        ("q-2", Alive(state="sleeping")),
        ("nut-2", Alive(gone=True)),
    ):
        seen(store, device, alive, NINE)
    revoke(store, "nut-2", NINE)
    now = day.now()
    assert (now.devices_online, now.devices_lost) == (1, 2), "nobody misses a device that was revoked"
    assert [one.devices_lost for one in now.counters] == [1, 0], "the printer stands in the lobby"


def test_what_belongs_to_nothing_and_what_could_not_be_read_is_counted(day: Day, store: Store) -> None:
    day.at(1, "q-1", events.VisitFinished)
    receive(store, [Arrival("mc/1/q-1/up/events", b"nonsense")], NINE)
    now = day.now()
    assert (now.unlinked, now.unreadable) == (1, 1)
    (one,) = unreadable_now(store, NINE)
    assert (one.device, one.office, one.topic, one.length) == ("q-1", OFFICE, "mc/1/q-1/up/events", 8)
    assert "expected a JSON object" in one.reason


def test_yesterday_is_not_today(day: Day) -> None:
    day.ticket(0, 1)
    day.visit(1, 2, 1, score=5)
    day.ticket(3, 2)
    tomorrow = day.now(NINE + 24 * 60 * MIN)
    assert tomorrow.day == "2026-11-10"
    assert [one.waiting for one in tomorrow.services] == [0, 0]
    assert (tomorrow.visits, tomorrow.ratings.served) == ((), 0)


def test_an_office_that_there_is_not(store: Store) -> None:
    with pytest.raises(UnknownOffice, match="'nowhere'"):
        office_now(store, "nowhere", NINE)
    assert [one.id for one in offices(store)] == [OFFICE]


def test_the_version_of_an_office_rises_when_something_was_linked(day: Day, store: Store) -> None:
    before = versions(store, NINE)
    day.ticket(0, 1)
    day.now()
    after = versions(store, NINE)
    assert after[OFFICE] > before[OFFICE]
    link_marked(store, NOON)
    assert versions(store, NINE) == after
    assert versions(store, NINE + 72 * 60 * MIN) == before, "days that are over are on no page that is fed live"


def test_a_device_says_where_it_stands(store: Store) -> None:
    found = {one.id: one for one in devices_now(store, NINE)}
    assert found["q-1"].place == "Phường Tân An · Quầy 1"
    assert found["tp-1"].place == "Phường Tân An"
    assert (found["q-1"].presence, found["q-1"].boot, found["q-1"].firmware) == ("never", 1, "0.1")
    assert not found["q-1"].revoked
