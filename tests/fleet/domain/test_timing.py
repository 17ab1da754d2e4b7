"""When things happened."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.timing import between_boots, happened, offset_of

HOUR = 3_600_000


def test_a_device_with_a_clock_is_believed() -> None:
    assert happened(1_000, 500_000, None).ms == 500_000
    assert happened(1_000, 500_000, 499_100).timing == "device"


def test_a_device_whose_clock_is_wrong_is_set_right_by_its_boot() -> None:
    moment = happened(1_000, 9 * HOUR, HOUR)
    assert (moment.ms, moment.timing) == (HOUR + 1_000, "anchor")


def test_without_clock_and_anchor_nothing_is_known() -> None:
    assert happened(1_000, None, None).ms is None


@given(st.permutations([(10, 1_050), (500, 1_502), (900, 2_400)]))
def test_the_least_delayed_message_anchors_a_boot_in_any_order(messages: list[tuple[int, int]]) -> None:
    known = None
    for up_ms, received_ms in messages:
        known = offset_of(up_ms, received_ms, known)
    assert known == 1_002


def test_a_boot_that_never_saw_a_clock_lies_between_its_neighbours() -> None:
    moment = between_boots(200, 1_000, before_ms=5_000, after_ms=9_000)
    assert (moment.ms, moment.timing) == (8_200, "estimated")
    assert between_boots(200, 10_000, before_ms=5_000, after_ms=9_000).ms == 5_200  # never before the boot before
    assert between_boots(200, 1_000, before_ms=5_000, after_ms=None).ms == 5_200
    assert between_boots(200, 1_000, before_ms=None, after_ms=None).timing == "unknown"
