"""Time since boot across the counter's wrap, and UTC as the fleet tells it."""

from firmware.clock import Clock, vietnam_time

PERIOD = 1 << 30
FRESH_MS = 600_000
NOON = 1_795_323_600_000  # 2026-11-22 12:00 in Việt Nam


class Ticks:
    """A board's counter that wraps as the ports' does."""

    def __init__(self, now=0):
        self.now = now

    def __call__(self):
        return self.now % PERIOD

    def diff(self, a, b):
        return (a - b + PERIOD // 2) % PERIOD - PERIOD // 2


def started(now=0):
    ticks = Ticks(now)
    return ticks, Clock(ticks, ticks.diff)


def test_time_goes_on_when_the_counter_wraps():
    ticks, clock = started(PERIOD - 100)
    for _ in range(10):
        ticks.now += PERIOD // 3
        clock.up()
    assert clock.up() == 10 * (PERIOD // 3)


def test_an_edge_of_a_moment_ago_has_its_own_time():
    ticks, clock = started(PERIOD - 10)
    ticks.now += 50
    tick = ticks()
    ticks.now += 30
    assert clock.up_of(tick) == 50 and clock.up() == 80
    ticks.now -= 200
    assert clock.up_of(ticks()) == 0


def test_no_fleet_no_time_of_day():
    _, clock = started()
    assert clock.at() is None and clock.at(5) is None


def test_the_reading_with_the_least_delay_is_kept():
    ticks, clock = started()
    ticks.now = 1_000
    clock.hear(NOON)
    ticks.now = 2_000
    clock.hear(NOON + 700)  # came 300 ms late
    assert clock.at() == NOON + 1_000 and clock.last_error_ms == -300
    clock.hear(NOON + 1_050)
    assert clock.at() == NOON + 1_050 and clock.at(1_000) == NOON + 50


def test_a_fresh_reading_replaces_one_of_long_ago():
    ticks, clock = started()
    clock.hear(NOON)
    ticks.now = FRESH_MS + 1
    clock.hear(NOON + FRESH_MS - 99)
    assert clock.at() == NOON + FRESH_MS - 99


def test_days_in_viet_nam():
    assert vietnam_time(NOON) == (2026, 11, 22, 12, 0)
    assert vietnam_time(0) == (1970, 1, 1, 7, 0)
    assert vietnam_time(951_757_200_000) == (2000, 2, 29, 0, 0)
    assert vietnam_time(1_735_664_399_999) == (2024, 12, 31, 23, 59)
    assert vietnam_time(1_735_664_400_000) == (2025, 1, 1, 0, 0)


def test_a_fleet_that_went_back_is_followed_after_three_readings():
    ticks, clock = started()
    clock.hear(NOON + 3_600_000)
    for readings in (1, 2, 3):
        ticks.now += 1_000
        clock.hear(NOON + ticks.now)
        assert (clock.at() == NOON + ticks.now) == (readings == 3)
    assert clock.last_error_ms == -3_600_000


def test_a_day_ahead_and_back_again():
    ticks, clock = started()
    clock.hear(NOON)
    clock.hear(NOON + 86_400_000)
    assert clock.at() == NOON + 86_400_000
    for _ in range(3):
        clock.hear(NOON)
    assert clock.at() == NOON and ticks.now == 0


def test_one_reading_of_an_hour_ago_among_others_changes_nothing():
    ticks, clock = started()
    clock.hear(NOON)
    for _ in range(9):
        clock.hear(NOON - 3_600_000)
        clock.hear(NOON - 50)
        clock.hear(NOON - 7_200_000)
    assert clock.at() == NOON and ticks.now == 0
