import pytest

from fleet.pages.figures import clock, elapsed, long_day, minutes, percent, short
from fleet.pages.rendering import open_templates, translate_templates
from fleet.pages.texts import load_wordings

WORDINGS = load_wordings()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (754, "12:34"), (3600, "1:00:00"), (3753, "1:02:33"), (-3, "0:00")],
)
def test_elapsed_time(seconds: float, shown: str) -> None:
    assert elapsed(seconds) == shown


@pytest.mark.parametrize(("seconds", "whole"), [(900, 15), (901, 16), (0, 0), (30, 1)])
def test_a_target_is_not_made_smaller(seconds: float, whole: int) -> None:
    assert minutes(seconds) == whole


def test_a_share_has_no_decimals() -> None:
    assert [percent(share) for share in (0, 0.125, 0.9949, 1)] == ["0%", "12%", "99%", "100%"]


def test_the_clock_is_the_offices() -> None:
    assert clock(1_795_399_200_000, "Asia/Ho_Chi_Minh") == "09:00"
    assert clock(1_795_399_200_000, "UTC") == "02:00"


def test_a_day_in_words() -> None:
    assert long_day("2026-11-23", WORDINGS["vi"]) == "Thứ Hai, ngày 23 tháng 11 năm 2026"
    assert long_day("2026-11-29", WORDINGS["en"]) == "Sunday, 29 November 2026"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("0.1.0", "0.1.0"),
        ("  a \n\t b ", "a b"),
        ("left\u202etfel", "left tfel"),
        ("\x1b[2Jgone", "[2Jgone"),
        ("zero\u200bwidth", "zero width"),
        ("x" * 100, "x" * 47 + "…"),
        ("", ""),
        (None, "None"),
    ],
)
def test_a_strangers_text_is_seen_and_short(said: object, shown: str) -> None:
    assert short(said) == shown


def test_every_template_is_translated_before_somebody_looks() -> None:
    open_templates.cache_clear()
    translate_templates()
    templates = open_templates()
    assert templates.cache is not None and len(templates.cache) == len(templates.list_templates()) > 50
