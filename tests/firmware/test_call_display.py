"""Which calls are shown and spoken, by which clips, and what goes to the parts."""

from firmware.drivers.dfplayer import first_frame, frame
from firmware.drivers.max7219 import Chain, byte_of, picture, segments
from firmware.roles.call_display import CallDisplay, clips
from protocols.calls import Call

NOW = 1_795_323_600_000


def call(number, counter="3", label="A012", expires=NOW + 60_000):
    return Call(id="kp-1/3/7/%d" % number, label=label, counter=counter, expires=expires)


def test_a_call_is_spoken_digit_by_digit_and_the_counter_as_one_word():
    # Chime, "Mời số", A, không, một, hai, "đến quầy số", ba
    assert clips(call(1)) == [1, 2, 21, 10, 11, 12, 3, 103]
    assert clips(call(1, counter="15"))[-2:] == [3, 115]


def test_what_has_no_clip_is_left_out():
    assert clips(call(1, counter="Tiếp nhận", label="Đ1200")) == [1, 2, 47, 11, 12, 10, 10]
    assert clips(call(1, counter="0", label="?9")) == [1, 2, 19]


def test_each_counter_has_one_line_and_the_newest_is_first():
    role = CallDisplay()
    for number, counter in enumerate(("1", "2", "1", "3", "4", "5")):
        assert role.take(call(number, counter), NOW)
    assert [(one.id[-1], one.counter) for one in role.shown] == [("5", "5"), ("4", "4"), ("3", "3"), ("2", "1")]


def test_a_call_that_was_overtaken_stands_where_it_belongs():
    role = CallDisplay()
    role.take(call(2, "2", expires=NOW + 2_000), NOW)
    role.take(call(3, "3", expires=NOW + 3_000), NOW)
    assert role.take(call(1, "1", expires=NOW + 1_000), NOW)
    assert not role.take(call(4, "3", expires=NOW + 2_500), NOW)  # that counter has called the next already
    assert [(one.id[-1], one.counter) for one in role.shown] == [("3", "3"), ("2", "2"), ("1", "1")]
    assert [role.next_to_say(NOW).counter for _ in range(3)] == ["2", "3", "1"] and role.next_to_say(NOW) is None


def test_calls_are_spoken_in_order_and_each_once():
    role = CallDisplay()
    for number in (1, 2, 1):
        role.take(call(number), NOW)
    assert not role.take(call(2), NOW)
    assert [role.next_to_say(NOW).id[-1] for _ in range(2)] == ["1", "2"] and role.next_to_say(NOW) is None


def test_a_late_call_is_shown_and_not_spoken():
    role = CallDisplay()
    assert role.take(call(1, expires=NOW), NOW) and role.next_to_say(NOW) is None
    role.take(call(2, expires=NOW + 500), NOW)
    assert role.next_to_say(NOW + 500) is None  # it grew old while others were spoken
    assert [one.id[-1] for one in role.shown] == ["2"]


def test_of_too_many_calls_the_newest_are_spoken():
    role = CallDisplay()
    for number in range(1, 9):
        role.take(call(number, counter=str(number)), NOW)
    assert [role.next_to_say(NOW).counter for _ in range(6)] == ["3", "4", "5", "6", "7", "8"]


def test_an_order_as_the_modules_manuals_write_it():
    assert frame(0x0F, 1 << 8 | 21) == b"\x7e\xff\x06\x0f\x00\x01\x15\xfe\xd6\xef"
    assert frame(0x06, 20) == b"\x7e\xff\x06\x06\x00\x00\x14\xfe\xe1\xef"


def test_replies_are_found_among_noise_and_halves():
    over, error = frame(0x3D, 7), frame(0x40, 6)
    assert first_frame(b"\x00\x7e\x7e" + over + error) == ((0x3D, 7), error)
    assert first_frame(over[:4]) == (None, over[:4]) and first_frame(b"noise") == (None, b"")
    spoilt = over[:5] + b"\x55" + over[6:]
    assert first_frame(spoilt + error) == ((0x40, 6), b"")


def rows(text, counter, wide):
    dots = picture(text, counter, wide)
    found = []
    for row in range(8):
        line = "".join(["{:08b}".format(byte_of(dots, at, row)) for at in range(0, wide, 8)])
        found.append(line.replace("0", ".").replace("1", "#"))
    return found


def test_a_number_as_dots():
    assert rows("A1", "", 16) == [
        ".###....#.......",
        "#...#..##.......",
        "#...#...#.......",
        "#...#...#.......",
        "#####...#.......",
        "#...#...#.......",
        "#...#..###......",
        "................",
    ]


def test_number_and_counter_share_four_modules():
    drawn = rows("A012", "3", 32)
    assert drawn[0][-5:] == "#####" and all([line[23:27] == "...." for line in drawn])


class Line:
    def __init__(self):
        self.frames = []

    def write(self, frame):
        self.frames.append(bytes(frame))


def test_digits_stand_left_and_right():
    line = Line()
    Chain(line, 4, 9, True).show("B007", "12")
    assert b"\x0a\x09" in line.frames and all([len(one) == 2 for one in line.frames])
    shown = {one[0]: one[1] for one in line.frames if 1 <= one[0] <= 8}
    assert [shown[digit] for digit in range(8, 0, -1)] == [segments(letter) for letter in "B007  12"]
    assert segments("8") == 0x7F and segments(" ") == 0 and segments("1") == 0x30


def test_each_row_goes_to_all_modules_at_once():
    line = Line()
    Chain(line, 4, 0, False).show("A012", "3")
    assert [len(one) for one in line.frames] == [8] * 13
    assert all([one[place] == one[0] for one in line.frames for place in (2, 4, 6)])
