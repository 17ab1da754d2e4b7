"""The official formulas, against figures worked out by hand, at each of their boundaries."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.channels import read_channel
from fleet.domain.dossier import Dossier
from fleet.domain.indicator_texts import CLASSES, CRITERIA, FORMULAS, GROUPS, LANGUAGES, NAMES, PARTS, SAID
from fleet.domain.indicators import (
    POINTS,
    Channel,
    Group,
    Item,
    indicators,
    mean_time,
    on_time,
    online,
    risk,
    risk_if,
    risk_points,
    rounded,
)
from fleet.domain.nine_criteria import ASKED, FILLED, Answer, Class, Criterion, fill, grade_of, next_question
from fleet.domain.processing_time import Judged, Outcome

DAY = date(2026, 10, 1)


def dossiers(*outcomes: Outcome, channel: str = "", days: int | None = None) -> list[Judged]:
    made = [Dossier(f"H29.27.05-261001-{n:04d}", "H29.27.05", DAY, channel=channel) for n in range(len(outcomes))]
    return [Judged(one, outcome, 0, days=days) for one, outcome in zip(made, outcomes, strict=True)]


def some(good: int, late: int) -> list[Judged]:
    return dossiers(*[Outcome.ON_TIME] * good, *[Outcome.LATE] * late)


def test_on_time_counts_open_dossiers_and_leaves_out_what_nobody_can_tell() -> None:
    """(2 + 1) ÷ (2 + 1 + 1 + 1 + 1) = 50 %."""
    found = on_time(
        dossiers(
            *(Outcome.ON_TIME, Outcome.ON_TIME, Outcome.OPEN_IN_TIME),
            *(Outcome.LATE, Outcome.OPEN_LATE, Outcome.LATE_BY_SUPPLEMENTS),
            *(Outcome.NO_DUE_DAY, Outcome.END_NOT_DATED),
        )
    )
    assert found.value == Fraction(1, 2)
    assert {part.name: part.n for part in found.parts} == {**dict.fromkeys(Outcome, 1), Outcome.ON_TIME: 2}
    (late,) = [part for part in found.parts if part.name == "late"]
    assert late.codes == ("H29.27.05-261001-0003",)


def test_nothing_to_divide_by_is_no_value() -> None:
    for found in indicators([], []):
        assert (found.value, found.of_full, found.points) == (None, None, None)
    assert on_time(dossiers(Outcome.NO_DUE_DAY)).value is None


def test_the_mean_time_is_the_total_by_the_number_of_those_that_ended() -> None:
    ended = [one for n in (0, 3, 4) for one in dossiers(Outcome.ON_TIME, days=n)]
    assert mean_time([*ended, *dossiers(Outcome.OPEN_LATE)]).value == Fraction(7, 3)


@pytest.mark.parametrize(
    ("n", "of", "value", "of_full"),
    [(50, 100, "0.50", "1.00"), (51, 100, "0.51", "1.00"), (49, 100, "0.49", "0.98"), (1, 4, "0.25", "0.50"), (0, 3,
    "0", "0")], )  # fmt: skip
def test_online_is_full_at_one_half(n: int, of: int, value: str, of_full: str) -> None:
    received = dossiers(*[Outcome.ON_TIME] * n, channel="online") + dossiers(*[Outcome.ON_TIME] * (of - n), channel="1")
    received = [
        one if one.dossier.channel == "online" else Judged(silent(one.dossier), one.outcome, 0) for one in received
    ]
    found = online([*received[:-1], Judged(told(received[-1].dossier), Outcome.LATE, 0)])
    assert (found.value, found.of_full) == (Fraction(value), Fraction(of_full))


def silent(one: Dossier) -> Dossier:
    return Dossier(one.code, one.organisation, one.received_on)


def told(one: Dossier) -> Dossier:
    return Dossier(one.code, one.organisation, one.received_on, channel=one.channel or "counter")


def test_where_no_file_tells_a_channel_there_is_no_rate() -> None:
    assert online(dossiers(Outcome.ON_TIME)).value is None


@pytest.mark.parametrize(
    ("good", "late", "points"),
    [(9, 1, "6.00"), (10, 0, "6.00"), (899, 101, "5.99"), (8999, 1001, "6.00"), (45, 55, "3.00"), (0, 4, "0.00"), (3, 1,
    "5.00")], )  # fmt: skip
def test_the_risk_is_six_points_from_ninety_percent_on(good: int, late: int, points: str) -> None:
    found = risk(some(good, late))
    assert found.points is not None and rounded(found.points) == Decimal(points)
    assert found.is_bound and found.value == Fraction(good, good + late)


def test_ninety_percent_is_met_exactly_and_not_before() -> None:
    assert risk_points(Fraction(9, 10)) == (1, 6)
    almost = risk_points(Fraction(8_999_999, 10_000_000))[1]
    assert almost is not None and almost < 6


def test_dislikes_are_taken_off() -> None:
    assert risk_if(Fraction(95, 100), Fraction(10, 100)) == Fraction(85, 100)
    assert risk_if(Fraction(5, 100), Fraction(10, 100)) == 0
    assert risk_if(None, Fraction(1, 2)) is None and risk_if(Fraction(1), None) is None


@pytest.mark.parametrize(
    ("value", "shown"), [("1/3", "0.33"), ("2/3", "0.67"), ("1/200", "0.01"), ("149/10000", "0.01"), ("0", "0.00")]
)
def test_two_decimals_halves_up(value: str, shown: str) -> None:
    assert rounded(Fraction(value)) == Decimal(shown)


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("18", Class.EXCELLENT),
        ("15.00", Class.EXCELLENT),
        ("14.995", Class.EXCELLENT),  # it is shown as 15.00
        ("14.99", Class.GOOD),
        ("12", Class.GOOD),
        ("11.99", Class.FAIR),
        ("9", Class.FAIR),
        ("8.99", Class.AVERAGE),
        ("6", Class.AVERAGE),
        ("5.99", Class.WEAK),
        ("0", Class.WEAK),
    ],
)
def test_each_class_begins_at_its_points(points: str, grade: Class) -> None:
    assert grade_of(Fraction(points)) == grade
    assert grade_of(Decimal(points)) == grade


def test_fifteen_itself_is_excellent() -> None:
    assert CLASSES[grade_of(15)]["vi"] == "Xuất sắc"


@pytest.mark.parametrize("points", ["-0.01", "18.01"])
def test_there_is_no_class_beyond_the_form(points: str) -> None:
    with pytest.raises(ValueError, match="expected 0 to 18"):
        grade_of(Fraction(points))


def ended(before: int, n: int, supplements: int = 0, agency: str = "UBND phường Tân An") -> list[Judged]:
    """Dossiers due on the 9th that ended so many days before it."""
    due = date(2026, 10, 9)
    code = f"H29.27.05-261001-{before + 50:02d}{supplements}"
    made = [Dossier(f"{code}{i}", "H29.27.05", DAY, due_on=due, agency=agency) for i in range(n)]
    return [
        Judged(one, Outcome.ON_TIME, supplements, due=due, ended=date(2026, 10, 9 - before), days=1) for one in made
    ]


def points(judged: list[Judged], criterion: Criterion) -> Fraction | None:
    return fill(judged).means[criterion - 1].points


def test_sooner_gives_two_on_the_day_one_later_none() -> None:
    assert [points(ended(before, 5), Criterion.TOTAL_TIME) for before in (1, 0, -1)] == [2, 1, 0]
    mixed = ended(1, 3) + ended(0, 2)
    assert points(mixed, Criterion.TOTAL_TIME) == Fraction(8, 5)


def test_being_asked_for_more_costs_points() -> None:
    assert [points(ended(0, 5, asked), Criterion.CONTACTS) for asked in (0, 1, 2, 3)] == [2, 1, 0, 0]


def test_an_agency_is_scored_only_where_one_is_named() -> None:
    assert points(ended(1, 5), Criterion.AGENCIES_TIME) == 2
    assert points(ended(1, 5, agency=""), Criterion.AGENCIES_TIME) is None


def test_below_five_nothing_is_said_and_without_the_whole_form_there_is_no_class() -> None:
    assert points(ended(1, 4), Criterion.TOTAL_TIME) is None
    nine = fill(ended(1, 5))
    assert (nine.known, nine.possible, nine.grade) == (Decimal("6.00"), 6, None)


def test_a_whole_form_has_a_class() -> None:
    """2 + 2 + 2 from dossiers, 1.5 from each of six questions of which whole fives count: 15.00."""
    answers = [Answer(one, given) for one in ASKED for given in (2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 0, 0)]
    nine = fill(ended(1, 5), answers)
    assert {mean.n for mean in nine.means if mean.criterion in ASKED} == {10}
    assert (nine.known, nine.possible, nine.grade) == (Decimal("15.00"), 18, Class.EXCELLENT)


@given(st.integers(1, 20))
def test_questions_take_turns(rounds: int) -> None:
    times: dict[Criterion, int] = {}
    for _ in range(rounds * len(ASKED)):
        one = next_question(times)
        times[one] = times.get(one, 0) + 1
    assert times == dict.fromkeys(ASKED, rounds)
    assert next_question({**times, Criterion.FEEDBACK: 0}) == Criterion.FEEDBACK


def test_what_dossiers_tell_is_not_asked() -> None:
    assert sorted((*FILLED, *ASKED)) == list(Criterion)


@pytest.mark.parametrize(
    ("cell", "channel"),
    [
        (None, ""),
        ("", ""),
        (1, Channel.COUNTER),
        (2.0, Channel.ONLINE),
        ("3", Channel.POST),
        ("Trực tuyến", Channel.ONLINE),
        ("Cổng Dịch vụ công", Channel.ONLINE),
        ("TRỰC TIẾP", Channel.COUNTER),
        ("Bưu chính công ích", Channel.POST),
        ("online", Channel.ONLINE),
        ("Ủy quyền", Channel.OTHER),
    ],
)
def test_channels_are_known_in_words_and_numbers(cell: object, channel: str) -> None:
    assert read_channel(cell) == channel  # type: ignore[arg-type]


def test_everything_has_its_words_in_both_languages() -> None:
    tables = [(NAMES, Item), (FORMULAS, Item), (GROUPS, Group), (CRITERIA, Criterion), (CLASSES, Class)]
    for table, names in tables:
        assert list(table) == list(names)  # type: ignore[call-overload]
    for table in (NAMES, FORMULAS, GROUPS, CRITERIA, CLASSES, PARTS, SAID):
        assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in table.values())
    assert {*Outcome, *Channel} <= PARTS.keys()
    assert sum(POINTS.values()) == 100


def test_a_button_score_is_never_called_sipas() -> None:
    """The word stands only where it is said that this is none."""
    words = [
        text
        for table in (NAMES, FORMULAS, CRITERIA, CLASSES, PARTS)
        for pair in table.values()
        for text in pair.values()
    ]
    assert not any("SIPAS" in text for text in words)
