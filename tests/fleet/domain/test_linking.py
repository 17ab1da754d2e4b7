"""Visits out of events: the same in any order, with any repetition."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain import linking
from fleet.domain.linking import Happened, link
from protocols import events
from protocols.events import Event

MIN = 60_000


class Teller:
    """Tells events of devices one after another, numbering them as devices do."""

    def __init__(self) -> None:
        self.seqs: dict[str, int] = {}
        self.told: list[Happened] = []

    def __call__(self, device: str, ms: int, event: Event, counter: str | None = None, **other: bool) -> Happened:
        seq = self.seqs.get(device, 0)
        self.seqs[device] = seq + 1
        one = Happened(device, 1, 1, seq, ms, other.get("estimated", False), counter, event)
        self.told.append(one)
        return one


def ticket(number: int, service: str = "ho-tich", priority: str = "") -> Event:
    return events.TicketTaken(service=service, number=number, lease="l", priority=priority, up=0)


def call(number: int, service: str = "ho-tich") -> Event:
    return events.NumberCalled(service=service, number=number, up=0)


def scan(code: str) -> Event:
    return events.CodeScanned(what="dossier", code=code, up=0)


def rating(score: int, armed: str | None = None) -> Event:
    return events.RatingGiven(score=score, scale=5, armed=armed, up=0)


FINISH = events.VisitFinished(up=0)
DOSSIER = "H15.50.05.13-261008-0975"


def a_visit() -> Teller:
    tell = Teller()
    tell("tp-1", 0, ticket(7))
    tell("q-1", 5 * MIN, call(7), "quay-1")
    tell("q-1", 6 * MIN, scan(DOSSIER), "quay-1")
    finish = tell("q-1", 9 * MIN, FINISH, "quay-1")
    tell("nut-1", 9 * MIN + 3_000, rating(4, armed=finish.id), "quay-1")
    return tell


def test_a_visit_from_ticket_to_rating() -> None:
    day = link(a_visit().told)
    (visit,) = day.visits
    assert (visit.wait_ms, visit.called_ms, visit.finished_ms) == (5 * MIN, 5 * MIN, 9 * MIN)
    assert visit.dossiers == ((DOSSIER, 6 * MIN),)
    assert (visit.outcome, visit.rated) == ("done", True)
    assert [one.state for one in day.tickets] == ["done"]
    assert [(one.visit, one.counted, one.inferred) for one in day.ratings] == [(visit.id, True, False)]
    assert [(one.counter, one.state) for one in day.counters] == [("quay-1", "free")]
    assert day.unlinked == ()


def test_a_press_that_names_no_finish_is_tied_to_the_one_visit_before_it() -> None:
    tell = a_visit()
    tell.told.pop()
    tell("nut-1", 9 * MIN + 30_000, rating(2), "quay-1")
    (press,) = link(tell.told).ratings
    assert (press.inferred, press.counted, press.reason) == (True, True, None)


@pytest.mark.parametrize(
    ("presses", "reason"),
    [
        ([(9 * MIN + 61_000, "quay-1", None, False)], linking.NO_VISIT_BEFORE),
        ([(8 * MIN, "quay-1", None, False)], linking.NO_VISIT_BEFORE),
        ([(9 * MIN + 1_000, "quay-2", None, False)], linking.NO_VISIT_BEFORE),
        ([(9 * MIN + 1_000, None, None, False)], linking.NO_COUNTER),
        ([(9 * MIN + 1_000, "quay-1", None, True)], linking.NO_CLOCK),
        ([(9 * MIN + 1_000, "quay-1", "q-9/1/1/1", False)], linking.NO_FINISH),
    ],
)
def test_a_press_that_belongs_to_nothing_is_kept_with_its_reason(
    presses: list[tuple[int, str | None, str | None, bool]], reason: str
) -> None:
    tell = a_visit()
    tell.told.pop()
    for ms, counter, armed, estimated in presses:
        tell("nut-9", ms, rating(1, armed), counter, estimated=estimated)
    (press,) = link(tell.told).ratings
    assert (press.visit, press.counted, press.reason) == (None, False, reason)


def test_two_visits_within_a_minute_are_not_guessed_between() -> None:
    tell = Teller()
    for number, ms in ((1, 0), (2, 20_000)):
        tell("q-1", ms, call(number), "quay-1")
        tell("q-1", ms + 10_000, FINISH, "quay-1")
    tell("nut-1", 40_000, rating(5), "quay-1")
    (press,) = link(tell.told).ratings
    assert press.reason == linking.SEVERAL_VISITS


def test_no_show_transfer_and_a_call_over_an_open_visit() -> None:
    tell = Teller()
    for number in (1, 2, 3):
        tell("tp-1", number, ticket(number))
    tell("q-1", 10_000, call(1), "quay-1")
    tell("q-1", 20_000, events.NumberRecalled(up=0), "quay-1")
    tell("q-1", 30_000, events.NoShow(up=0), "quay-1")
    tell("q-1", 40_000, call(2), "quay-1")
    tell("q-1", 50_000, events.Transferred(to_service="dat-dai", up=0), "quay-1")
    tell("q-1", 60_000, call(3), "quay-1")
    tell("q-1", 70_000, call(4), "quay-1")
    day = link(tell.told)
    assert [(visit.number, visit.outcome, visit.recalls) for visit in day.visits] == [
        (1, "no_show", 1),
        (2, "transfer", 0),
        (3, linking.UNFINISHED, 0),
        (4, None, 0),
    ]
    assert [(one.number, one.state, one.waiting_for, one.calls) for one in day.tickets] == [
        (1, "no_show", "ho-tich", 1),
        (2, "waiting", "dat-dai", 1),
        (3, "done", "ho-tich", 1),
    ]
    assert day.counters[0].state == "serving"
    assert day.visits[-1].wait_ms is None, "number 4 was never seen on a ticket"


def test_who_was_served_by_a_keypad_that_tells_late_stays_served_when_others_called_in_vain() -> None:
    tell = Teller()
    tell("tp-1", 0, ticket(7))
    tell("q-1", 1 * MIN, events.NumberCalled(service="ho-tich", number=7, reserve=True, up=0), "quay-1")
    tell("q-1", 5 * MIN, FINISH, "quay-1")
    tell("q-2", 12 * MIN, call(7), "quay-2")
    tell("q-2", 13 * MIN, events.NoShow(up=0), "quay-2")
    day = link(tell.told)
    assert [(visit.counter, visit.outcome) for visit in day.visits] == [("quay-1", "done"), ("quay-2", "no_show")]
    assert [(one.state, one.calls, one.since_ms) for one in day.tickets] == [("done", 2, 0)]


def test_parking_and_resuming_are_two_visits_of_one_number() -> None:
    tell = Teller()
    tell("tp-1", 0, ticket(1))
    tell("q-1", 10_000, call(1), "quay-1")
    tell("q-1", 20_000, events.Parked(up=0), "quay-1")
    tell("q-1", 90_000, events.Resumed(service="ho-tich", number=1, up=0), "quay-1")
    tell("q-1", 99_000, FINISH, "quay-1")
    day = link(tell.told)
    assert [visit.outcome for visit in day.visits] == ["parked", "done"]
    assert day.tickets[0].state == "done"


def test_a_pause_ends_with_a_resume() -> None:
    tell = Teller()
    tell("q-1", 10, events.Paused(reason="lunch", up=0), "quay-1")
    assert [(one.state, one.reason) for one in link(tell.told).counters] == [("paused", "lunch")]
    tell("q-1", 20, events.Resumed(up=0), "quay-1")
    assert [one.state for one in link(tell.told).counters] == ["free"]


def test_a_number_that_was_taken_twice_is_kept_and_counted_once() -> None:
    tell = Teller()
    tell("tp-1", 0, ticket(1))
    tell("tp-2", 10, ticket(1))
    day = link(tell.told)
    assert len(day.tickets) == 1
    assert [one.kind for one in day.unlinked] == ["ticket"]


def test_scans_and_finishes_without_a_visit_are_kept() -> None:
    tell = Teller()
    tell("q-1", 0, scan(DOSSIER), "quay-1")
    tell("q-1", 1, FINISH, "quay-1")
    tell("q-9", 2, FINISH, None)
    reasons = [one.reason for one in link(tell.told).unlinked]
    assert sorted(reasons) == sorted([linking.NO_COUNTER, linking.NO_VISIT, linking.NO_VISIT])


def test_an_office_without_a_printer_has_visits_that_begin_with_a_scan() -> None:
    tell = Teller()
    tell("q-1", 0, scan(DOSSIER), "quay-1")
    tell("q-1", MIN, FINISH, "quay-1")
    (visit,) = link(tell.told, scan_opens_visit=True).visits
    assert (visit.number, visit.outcome, len(visit.dossiers)) == (None, "done", 1)


def test_a_clock_that_was_set_back_does_not_turn_a_visit_around() -> None:
    tell = Teller()
    tell("q-1", 60_000, call(1), "quay-1")
    tell("q-1", 20_000, FINISH, "quay-1")  # the same boot, one number later, with the clock set back
    (visit,) = link(tell.told).visits
    assert visit.finished_ms == visit.called_ms


def a_morning() -> list[Happened]:
    """A busy stretch at two counters, with every kind of event that linking knows."""
    tell = Teller()
    for number in range(1, 9):
        tell("tp-1", number * 1_000, ticket(number, priority="senior" if number % 3 == 0 else ""))
    finishes = []
    for turn, number in enumerate(range(1, 9)):
        counter = f"quay-{turn % 2 + 1}"
        device, start = f"q-{turn % 2 + 1}", 10_000 + turn * 9_000
        tell(device, start, call(number), counter)
        tell(device, start + 2_000, scan(f"H15.50.05.13-261008-{number:04d}"), counter)
        if number == 4:
            tell(device, start + 3_000, events.NumberRecalled(up=0), counter)
            tell(device, start + 4_000, events.NoShow(up=0), counter)
        elif number == 6:
            tell(device, start + 4_000, events.Transferred(to_service="dat-dai", up=0), counter)
        else:
            finishes.append((tell(device, start + 7_000, FINISH, counter), counter, start))
    for finish, counter, start in finishes:
        button = counter.replace("quay", "nut")
        tell(button, start + 8_000, rating(4, armed=finish.id), counter)
        tell(button, start + 9_000, rating(5, armed=finish.id), counter)
    tell("nut-1", 300_000, rating(1), "quay-1")
    tell("q-1", 310_000, events.Paused(up=0), "quay-1")
    return tell.told


MORNING = a_morning()
TOLD = link(MORNING)


@settings(max_examples=200)
@given(st.permutations(MORNING), st.lists(st.sampled_from(MORNING), max_size=20))
def test_a_morning_is_the_same_in_any_order_and_with_any_repetition(
    order: list[Happened], again: list[Happened]
) -> None:
    assert link(order + again) == TOLD


def test_the_morning_has_something_of_everything() -> None:
    assert {visit.outcome for visit in TOLD.visits} == {"done", "no_show", "transfer"}
    assert sum(rating.counted for rating in TOLD.ratings) == 6
    assert {ticket.state for ticket in TOLD.tickets} == {"done", "no_show", "waiting"}


@given(st.integers(0, len(MORNING)))
def test_late_events_join_what_was_linked_without_them(missing: int) -> None:
    """Linking a part and then the whole gives the whole: nothing of the first result stays behind."""
    link(MORNING[:missing])
    assert link(MORNING) == TOLD


def test_a_call_that_seems_to_come_before_its_ticket_is_joined_to_it() -> None:
    """Two boards' clocks differ by a little, and nobody waited."""
    tell = Teller()
    tell("q-1", 1_000, call(7), "quay-1")
    tell("tp-1", 1_400, ticket(7))
    day = link(tell.told)
    assert [(visit.wait_ms, one.state) for visit, one in zip(day.visits, day.tickets, strict=True)] == [(0, "called")]


def test_moments_that_are_equal_are_ordered_by_identity() -> None:
    together = [replace(one, happened_ms=0) for one in MORNING]
    assert link(together) == link(list(reversed(together)))
