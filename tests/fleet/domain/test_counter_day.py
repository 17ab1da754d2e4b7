"""When a counter paused, and how much of its day it served."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.counter_day import Stretch, busy_share, pauses_of, took
from protocols import events
from protocols.event import Event


def pause(ms: int, reason: str = "lunch") -> tuple[str, Event, int]:
    return f"q/1/1/{ms}", events.Paused(reason=reason, up=ms, at=ms), ms


def resume(ms: int) -> tuple[str, Event, int]:
    return f"q/1/1/{ms}", events.Resumed(service=None, number=None, up=ms, at=ms), ms


def test_a_pause_ends_with_a_key_with_the_next_call_or_with_the_day() -> None:
    happened = [pause(10), resume(20), pause(30, "meeting"), pause(60, "other")]
    assert pauses_of(happened, [5, 45], 100) == [(10, 20, "lunch"), (30, 45, "meeting"), (60, 100, "other")]
    assert pauses_of([pause(10), pause(15), pause(20, "meeting")], [], 30) == [(10, 20, "lunch"), (20, 30, "meeting")]


def test_what_was_taken_back_never_was() -> None:
    undo = ("q/1/1/12", events.Undone(step="q/1/1/10", up=12, at=12), 12)
    assert pauses_of([pause(10), undo], [], 100) == []


def test_who_goes_on_with_a_parked_resident_ends_no_pause_by_that_key() -> None:
    parked = ("q/1/1/20", events.Resumed(service="a", number=7, up=20, at=20), 20)
    assert pauses_of([pause(10), parked], [20], 100) == [(10, 20, "lunch")], "the visit does"


@given(
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["pause", "resume", "call"])), max_size=30),
    st.integers(100, 200),
)
def test_pauses_are_in_order_apart_and_hold_no_call(made: list[tuple[int, str]], until: int) -> None:
    happened = [pause(ms) if what == "pause" else resume(ms) for ms, what in made if what != "call"]
    calls = [ms for ms, what in made if what == "call"]
    found = pauses_of(happened, calls, until)
    ends = [end for one in found for end in one[:2]]
    assert ends == sorted(ends) and all(one[1] <= until for one in found)
    assert not any(begins < ms < ends for begins, ends, _ in found for ms in calls)


def test_the_share_of_serving_and_the_times_of_visits() -> None:
    visits = [Stretch(0, 10, "visit"), Stretch(30, 40, "visit"), Stretch(10, 30, "paused")]
    assert busy_share(visits) == 0.5
    assert busy_share([Stretch(0, 9, "no_show")]) is None and busy_share([Stretch(5, 5, "visit")]) is None
    of_five = [(0, 60_000 * n, "done") for n in range(1, 6)]
    told = took([*of_five, (0, 9_000_000, "unfinished"), (0, 1, "no_show"), (0, None, None)])
    assert told.n == 5 and round((told.p50_s or 0) / 60) == 3
    assert took(of_five[:4]).p50_s is None
