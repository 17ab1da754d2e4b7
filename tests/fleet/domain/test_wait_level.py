import pytest

from fleet.domain.wait_level import WaitLevel, wait_level

TARGET_S = 900


@pytest.mark.parametrize(
    ("waited_s", "level"),
    [
        (0, WaitLevel.FINE),
        (-5, WaitLevel.FINE),  # the printer's clock is ahead
        (674.999, WaitLevel.FINE),
        (675, WaitLevel.SOON),
        (900, WaitLevel.SOON),
        (900.001, WaitLevel.LATE),
    ],
)
def test_a_wait_stands_to_its_target(waited_s: float, level: WaitLevel) -> None:
    now_ms = 1_795_000_000_000
    assert wait_level(now_ms - round(waited_s * 1000), now_ms, TARGET_S) is level


def test_nobody_waits_too_long_where_nobody_waits() -> None:
    assert wait_level(None, 1_795_000_000_000, TARGET_S) is WaitLevel.NONE
