"""What visitors said of their ratings: tied to the press that is named, counted once, shown in fives."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain import rating_reasons
from fleet.domain.linking import Day, link
from fleet.domain.rating_reasons import publish_reasons
from protocols import events
from tests.fleet.domain.test_linking import FINISH, Teller, call, rating


def reason(said: str, of: str | None) -> events.RatingReason:
    return events.RatingReason(reason=said, rating=of, up=0)


def judged(day: Day) -> list[tuple[str, bool, str | None]]:
    return [(one.said, one.counted, one.reason) for one in day.reasons]


def test_a_reason_counts_with_its_rating_and_once_and_is_no_second_rating() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    press = tell("nut-1", 2_000, rating(1, finish.id), "quay-1")
    tell("nut-1", 5_000, reason("long_wait", press.id), "quay-1")
    tell("nut-1", 6_000, reason("attitude", press.id), "quay-1")
    day = link(tell.told)
    assert judged(day) == [("long_wait", True, None), ("attitude", False, rating_reasons.SAID_BEFORE)]
    assert [(one.score, one.counted) for one in day.ratings] == [(1, True)]


def test_a_reason_of_a_press_that_another_replaced_or_that_belongs_to_no_visit_does_not_count() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    first = tell("nut-1", 2_000, rating(1, finish.id), "quay-1")
    tell("nut-1", 4_000, reason("long_wait", first.id), "quay-1")
    tell("nut-1", 5_000, rating(5, finish.id), "quay-1")
    lost = tell("nut-1", 900_000, rating(1), "quay-1")
    tell("nut-1", 904_000, reason("other", lost.id), "quay-1")
    assert judged(link(tell.told)) == [
        ("long_wait", False, rating_reasons.NOT_COUNTED),
        ("other", False, rating_reasons.NOT_COUNTED),
    ]


def test_a_reason_that_names_no_rating_or_one_of_another_board_is_kept_and_not_guessed() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    finish = tell("q-1", 1_000, FINISH, "quay-1")
    press = tell("nut-1", 2_000, rating(1, finish.id), "quay-1")
    tell("nut-1", 3_000, reason("a", None), "quay-1")
    tell("nut-1", 3_001, reason("b", "nut-1/1/1/99"), "quay-1")
    tell("nut-2", 3_002, reason("c", press.id), "quay-1")
    assert judged(link(tell.told)) == [
        ("a", False, rating_reasons.NO_RATING_NAMED),
        ("b", False, rating_reasons.NO_RATING),
        ("c", False, rating_reasons.NO_RATING),
    ]


def test_reasons_are_shown_in_fives_and_never_ahead_of_their_scores() -> None:
    said = [(f"r{place}", "long_wait" if place % 3 else "attitude") for place in range(9)]
    assert publish_reasons(said, [f"r{place}" for place in range(4)]) == ()
    assert publish_reasons(said, [f"r{place}" for place in range(9)]) == (("long_wait", 3), ("attitude", 2))
    assert publish_reasons(said, [f"r{place}" for place in range(4, 9)]) == (("long_wait", 4), ("attitude", 1))


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(0, 30))
def test_what_is_shown_is_a_whole_number_of_fives(words: list[str], scores: int) -> None:
    said = [(f"r{place}", word) for place, word in enumerate(words)]
    shown = publish_reasons(said, [f"r{place}" for place in range(scores)])
    total = sum(n for _, n in shown)
    assert total % 5 == 0 and min(len(words), scores) - 5 < total <= min(len(words), scores)
