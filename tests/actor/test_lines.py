"""The lines between host and actor: what is torn, too long or among other text takes no other line with it."""

from hil_tests.actor.lines import ANSWER, ASK, LONGEST, NOTICE, LineError, Lines, said

ASKED = said(ASK, 17, ["press", "hand3", "80"])
ANSWERED = said(ANSWER, 17, ["err", "expected", "one", "of", "a*b,", "found", "none"])
NOTICED = said(NOTICE, 4, ["5120", "eye", "eye1", "1", "7"])


def test_a_line_comes_out_as_it_went_in_however_it_is_cut():
    whole = ASKED + ANSWERED + NOTICED
    for step in range(1, 9):
        lines, found = Lines(), []
        for at in range(0, len(whole), step):
            found += lines.feed(whole[at : at + step])
        assert found == [
            (ASK, 17, ["press", "hand3", "80"]),
            (ANSWER, 17, ["err", "expected", "one", "of", "a*b,", "found", "none"]),
            (NOTICE, 4, ["5120", "eye", "eye1", "1", "7"]),
        ]
        assert lines.broken == 0


def test_every_letter_that_changes_is_noticed_and_the_next_line_is_whole():
    for place in range(len(ASKED) - 1):
        lines = Lines()
        torn = ASKED[:place] + bytes([ASKED[place] ^ 1]) + ASKED[place + 1 :]
        assert lines.feed(torn + NOTICED) == [(NOTICE, 4, ["5120", "eye", "eye1", "1", "7"])], place


def test_a_line_without_its_end_takes_no_other_with_it():
    lines = Lines()
    assert lines.feed(ASKED[:-4] + b"\n" + ASKED) == [(ASK, 17, ["press", "hand3", "80"])]
    assert lines.broken == 1
    # Torn in the middle, and the next one right behind it: one of the two is lost, which is asked again.
    assert lines.feed(ASKED[:9] + ASKED + NOTICED) == [(NOTICE, 4, ["5120", "eye", "eye1", "1", "7"])]
    assert lines.broken == 2


def test_a_prompt_and_a_trace_between_lines_are_passed_over():
    lines = Lines()
    chatter = (
        b"\r\nMicroPython v1.29 > x\r\n>>> " + ASKED.rstrip() + b"\r\nTraceback (most recent call last):\r\n\xff\xfe\n"
    )
    assert lines.feed(chatter + NOTICED) == [
        (ASK, 17, ["press", "hand3", "80"]),
        (NOTICE, 4, ["5120", "eye", "eye1", "1", "7"]),
    ]
    assert lines.broken == 0


def test_what_never_ends_is_dropped_up_to_its_end():
    lines = Lines()
    for _ in range(50):
        assert lines.feed(b">1 " + b"x" * LONGEST) == []
    assert lines.feed(b"\n" + NOTICED) == [(NOTICE, 4, ["5120", "eye", "eye1", "1", "7"])]
    assert lines.broken == 1


def test_words_that_no_line_can_carry_are_refused():
    for words in (["x" * LONGEST], ["quầy"], ["a\nb"]):
        try:
            said(ASK, 1, words)
        except LineError as err:
            assert "expected" in str(err)
        else:
            raise AssertionError(words)
