"""Every press is a rating; which finish it answers."""

from firmware.roles.rating_buttons import LONGEST_HELD_MS, RatingButtons
from protocols.state import Armed


def test_a_press_is_reported_when_it_ends():
    role = RatingButtons()
    role.pressed(4, 1000)
    assert role.released(4, 1080) == 80
    rating = role.rating(4, 80, 5, 2, 1080, None)
    assert (rating.score, rating.scale, rating.scale_version, rating.held_ms, rating.armed) == (4, 5, 2, 80, None)


def test_a_release_without_a_press_is_none():
    assert RatingButtons().released(4, 1080) is None


def test_a_key_held_for_long_is_reported_once():
    role = RatingButtons()
    role.pressed(1, 1000)
    assert role.due_ms(1500) == LONGEST_HELD_MS - 500
    assert role.held_too_long(1000 + LONGEST_HELD_MS - 1) is None
    assert role.held_too_long(1000 + LONGEST_HELD_MS) == 1
    assert role.held_too_long(9000) is None and role.released(1, 9000) is None


def test_all_presses_in_the_time_answer_the_finish():
    role = RatingButtons()
    role.arm("kp-1/3/7/9", 5_000)
    assert [role.rating(3, 80, 5, 1, up, None).armed for up in (1_000, 4_900, 5_080)] == [
        "kp-1/3/7/9",
        "kp-1/3/7/9",
        None,
    ]


def test_nobody_is_asked_for_a_rating_that_was_given_and_the_next_one_is():
    role = RatingButtons()
    assert not role.invites(1_000)
    role.arm("a/1/1/1", 5_000)
    assert role.invites(1_000)
    role.answered = role.rating(3, 80, 5, 1, 1_000, None).armed
    assert not role.invites(1_100) and role.armed(1_100) == "a/1/1/1"
    role.arm_from(Armed(finish="a/1/1/1", expires=1_000_009_000), 1_000_000_000, 1_200)
    assert not role.invites(1_300), "told once more"
    role.arm("b/1/1/1", 9_000)
    assert role.invites(2_000) and not role.invites(9_000)


def test_a_press_that_began_in_time_counts():
    role = RatingButtons()
    role.arm("kp-1/3/7/9", 5_000)
    assert role.rating(3, 200, 5, 1, 5_100, None).armed == "kp-1/3/7/9"


def test_a_new_finish_replaces_the_last():
    role = RatingButtons()
    role.arm("a/1/1/1", 5_000)
    role.arm_from(Armed(finish="b/1/1/1", expires=1_000_009_000), 1_000_000_000, 1_000)
    assert role.armed(8_999) == "b/1/1/1" and role.armed(9_000) is None


def test_a_finish_that_was_taken_back_is_answered_no_more_and_another_one_still_is():
    role = RatingButtons()
    role.arm("a/1/1/1", 5_000)
    back = Armed(finish="a/1/1/1", expires=1_000_002_000)
    role.arm_from(back, 1_000_000_000, 2_000)
    assert role.armed(2_000) is None and role.due_ms(2_000) is None
    role.arm("b/1/1/1", 9_000)
    role.arm_from(back, 1_000_000_000, 3_000)
    assert role.armed(3_000) == "b/1/1/1"


def test_the_lamp_goes_out_when_the_right_ends():
    role = RatingButtons()
    assert role.due_ms(0) is None
    role.arm("a/1/1/1", 5_000)
    assert role.due_ms(1_000) == 4_000 and role.due_ms(6_000) is None
