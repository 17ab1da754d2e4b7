"""How many wait at each half hour and how long, beside what is usual."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.day_trend import LEAST_CALLED, LEAST_DAYS, Band, PastWaits, trend_of, usual_of

EIGHT = 480.0


def past(*waits: tuple[float, float], days: int = LEAST_DAYS) -> list[PastWaits]:
    return [PastWaits(f"2026-10-{day:02}", waits) for day in range(1, days + 1)]


def test_with_too_few_days_nothing_is_usual_and_the_day_is_told_all_the_same() -> None:
    usual = usual_of(past((EIGHT, 490.0), days=LEAST_DAYS - 1))
    assert (usual.days, usual.waiting, usual.wait_min) == (LEAST_DAYS - 1, {}, {})
    found = trend_of(usual, [(EIGHT, 490.0)], [505.0], 512.0, 1)
    assert not found.is_usual_known and (found.waiting_now, found.now_min) == (1, 510)
    assert [(one.begins_min, one.waiting, one.usual_waiting) for one in found.halves] == [
        (480, 1, None),
        (510, 1, None),
    ]


def test_a_half_hour_counts_who_waits_when_it_begins_and_whom_it_calls() -> None:
    waits = [(470.0, 485.0), (475.0, 509.9), (480.0, 510.0), (481.0, 500.0), (482.0, 495.0), (483.0, 490.0)]
    found = trend_of(usual_of([]), waits, [], 545.0, 1).halves
    assert [(one.begins_min, one.waiting, one.called) for one in found] == [
        (450, 0, 0),
        (480, 3, 5),
        (510, 0, 1),
        (540, 0, 0),
    ]
    assert found[1].wait_min == 15.0, "the middle of 15, 34.9, 19, 13 and 7"
    assert found[2].wait_min is None, "one is too few"


def test_what_is_usual_lies_between_the_quartiles_of_days() -> None:
    days = [PastWaits(str(n), tuple((508.0, 510.0 + n) for _ in range(2 * n))) for n in range(1, 6)]
    usual = usual_of(days)
    assert usual.waiting == {480: Band(0.0, 0.0, 0.0), 510: Band(4.0, 6.0, 8.0)}
    assert usual.wait_min == {510: Band(4.0, 5.0, 6.0)}


def test_a_day_that_is_empty_yet_shows_only_what_is_usual() -> None:
    found = trend_of(usual_of(past(*[(EIGHT, 500.0)] * LEAST_CALLED)), [], [], 300.0, 3)
    assert found.is_usual_known and [one.waiting for one in found.halves] == [None] * len(found.halves)
    assert found.halves[0].usual_waiting == Band(5.0, 5.0, 5.0)
    assert trend_of(usual_of([]), [], [], 300.0, 3).halves == ()


WAITS = st.lists(
    st.tuples(st.floats(420, 1000), st.floats(0, 120)).map(lambda one: (one[0], one[0] + one[1])), max_size=40
)


@given(st.lists(WAITS, max_size=8), WAITS, st.lists(st.floats(420, 1100), max_size=9), st.floats(0, 1439))
def test_bands_are_in_order_and_nobody_is_lost(
    days: list[list[tuple[float, float]]], today: list[tuple[float, float]], since: list[float], now: float
) -> None:
    over = [one for one in today if one[1] <= now]
    found = trend_of(usual_of([PastWaits(str(n), tuple(one)) for n, one in enumerate(days)]), over, since, now, 1)
    starts = [one.begins_min for one in found.halves]
    assert starts == list(range(starts[0], starts[-1] + 1, 30)) if starts else not over
    for one in found.halves:
        for band in (one.usual_waiting, one.usual_wait_min):
            assert band is None or 0 <= band.low <= band.middle <= band.high
        assert one.waiting is None or one.waiting >= 0
        assert (one.wait_min is None) == (one.called < LEAST_CALLED)
    assert sum(one.called for one in found.halves) == len(over)
    assert found.waiting_now == sum(one <= now for one in since)


def test_a_stroke_is_not_drawn_and_a_morning_is() -> None:
    def at(now_min: float) -> bool:
        return trend_of(usual_of([]), [(float(EIGHT), EIGHT + 5.0)], [EIGHT + 1.0], now_min, 1).is_worth_drawing

    assert not at(EIGHT + 20.0)
    assert at(EIGHT + 130.0)
