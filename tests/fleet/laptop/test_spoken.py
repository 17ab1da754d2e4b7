"""What people hear of a call display, in words."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.roles.call_display import clips
from fleet.laptop.spoken import COUNTERS, DIGITS, LETTERS, WORDS, in_words
from protocols.calls import Call

VOICES = (Path(__file__).parents[3] / "docs" / "voices.md").read_text("utf-8")


def call(label: str, counter: str) -> list[int]:
    return clips(Call(id="q-1/1/1/1", label=label, counter=counter, expires=1))


@pytest.mark.parametrize(
    "label, counter, vietnamese, english",
    [
        ("A012", "3", "Mời số A không một hai, đến quầy số ba", "Number A zero one two, counter three"),
        ("Đ907", "15", "Mời số Đ chín không bảy, đến quầy số mười lăm", "Number Đ nine zero seven, counter fifteen"),
        ("001", "Lễ tân", "Mời số không không một", "Number zero zero one"),
    ],
)
def test_a_call_as_the_firmware_says_it(label: str, counter: str, vietnamese: str, english: str) -> None:
    assert in_words(call(label, counter), "vi") == vietnamese
    assert in_words(call(label, counter), "en") == english


@pytest.mark.parametrize(
    "number, vietnamese, english",
    [
        (1, "một", "one"),
        (5, "năm", "five"),
        (10, "mười", "ten"),
        (11, "mười một", "eleven"),
        (14, "mười bốn", "fourteen"),
        (20, "hai mươi", "twenty"),
        (21, "hai mươi mốt", "twenty-one"),
        (24, "hai mươi tư", "twenty-four"),
        (55, "năm mươi lăm", "fifty-five"),
        (99, "chín mươi chín", "ninety-nine"),
    ],
)
def test_counters_are_whole_words(number: int, vietnamese: str, english: str) -> None:
    assert in_words([COUNTERS.start + number - 1], "vi").lower() == vietnamese
    assert in_words([COUNTERS.start + number - 1], "en").lower() == english


@pytest.mark.parametrize("language", WORDS)
def test_no_two_clips_of_a_kind_sound_alike(language: str) -> None:
    for kind in (DIGITS, LETTERS, COUNTERS):
        assert len({in_words([clip], language) for clip in kind}) == len(kind)


@given(st.lists(st.integers(0, 255)), st.sampled_from(list(WORDS)))
def test_any_clips_can_be_said_and_what_means_nothing_stands_by_its_number(said: list[int], language: str) -> None:
    words = in_words(said, language)
    known = {1, 2, 3, *DIGITS, *LETTERS, *COUNTERS}
    assert words.count("(") == sum(clip not in known for clip in said)


def test_the_clips_are_those_of_the_documentation() -> None:
    told = [tuple(map(int, one)) for one in re.findall(r"`(\d{3})\.mp3`–`(\d{3})\.mp3`", VOICES)]
    letters = range(LETTERS.start, LETTERS.start + 26), range(LETTERS.start + 26, LETTERS.stop)
    assert told == [(kind.start, kind.stop - 1) for kind in (DIGITS, *letters, COUNTERS)]
