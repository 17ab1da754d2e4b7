"""When things happened."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.timing import (
    DAY_MS,
    Anchor,
    Readings,
    anchor_of,
    between_boots,
    happened,
    reading,
)

HOUR = 3_600_000
MINUTE = 60_000
BEGAN = 1_794_189_600_000
MESSAGES = st.lists(
    st.tuples(
        st.integers(0, 600 * MINUTE),
        st.sampled_from([-DAY_MS, -HOUR, 0, DAY_MS]),
        st.integers(0, 90_000),
    ),
    min_size=1,
    max_size=30,
)


def minutes(first: int, last: int, clock_off_by: int = 0, delay: int = 40) -> list[tuple[int, int]]:
    """What a boot told, each minute, and when it came by the fleet's clock."""
    return [(n * MINUTE, BEGAN + n * MINUTE + clock_off_by + delay) for n in range(first, last)]


def anchored(messages: list[tuple[int, int]]) -> Anchor:
    anchor = anchor_of(reading(up, utc) for up, utc in messages)
    assert anchor is not None
    return anchor


def kept(messages: list[tuple[int, int]]) -> list[Readings]:
    """As the store keeps them: one for each cell."""
    cells: dict[int, Readings] = {}
    for up, utc in messages:
        one = reading(up, utc)
        cells[one.cell] = one.joined(cells.get(one.cell, one))
    return list(cells.values())


def test_a_device_with_a_clock_is_believed() -> None:
    assert happened(1_000, 500_000, None).ms == 500_000
    assert happened(1_000, 500_000, Anchor(499_100)).timing == "device"
    assert happened(1_000, 500_000, Anchor(3 * HOUR)).timing == "device", (
        "its one message may have been long on its way"
    )


def test_a_device_whose_clock_is_wrong_is_set_right_by_its_boot() -> None:
    moment = happened(1_000, 9 * HOUR, Anchor(HOUR))
    assert (moment.ms, moment.timing) == (HOUR + 1_000, "anchor")
    early = happened(1_000, HOUR, Anchor(9 * HOUR, sure=True))
    assert (early.ms, early.timing) == (9 * HOUR + 1_000, "anchor")


def test_a_crystal_that_is_a_little_slow_is_no_wrong_clock() -> None:
    up = 30 * DAY_MS
    anchor = anchored([(n * HOUR, BEGAN + n * HOUR + n * HOUR // 50_000) for n in range(30 * 24)])
    at = BEGAN + up + up // 50_000  # 20 parts in a million: 52 s in a month
    assert happened(up, at, anchor).ms == at
    assert happened(up, at + HOUR, anchor).timing == "anchor"


def test_without_clock_and_anchor_nothing_is_known() -> None:
    assert happened(1_000, None, None).ms is None


@given(st.permutations([(10, 1_050), (500, 1_502), (900, 2_400)]))
def test_the_least_delayed_message_anchors_a_boot_in_any_order(messages: list[tuple[int, int]]) -> None:
    assert anchored(messages) == Anchor(1_002)


def test_a_fleet_that_was_a_day_behind_and_then_set_right_spoils_nothing() -> None:
    assert anchored(minutes(0, 60, -DAY_MS) + minutes(60, 70)).offset_ms == BEGAN + 40


def test_a_fleet_that_was_a_day_ahead_for_a_while_spoils_nothing() -> None:
    assert anchored(minutes(0, 30) + minutes(30, 90, DAY_MS) + minutes(90, 100)).offset_ms == BEGAN + 40


def test_a_fleet_that_went_back_an_hour_is_followed() -> None:
    assert anchored(minutes(0, 30, HOUR) + minutes(30, 40)).offset_ms == BEGAN + 40


def test_one_message_that_was_long_on_its_way_moves_nothing() -> None:
    late = [(59 * MINUTE, BEGAN + 3 * HOUR)]
    assert anchored(minutes(0, 58) + late).offset_ms == BEGAN + 40


def test_of_readings_too_few_to_be_sure_the_least_counts() -> None:
    assert anchored([(0, BEGAN + 9 * MINUTE), (MINUTE, BEGAN + MINUTE)]) == Anchor(BEGAN)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_the_anchor_depends_on_the_set_of_messages_only(messages, random) -> None:  # type: ignore[no-untyped-def]
    told = [(up, BEGAN + up + off + delay) for up, off, delay in messages]
    again = told + [random.choice(told) for _ in range(5)]
    random.shuffle(again)
    assert anchor_of(kept(told)) == anchor_of(kept(again))


def test_a_boot_that_never_saw_a_clock_lies_between_its_neighbours() -> None:
    moment = between_boots(200, 1_000, before_ms=5_000, after_ms=9_000)
    assert (moment.ms, moment.timing) == (8_200, "estimated")
    assert between_boots(200, 10_000, before_ms=5_000, after_ms=9_000).ms == 5_200  # never before the boot before
    assert between_boots(200, 1_000, before_ms=5_000, after_ms=None).ms == 5_200
    assert between_boots(200, 1_000, before_ms=None, after_ms=None).timing == "unknown"
