"""Contacts that bounce, and codes that come in pieces."""

from firmware.drivers.debounce import Debounce
from firmware.drivers.scanner import IDLE_MS, LONGEST, Frames

QUIET_MS = 20


def changes(keys, now):
    return [(one.name, one.pressed, one.up, one.held_ms) for one in keys.settled(now)]


def test_a_press_counts_from_its_first_edge_once_it_is_quiet():
    keys = Debounce()
    for up, level in ((100, 0), (103, 1), (105, 0)):
        keys.edge("k", level, up)
    assert changes(keys, 105 + QUIET_MS - 1) == [] and keys.due_ms(106) == QUIET_MS - 1
    assert changes(keys, 105 + QUIET_MS) == [("k", True, 100, None)]
    assert keys.due_ms(200) is None


def test_a_release_says_how_long_it_was_held():
    keys = Debounce()
    keys.edge("k", 0, 100)
    changes(keys, 130)
    keys.edge("k", 1, 180)
    keys.edge("k", 0, 182)
    keys.edge("k", 1, 184)
    assert changes(keys, 210) == [("k", False, 180, 80)]


def test_a_glitch_is_no_press():
    keys = Debounce()
    keys.edge("k", 0, 100)
    keys.edge("k", 1, 101)
    assert changes(keys, 200) == []


def test_a_key_held_at_the_start_is_released_without_a_word():
    keys = Debounce()
    keys.edge("k", 1, 100)
    assert changes(keys, 200) == []


def test_two_keys_settle_in_the_order_of_their_presses():
    keys = Debounce()
    keys.edge("b", 0, 100)
    keys.edge("a", 0, 101)
    assert [name for name, _, _, _ in changes(keys, 200)] == ["b", "a"]


def test_presses_while_nobody_looked_are_all_there():
    keys = Debounce()
    for press in range(3):
        keys.edge("k", 0, 100 + press * 200)
        keys.edge("k", 1, 180 + press * 200)
    assert [(pressed, held) for _, pressed, _, held in changes(keys, 5_000)] == [(True, None), (False, 80)] * 3


def test_how_long_contacts_bounce_is_counted_glitches_apart():
    keys = Debounce()
    for start, train_ms in ((1_000, 0), (2_000, 1), (3_000, 4), (4_000, 9), (5_000, 12), (6_000, 70)):
        for up in range(start, start + train_ms):
            keys.edge("k%d" % start, (up - start) % 2, up)
        keys.edge("k%d" % start, 0, start + train_ms)
    changes(keys, 9_000)
    assert len(keys.down) == 6 and list(keys.bounces) == [1] * 6
    keys.edge("g", 0, 9_100)
    keys.edge("g", 1, 9_101)
    assert changes(keys, 9_200) == [] and sum(keys.bounces) == 6


def frames(pieces):
    """The codes of pieces (bytes, time), and what silence ends."""
    reader, out = Frames(), []
    for data, now in pieces:
        out += [(bytes(frame), length) for frame, length in reader.feed(data, now)]
    last = reader.idle(now + IDLE_MS)
    return out + ([(bytes(last[0]), last[1])] if last else [])


def test_a_code_ends_with_cr_or_lf_however_it_comes():
    assert frames([(b"AB\rCD\r\n\nE", 0), (b"F\n", 10)]) == [(b"AB", 2), (b"CD", 2), (b"EF", 2)]
    assert frames([(b"AB\tCD\t", 0)]) == [(b"AB", 2), (b"CD", 2)]


def test_a_code_without_an_end_ends_by_silence():
    assert frames([(b"AB", 0), (b"CD", IDLE_MS - 1)]) == [(b"ABCD", 4)]
    assert frames([(b"ABCD", 0), (b"EFGH", IDLE_MS)]) == [(b"ABCD", 4), (b"EFGH", 4)]


def test_answers_that_come_late_are_no_code_and_take_none_away():
    late = b"\x02\x00\x00\x01\x00\x33\x31\x02\x00\x00\x01\x3e\xe4\xac"
    for before in (b"", b"H15.50-261008-0975"):
        frames = Frames()
        found = [bytes(one) for one, _ in frames.feed(before + late, 0)]
        assert found == ([before] if before else [])
        assert frames.idle(IDLE_MS) is None
        assert [bytes(one) for one, _ in frames.feed(b"\x02A12345\r", 200)] == [b"A12345"]


def test_a_line_that_is_plugged_in_sends_no_code():
    assert frames([(b"\x00", 0), (b"\xff\xff", 60), (b"?", 200), (b"\x02\x00\x00\x01\x0031", 400)]) == []
    assert frames([(b"\x00\xff\xfeH15-1\r", 0)]) == [(b"H15-1", 5)]


def test_what_is_longer_than_any_code_is_counted_and_not_kept():
    ((frame, length),) = frames([(b"x" * 3000, 0), (b"\r", 1)])
    assert (len(frame), length) == (LONGEST, 3000)
