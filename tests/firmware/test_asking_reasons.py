"""After a low rating the buttons are reasons for some seconds, and never a second rating."""

from firmware.roles.asking_reasons import ask
from protocols.rating_events import RatingGiven

TOLD = {"reasons": ["long_wait", "attitude", "paperwork"], "wait_s": 5}
FINISH, RATING = "kp-1/3/7/124", "nut-1/2/5/17"
THANKS_MS = 1_500


def asked(score=1, scale=5, told=TOLD):
    given = RatingGiven(score=score, scale=scale, armed=FINISH, up=10_000)
    return ask(told, given, RATING, 10_000, THANKS_MS)


def test_it_is_asked_after_the_lower_half_unless_it_is_said_after_which():
    for scale, low in ((2, [1]), (3, [1]), (4, [1, 2]), (5, [1, 2])):
        assert [score for score in range(1, scale + 1) if asked(score, scale)] == low, scale
    assert [score for score in range(1, 6) if asked(score, told=dict(TOLD, scores=[3, 5]))] == [3, 5]


def test_the_buttons_are_reasons_from_the_thanks_on_for_so_long():
    asking = asked()
    assert [asking.is_reason(1, down) for down in (10_100, 11_499, 11_500, 16_499, 16_500)] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert [asking.invites(up) for up in (11_499, 11_500, 16_500)] == [False, True, False]
    assert [asking.due_ms(up) for up in (10_500, 11_500, 16_000, 20_000)] == [1_000, 5_000, 500, 0]


def test_a_button_without_a_reason_is_none():
    asking = asked()
    assert asking.is_reason(3, 12_000) and not asking.is_reason(4, 12_000)
    few = asked(scale=2)
    assert few.reasons == ["long_wait", "attitude"], "more reasons than buttons"


def test_a_reason_names_its_rating_and_the_finish_that_it_answered():
    reason = asked().reason(2, 13_000, 99)
    assert (reason.reason, reason.rating, reason.armed) == ("attitude", RATING, FINISH)
    assert (reason.up, reason.at) == (13_000, 99)


def test_whoever_comes_next_is_not_asked_and_a_finger_that_was_down_before_still_answers():
    asking = asked()
    asking.end(13_000)
    assert asking.is_reason(1, 12_999) and not asking.is_reason(1, 13_000)
    assert not asking.invites(13_000) and asking.due_ms(13_000) == 0
    asking.end(14_000)
    assert not asking.is_reason(1, 13_500), "it is not asked again"


def test_somebody_who_comes_during_the_thanks_is_not_asked_at_all():
    asking = asked()
    asking.end(10_500)
    assert not asking.is_reason(1, 11_600) and not asking.invites(11_600) and asking.due_ms(10_500) == 0
