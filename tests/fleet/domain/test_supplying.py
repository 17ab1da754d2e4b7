"""Who is served next, and how fast."""

import pytest

from fleet.domain.supplying import Pace, Wish, Wishes


def wish(device: str, offset: int = 0) -> Wish:
    return Wish(device, "image/x", offset, 1024)


def test_devices_are_served_in_turn_however_much_one_of_them_asks() -> None:
    wishes = Wishes(each=3, most=100)
    assert [wishes.add(wish("a", n)) for n in (0, 1, 2, 3)] == [True, True, True, False]
    assert wishes.add(wish("b")) and wishes.add(wish("c"))
    assert wishes.add(wish("a", 1)), "the same again is one wish"
    order = [wishes.take() for _ in range(len(wishes))]
    assert [(one.device, one.offset) for one in order] == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("a", 2)]
    assert not wishes and wishes.waiting == {}
    with pytest.raises(KeyError):
        wishes.take()


def test_so_many_wait_in_all_and_no_more() -> None:
    wishes = Wishes(each=3, most=2)
    assert [wishes.add(wish(device)) for device in "abc"] == [True, True, False]
    assert set(wishes.waiting) == {"a", "b"}
    wishes.take()
    assert wishes.add(wish("c"))
    wishes.clear()
    assert len(wishes) == 0 and wishes.add(wish("a"))


def test_the_pace_is_kept_over_any_second() -> None:
    pace, now_s, sent = Pace(10_000), 100.0, 0
    while now_s < 103.0:
        if pace.wait_s(now_s) == 0:
            pace.went(1_000, now_s)
            sent += 1_000
        now_s += 0.001
    assert 30_000 <= sent <= 30_000 + 2_500 + 1_000, "a quarter of a second's at once after a pause"
    pace.went(10_000, now_s)
    assert 0.9 < pace.wait_s(now_s) <= 1.1
