"""Times in buckets: right to 1 %, merged and taken out again in any order, as an independent DDSketch has them."""

from itertools import pairwise
from math import ceil

import pytest
from ddsketch import DDSketch
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.times import (
    ENDS,
    EXACT_TARGETS_MS,
    FIRST_MS,
    LAST_MS,
    MOST_WRONG,
    NotInThere,
    Times,
    read_lanes,
    times,
)

DURATIONS = st.lists(st.one_of(st.integers(0, 5_000), st.integers(0, 7_200_000), st.integers(0, LAST_MS)), max_size=60)
SHARE = st.floats(0.01, 1)


def exact(durations: list[int], share: float) -> int:
    """The nearest rank: the shortest of these that at least this share of them does not exceed."""
    return sorted(durations)[max(1, ceil(share * len(durations))) - 1]


@settings(max_examples=300, deadline=None)
@given(DURATIONS.filter(bool), SHARE)
def test_a_percentile_is_right_to_one_per_cent(durations: list[int], share: float) -> None:
    (found,) = times(durations).percentiles(share)
    assert found is not None
    right = exact(durations, share)
    assert abs(found - right) <= max(MOST_WRONG * right, FIRST_MS / 2) * (1 + 1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(FIRST_MS + 1, LAST_MS), min_size=1, max_size=60), SHARE)
def test_a_percentile_agrees_with_another_sketch_of_the_same_promise(durations: list[int], share: float) -> None:
    other = DDSketch(relative_accuracy=MOST_WRONG)
    for one in durations:
        other.add(one)
    rank = max(1, ceil(share * len(durations))) - 1
    theirs = other.get_quantile_value(rank / max(1, len(durations) - 1))
    (ours,) = times(durations).percentiles(share)
    assert ours is not None and theirs is not None
    assert abs(ours - theirs) <= 2.03 * MOST_WRONG * max(ours, theirs), "both are right to 1 % of the same time"


@settings(deadline=None)
@given(DURATIONS, DURATIONS, DURATIONS)
def test_merging_is_adding_and_taking_out_leaves_nothing(one: list[int], other: list[int], third: list[int]) -> None:
    assert times(one) + times(other) == times(other) + times(one) == times(one + other)
    assert times(one + other + third) - times(other) == times(one + third)
    assert (times(one) - times(other)) + times(other) == times(one), "in any order, even below nothing in between"


@settings(deadline=None)
@given(DURATIONS)
def test_what_is_stored_is_what_was_counted(durations: list[int]) -> None:
    counted = times(durations)
    assert read_lanes(counted.to_bytes()) == counted.lanes
    assert counted.n == len(durations) == sum(counted.counts)
    assert counted.sum_ms == sum(durations) and counted.mean_ms == (
        pytest.approx(sum(durations) / len(durations)) if durations else None
    )


def test_many_times_are_stored_as_a_stretch_and_few_as_pairs() -> None:
    many, few = times(range(60_000, 3_600_000, 1_000)), times([60_000, 3_600_000])
    assert len(many.to_bytes()) < 1_400 and len(few.to_bytes()) == 13
    assert read_lanes(many.to_bytes()) == many.lanes


@settings(deadline=None)
@given(DURATIONS, st.sampled_from(sorted(EXACT_TARGETS_MS)))
def test_how_many_waited_no_longer_than_the_end_of_a_bucket_is_exact(durations: list[int], target_ms: int) -> None:
    assert times(durations).within(target_ms) == sum(one <= target_ms for one in durations)


@settings(deadline=None)
@given(DURATIONS, st.integers(0, LAST_MS))
def test_within_any_target_is_no_more_than_was_so(durations: list[int], target_ms: int) -> None:
    found = times(durations).within(target_ms)
    assert found <= sum(one <= target_ms for one in durations)
    assert found >= sum(one <= target_ms * (1 - 2 * MOST_WRONG) - FIRST_MS for one in durations)


def test_whole_minutes_are_ends_of_buckets() -> None:
    assert {minutes * 60_000 for minutes in (*range(1, 61), *range(65, 241, 5))} <= EXACT_TARGETS_MS
    assert all(high * 99 <= (low + 1) * 101 for low, high in pairwise(ENDS))
    assert ENDS[0] == FIRST_MS and ENDS[-1] == LAST_MS


@pytest.mark.parametrize("held", [[], [60_000] * 3])
def test_more_cannot_be_taken_out_than_there_was(held: list[int]) -> None:
    for taken in ([61_200] * 2, [1_000], [LAST_MS]):
        with pytest.raises(NotInThere):
            (times(held) - times(taken)).to_bytes()


def test_of_nothing_there_is_no_percentile() -> None:
    assert Times().percentiles(0.5, 0.9) == [None, None] and Times().mean_ms is None and Times().to_bytes() == b""
