"""What people do on pages and in the lobby: steps taken back, residents who come back, appointments, two numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.counter_line import NO_VISIT, NOT_LAST, OTHER_NUMBER, UNDO_WITHIN_MS, CounterState
from fleet.domain.explaining import Names, explain
from fleet.domain.linking import Day, Happened, link, tell
from fleet.domain.number_line import NO_NUMBER, NOT_SO
from fleet.domain.rating_ties import NO_FINISH
from protocols import events
from tests.fleet.domain.test_linking import DOSSIER, FINISH, MIN, Teller, call, rating, scan, ticket

NO_SHOW = events.NoShow(up=0)


def undo(step: Happened) -> events.Undone:
    return events.Undone(step=step.id, up=0)


def back(number: int) -> events.Returned:
    return events.Returned(service="ho-tich", number=number, up=0)


def called(minutes: int = 5) -> Teller:
    told = Teller()
    told("tp-1", 0, ticket(7))
    told("q-1", minutes * MIN, call(7), "quay-1")
    return told


def same(told: Teller, day: Day) -> None:
    """The day but for what says that something was taken back."""
    assert link(told.told) == day


def test_a_finish_that_was_taken_back_leaves_the_visit_open() -> None:
    told = called()
    before = link(told.told)
    step = told("q-1", 6 * MIN, FINISH, "quay-1")
    told("srv-web", 7 * MIN, undo(step), "quay-1")
    same(told, before)
    told("q-1", 8 * MIN, FINISH, "quay-1")
    assert [one.finished_ms for one in link(told.told).visits] == [8 * MIN]


def test_a_call_that_was_taken_back_was_no_visit() -> None:
    told = Teller()
    told("tp-1", 0, ticket(7))
    before = link(told.told)
    step = told("q-1", 5 * MIN, call(7), "quay-1")
    told("srv-web", 6 * MIN, undo(step), "quay-1")
    day = link(told.told)
    assert (day.visits, day.tickets) == ((), before.tickets)
    assert tell(told.told).links == ()


def test_a_call_over_an_open_visit_that_was_taken_back_opens_it_again() -> None:
    told = called()
    told("tp-1", 1, ticket(8))
    before = link(told.told)
    step = told("q-1", 6 * MIN, call(8), "quay-1")
    told("srv-web", 7 * MIN, undo(step), "quay-1")
    same(told, before)


@pytest.mark.parametrize("step", [NO_SHOW, events.Parked(up=0), events.Transferred(to_service="dat-dai", up=0)])
def test_whatever_closed_a_visit_is_taken_back(step: events.Event) -> None:
    told = called()
    before = link(told.told)
    last = told("q-1", 6 * MIN, step, "quay-1")
    told("srv-web", 7 * MIN, undo(last), "quay-1")
    same(told, before)


def test_a_pause_that_was_taken_back() -> None:
    told = Teller()
    step = told("q-1", 0, events.Paused(up=0), "quay-1")
    told("srv-web", 1, undo(step), "quay-1")
    assert link(told.told).counters == ()


def test_only_the_last_step_and_only_soon_is_taken_back() -> None:
    told = called()
    first = told.told[-1]
    told("q-1", 6 * MIN, FINISH, "quay-1")
    told("srv-web", 7 * MIN, undo(first), "quay-1")
    assert [(one.kind, one.reason) for one in link(told.told).unlinked] == [("undo", NOT_LAST)]
    late = called()
    late("srv-web", 5 * MIN + UNDO_WITHIN_MS + 1, undo(late.told[-1]), "quay-1")
    assert [one.reason for one in link(late.told).unlinked] == [NOT_LAST]
    twice = called()
    for seq in (1, 2):
        twice("srv-web", 6 * MIN + seq, undo(twice.told[1]), "quay-1")
    assert [one.reason for one in link(twice.told).unlinked] == [NOT_LAST]


def test_a_call_with_a_scan_behind_it_stays() -> None:
    told = called()
    step = told.told[-1]
    told("q-1", 6 * MIN, scan(DOSSIER), "quay-1")
    told("srv-web", 7 * MIN, undo(step), "quay-1")
    day = link(told.told)
    assert [one.dossiers for one in day.visits] == [((DOSSIER, 6 * MIN),)] and day.unlinked[0].reason == NOT_LAST


def test_the_state_of_a_counter_is_kept_with_what_may_be_taken_back() -> None:
    told = called()
    told("q-1", 6 * MIN, scan(DOSSIER), "quay-1")
    told("q-1", 7 * MIN, FINISH, "quay-1")
    for one in told.told[1:]:
        told("q-1", one.happened_ms, one.event, "quay-1")
    for checkpoints in tell([*told.told] * 20).checkpoints.values():
        for state in checkpoints.values():
            assert CounterState.from_text(state.to_text()) == state


def test_who_comes_back_waits_behind_all_others_but_has_waited_since_the_ticket() -> None:
    told = called()
    told("q-1", 6 * MIN, NO_SHOW, "quay-1")
    assert [(one.state, one.since_ms) for one in link(told.told).tickets] == [("no_show", 6 * MIN)]
    told("srv-web", 9 * MIN, back(7))
    assert [(one.state, one.since_ms) for one in link(told.told).tickets] == [("waiting", 9 * MIN)]
    told("q-1", 20 * MIN, call(7), "quay-1")
    assert [one.wait_ms for one in link(told.told).visits] == [5 * MIN, 20 * MIN]


def test_who_never_went_can_not_come_back() -> None:
    told = called()
    told("srv-web", 9 * MIN, back(7))
    told("srv-web", 9 * MIN, back(8))
    assert sorted(one.reason for one in link(told.told).unlinked) == sorted([NO_NUMBER, NOT_SO])


@pytest.mark.parametrize(("came", "since", "waited"), [(20, 30, 10), (35, 35, 5)])
def test_an_appointment_waits_from_its_time_on(came: int, since: int, waited: int) -> None:
    told = Teller()
    told("srv-web", came * MIN, events.CheckedIn(service="ho-tich", number=7, lease="l", due=30 * MIN, up=0))
    (seen,) = link(told.told).tickets
    assert (seen.priority, seen.since_ms, seen.due_ms) == ("appointment", since * MIN, 30 * MIN)
    told("q-1", 40 * MIN, call(7), "quay-1")
    assert [one.wait_ms for one in link(told.told).visits] == [waited * MIN]


def test_of_two_numbers_of_one_holder_one_is_live_and_has_the_earlier_place() -> None:
    told = Teller()
    told("tp-1", 1 * MIN, ticket(7))
    told("tp-1", 3 * MIN, ticket(9))
    told("srv-receive", 3 * MIN + 1, events.Replaced(service="ho-tich", number=7, by=9, up=0))
    told("srv-receive", 3 * MIN + 1, events.Replaced(service="ho-tich", number=9, since=1 * MIN, up=0))
    seen = [(one.number, one.state, one.since_ms) for one in link(told.told).tickets]
    assert seen == [(7, "replaced", MIN), (9, "waiting", MIN)]


def test_who_waits_when_the_day_is_ended_is_closed_and_who_was_called_is_not() -> None:
    told = Teller()
    for number in (7, 8, 9):
        told("tp-1", number * 1000, ticket(number))
    told("q-1", 3 * MIN, call(8), "quay-1")
    for number in (7, 8, 10):
        told("srv-send", 9 * MIN, events.DayClosed(service="ho-tich", number=number, up=0))
    told("q-2", 10 * MIN, call(7), "quay-2")
    seen = {one.number: one.state for one in link(told.told).tickets}
    assert seen == {7: "called", 8: "called", 9: "waiting"}, "a clerk who calls all the same is right"
    assert [one.reason for one in link(told.told).unlinked] == [NO_NUMBER]
    assert {one.number: one.state for one in link(told.told[:-1]).tickets}[7] == "closed"


def a_day_with_everything() -> list[Happened]:
    told = called()
    told("srv-web", 4 * MIN, events.CheckedIn(service="ho-tich", number=8, lease="l", due=8 * MIN, up=0))
    told("srv-web", 6 * MIN, undo(told("q-1", 5 * MIN + 1, NO_SHOW, "quay-1")), "quay-1")
    told("q-1", 7 * MIN, NO_SHOW, "quay-1")
    told("srv-web", 8 * MIN, back(7))
    told("q-1", 9 * MIN, call(8), "quay-1")
    finish = told("q-1", 10 * MIN, FINISH, "quay-1")
    told("nut-1", 10 * MIN + 1, rating(4, armed=finish.id), "quay-1")
    told("srv-web", 11 * MIN, undo(finish), "quay-1")
    told("q-1", 12 * MIN, FINISH, "quay-1")
    told("q-1", 13 * MIN, call(7), "quay-1")
    return told.told


DAY = a_day_with_everything()


@given(st.permutations(DAY), st.lists(st.sampled_from(DAY), max_size=10))
def test_it_is_the_same_in_any_order_and_with_any_repetition(order: list[Happened], again: list[Happened]) -> None:
    assert link(order + again) == link(DAY)


def two_services() -> Teller:
    """Number 7 is called, sent on, and called again after four minutes; there its holder goes on with a third thing."""
    told = Teller()
    told("tp-1", 0, ticket(7))
    told("q-1", 5 * MIN, call(7), "quay-1")
    told("q-1", 8 * MIN, events.Transferred(to_service="dat-dai", up=0), "quay-1")
    told("q-2", 12 * MIN, call(7), "quay-2")
    told("srv-api", 20 * MIN, events.WentOn(service="ho-tich", number=7, to_service="thue", up=0), "quay-2")
    told("q-2", 26 * MIN, events.VisitFinished(up=0), "quay-2")
    return told


def test_each_part_has_its_service_and_waits_from_the_send_on() -> None:
    day = link(two_services().told)
    found = [(one.about, one.wait_ms, one.outcome, (one.finished_ms or 0) - one.called_ms) for one in day.visits]
    assert found == [
        ("ho-tich", 5 * MIN, "transfer", 3 * MIN),
        ("dat-dai", 4 * MIN, "went_on", 8 * MIN),
        ("thue", None, "done", 6 * MIN),
    ]
    assert [(one.state, one.calls, one.waiting_for, one.sent_ms) for one in day.tickets] == [("done", 3, "thue", None)]
    (sent,) = link(two_services().told[:3]).tickets
    assert (sent.state, sent.since_ms, sent.sent_ms) == ("waiting", 0, 8 * MIN)


def test_one_rating_for_all_parts() -> None:
    told = two_services()
    finish = told.told[-1].id
    told("nut-2", 26 * MIN + 1_000, events.RatingGiven(score=5, scale=5, armed=finish, up=0), "quay-2")
    told("nut-2", 20 * MIN + 1_000, events.RatingGiven(score=1, scale=5, armed=told.told[4].id, up=0), "quay-2")
    assert [one.rated for one in link(told.told).visits] == [False, False, True]
    (left,) = [one for one in link(told.told).ratings if one.visit is None]
    assert left.reason == NO_FINISH, "to go on is no finish, and arms nobody"


def test_each_part_is_explained() -> None:
    told = tell(two_services().told)
    names = Names({("ho-tich", 7): "A007"}, {"dat-dai": "Đất đai", "thue": "Thuế"}, {"quay-2": "Quầy 2"})
    second, third = ([why.said["en"] for why in explain(told, one.id, names)] for one in told.day.visits[1:])
    assert "This visit was for Đất đai, although the number was taken for another service." in second
    at = names.clock(8 * MIN)
    assert f"The wait runs from when its holder was sent on ({at}) to the call: 4 min 0 s." in second
    assert (
        "Quầy 2 was done with this and went on with Thuế: this visit ended; a rating belongs to the last one." in second
    )
    assert "Its holder was at the counter and waited for nobody, so no wait is counted for this visit." in third
    assert "Quầy 2 went on with number A007, with another service at the same counter: another visit began." in third


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (events.WentOn(service="ho-tich", number=8, to_service="thue", up=0), OTHER_NUMBER),
        (events.WentOn(to_service="thue", up=0), NO_VISIT),
    ],
)
def test_to_go_on_with_nobody_is_kept_and_said(said: events.WentOn, reason: str) -> None:
    told = called()
    if reason is NO_VISIT:
        told("q-1", 9 * MIN, events.VisitFinished(up=0), "quay-1")
    told("srv-api", 10 * MIN, said, "quay-1")
    assert [one.reason for one in link(told.told).unlinked] == [reason]
