"""Scores, intervals, and which presses count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.satisfaction import (
    CELL,
    LATE,
    OTHER_WAY,
    REPLACED,
    Press,
    is_satisfied,
    judge,
    publish,
    whole_groups,
    wilson,
)


@pytest.mark.parametrize(
    ("positive", "n", "low", "high"),
    # Published values, in per cent.
    [(9, 10, 59.6, 98.2), (18, 20, 69.9, 97.2), (45, 50, 78.6, 95.7), (90, 100, 82.6, 94.5), (360, 400, 86.7, 92.6)],
)
def test_wilson_intervals(positive: int, n: int, low: float, high: float) -> None:
    found = wilson(positive, n)
    assert (round(found[0] * 100, 1), round(found[1] * 100, 1)) == (low, high)


def test_the_last_press_within_the_quiet_time_counts() -> None:
    presses = [
        Press("a", "nut-1", 1_000, 2, 5),
        Press("b", "nut-1", 4_000, 5, 5),
        Press("c", "nut-1", 30_000, 1, 5),
        Press("d", "srv-1", 2_000, 3, 5),
    ]
    assert judge(presses) == {"a": REPLACED, "b": None, "c": LATE, "d": OTHER_WAY}


@given(st.permutations([Press("a", "n", 0, 1, 5), Press("b", "n", 0, 2, 5), Press("c", "n", 5_000, 3, 5)]))
def test_one_press_counts_whatever_the_order(presses: list[Press]) -> None:
    assert [press for press, reason in judge(presses).items() if reason is None] == ["c"]


@pytest.mark.parametrize(("scale", "satisfied"), [(3, [2, 3]), (4, [3, 4]), (5, [4, 5])])
def test_the_upper_two_levels_are_satisfied(scale: int, satisfied: list[int]) -> None:
    assert [score for score in range(1, scale + 1) if is_satisfied(score, scale)] == satisfied


def test_scores_are_published_in_groups_of_five() -> None:
    assert publish([(5, 5)] * 4).n == 0
    assert publish([(5, 5)] * 4).share is None
    first = publish([(5, 5), (5, 5), (1, 5), (4, 5), (5, 5)])
    assert (first.n, first.share, first.by_score) == (5, 0.8, (1, 0, 0, 1, 3))
    assert publish([(5, 5), (5, 5), (1, 5), (4, 5), (5, 5), (1, 5)]) == first, "the sixth press shows nothing"


def test_levels_of_different_scales_are_not_added_up() -> None:
    mixed = publish([(5, 5)] * 6 + [(3, 3)] * 3 + [(1, 4)])
    assert (mixed.n, mixed.share, mixed.scale, mixed.by_score) == (10, 0.9, 5, (0, 0, 0, 0, 5))
    later = publish([(5, 5)] * 6 + [(3, 3)] * 9)
    assert (later.n, later.scale, later.by_score) == (15, 3, (0, 0, 5))
    few = publish([(5, 5), (4, 5), (1, 3), (3, 3), (2, 4)])
    assert (few.n, few.share, few.by_score) == (5, 0.6, None), "less than five of a scale say who pressed what"


@given(st.lists(st.sampled_from([(score, scale) for scale in (3, 4, 5) for score in range(1, scale + 1)]), max_size=40))
def test_what_is_shown_of_any_presses_is_whole_groups_of_five(scores: list[tuple[int, int]]) -> None:
    found = publish(scores)
    barred = sum(found.by_score or ())
    assert found.n % 5 == barred % 5 == 0 and barred <= found.n <= len(scores) < found.n + 5
    if found.by_score is not None:
        assert len(found.by_score) == found.scale
        alike = [score for score, scale in scores[: found.n] if scale == found.scale]
        assert all(n <= alike.count(level) for level, n in enumerate(found.by_score, start=1))
        assert all(alike_elsewhere(scores[: found.n], scale) <= len(alike) for scale in (3, 4, 5))


def alike_elsewhere(scores: list[tuple[int, int]], scale: int) -> int:
    return sum(one == scale for _, one in scores)


GROUPED = st.lists(st.one_of(st.none(), st.tuples(st.integers(1, 5), st.just(5))), max_size=40)


@given(GROUPED, st.data())
def test_a_group_that_lost_a_press_is_not_shown_and_the_others_are_as_before(
    came: list[tuple[int, int] | None], data: st.DataObject
) -> None:
    """So that nobody can take two figures from one another and see the press that went."""
    before = whole_groups(came)
    shown = before[: len(before) // CELL * CELL]
    if not came:
        return
    gone = data.draw(st.integers(0, len(came) - 1))
    after = whole_groups([None if at == gone else one for at, one in enumerate(came)])
    group = gone // CELL
    others = [one for at, one in enumerate(came) if at // CELL != group]
    if group < len(came) // CELL:
        assert after == whole_groups(others)
        assert len(after[: len(after) // CELL * CELL]) in (len(shown), len(shown) - CELL)
    assert whole_groups([one for one in came if one is not None]) == [one for one in came if one is not None]
