"""What residents answer and rate on the pages of their tickets is tied to their visits, once."""

from fleet.domain import answers, satisfaction
from fleet.domain.linking import link
from protocols import events
from tests.fleet.domain.test_linking import FINISH, Teller, call, rating

SERVER, LATER_SERVER = "srv-pages", "srv-pages-2"


def answer(points: int, finish: str, criterion: int = 7) -> events.QuestionAnswered:
    return events.QuestionAnswered(criterion=criterion, points=points, finish=finish, up=0)


def test_the_first_answer_after_a_visit_counts_and_one_of_no_visit_is_kept() -> None:
    tell = Teller()
    visit = tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    tell(SERVER, 60_000, answer(2, finish.id), "quay-1")
    tell(LATER_SERVER, 70_000, answer(0, finish.id, criterion=5), "quay-1")
    tell(SERVER, 80_000, answer(1, "q-1/9/9/9"), "quay-1")
    day = link(tell.told)
    assert [(one.visit, one.criterion, one.points, one.counted, one.reason) for one in day.answers] == [
        (visit.id, 7, 2, True, None),
        (visit.id, 5, 0, False, answers.ANSWERED_BEFORE),
        (None, 7, 1, False, answers.FINISH_UNKNOWN),
    ]
    assert link(reversed(tell.told)) == day
    assert not day.visits[0].rated, "an answer is no rating"


def test_an_answer_after_a_finish_that_was_taken_back_does_not_count() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    tell(SERVER, 2_000, events.Undone(step=finish.id, up=0), "quay-1")
    tell(SERVER, 3_000, answer(2, finish.id), "quay-1")
    assert [one.counted for one in link(tell.told).answers] == [False]


def test_whichever_process_serves_the_page_it_is_one_way_to_rate_and_buttons_are_another() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    tell(SERVER, 10_000, rating(1, finish.id), "quay-1")
    again = tell(LATER_SERVER, 13_000, rating(2, finish.id), "quay-1")
    tell("nut-1", 14_000, rating(5, finish.id), "quay-1")
    tell(SERVER, 15_000, events.RatingReason(reason="long_wait", rating=again.id, up=0), "quay-1")
    day = link(tell.told)
    assert [(one.score, one.reason) for one in day.ratings] == [
        (1, satisfaction.REPLACED),
        (2, None),
        (5, satisfaction.OTHER_WAY),
    ]
    assert [(one.said, one.counted) for one in day.reasons] == [("long_wait", True)]
