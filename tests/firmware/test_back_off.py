"""Devices that lost their broker at one moment come back spread out."""

import random

from firmware.link import back_off_ms

BACK_OFF_FROM_MS, BACK_OFF_AT_MOST_MS = 1_000, 60_000
DEVICES = 1_000
REFUSED_MS = 5


def tries_of(until_ms):
    """When one device knocks, if the broker refuses everybody until then; the last knock is let in."""
    now, failures, tries = 0, 0, []
    while not tries or tries[-1] < until_ms:
        now += back_off_ms(failures, random.randrange) + REFUSED_MS
        failures += 1
        tries.append(now)
    return tries


def busiest(times, width_ms):
    counts = {}
    for time in times:
        counts[time // width_ms] = counts.get(time // width_ms, 0) + 1
    return max(counts.values())


def test_the_bound_doubles_every_second_time_up_to_a_minute_and_the_wait_is_anything_below():
    bounds = [back_off_ms(failures, lambda below: below) for failures in range(100)]
    assert bounds[:12] == [BACK_OFF_FROM_MS << n // 2 for n in range(12)]
    assert set(bounds[12:]) == {BACK_OFF_AT_MOST_MS}
    assert back_off_ms(0, lambda below: 0) == 0


def test_a_thousand_devices_that_lost_their_broker_for_a_moment_come_over_the_whole_first_second():
    random.seed(1)
    first = [tries_of(0)[0] for _ in range(DEVICES)]
    assert busiest(first, 100) < 150 and busiest(first, 10) < 30  # 100 and 10 if they stood in a row


def test_a_thousand_devices_that_waited_long_come_over_a_minute():
    random.seed(2)
    last = [tries_of(120_000)[-1] for _ in range(DEVICES)]
    assert busiest(last, 1_000) < 60
    assert max(last) - min(last) > 45_000


def test_a_thousand_devices_knock_seldom_at_a_broker_that_is_away():
    random.seed(3)
    tries = [time for _ in range(DEVICES) for time in tries_of(300_000)]
    knocks = [time for time in tries if 60_000 <= time < 300_000]
    assert len(knocks) / 240 < DEVICES / 25  # each about twice a minute
    assert busiest(knocks, 1_000) < 80
