"""What a supervisor is told to do, in which order, and when there is nothing to do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.alerts import Cause
from fleet.domain.alerts_now import AlertNow
from fleet.domain.office_now import CounterNow, OfficeNow, RatingsNow, ServiceNow
from fleet.domain.openings import Opening
from fleet.domain.what_to_do import MOST, URGENCY, Act, what_to_do

NOW_MS = 1_795_399_200_000
MINUTE = 60_000


def service(name: str, waiting: int = 0, oldest_min: float | None = None) -> ServiceNow:
    oldest_ms = None if oldest_min is None else int(NOW_MS - oldest_min * MINUTE)
    return ServiceNow(name, name.title(), name[0].upper(), waiting, 0, oldest_ms, 0, None, 900)


def counter(
    name: str, state: str = "serving", calls: tuple[str, ...] = (), helps: tuple[str, ...] = (), lost: int = 0
) -> CounterNow:
    return CounterNow(name, f"Quầy {name}", state, None, None, NOW_MS, 0, lost, calls=calls, helps=helps)


def alert(cause: Cause, subject: str = "", **figures: int | str) -> AlertNow:
    return AlertNow(1, "o", "2026-11-23", cause, subject, subject, figures, NOW_MS - 8 * MINUTE)


def office(*counters: CounterNow, services: tuple[ServiceNow, ...] = (), **more: object) -> OfficeNow:
    ratings = RatingsNow(0, None, None, None, None, 5, 0, 0)
    empty = OfficeNow("o", "O", "1022", "2026-11-23", NOW_MS, None, services, counters, (), ratings, 0, 0, 0, 0)
    return replace(empty, **more)


LAND = service("land", 9, 31)
CIVIL = service("civil", 2, 3)


def test_where_all_goes_well_there_is_nothing_to_do() -> None:
    assert (
        what_to_do(office(counter("1", "serving", ("civil",)), counter("2", "closed", ("civil",)), services=(CIVIL,)))
        == ()
    )
    assert what_to_do(office()) == ()


def test_a_counter_is_opened_for_what_it_saves_in_steps_of_five_minutes() -> None:
    seen = office(
        counter("1", "serving", ("land",)),
        counter("2", "closed", ("land",)),
        services=(LAND,),
        openings=(Opening("land", "2", 38.0, 25.7),),
    )
    (one,) = what_to_do(seen)
    assert (one.act, one.counter, one.service, one.saves_min, one.waiting) == (Act.OPEN, "2", "land", 10, 9)
    (paused,) = what_to_do(replace(seen, counters=(seen.counters[0], counter("2", "paused", ("land",)))))
    assert paused.act is Act.RESUME
    assert what_to_do(replace(seen, openings=(Opening("land", "2", 38.0, 36.0),))) == (), "it saves next to nothing"
    works = (seen.counters[0], counter("2", "free", ("land",)))
    assert what_to_do(replace(seen, counters=works)) == (), "it was opened since"


def test_people_whom_nobody_will_call_come_before_those_who_wait_long() -> None:
    seen = office(
        counter("1", "serving", ("land",)),
        counter("2", "closed", ("land",)),
        counter("3", "closed", ("civil",)),
        services=(LAND, CIVIL),
        openings=(Opening("land", "2", 40.0, 20.0),),
    )
    assert [(one.act, one.counter, one.saves_min) for one in what_to_do(seen)] == [
        (Act.OPEN_FOR_NOBODY, "3", None),
        (Act.OPEN, "2", 20),
    ]


def test_without_paper_nobody_takes_a_number_and_that_is_first() -> None:
    seen = office(
        counter("1", "serving", ("land",), lost=1),
        services=(LAND,),
        alerts=(
            alert(Cause.RATINGS, bad=8, n=20),
            alert(Cause.SILENT, "1", waiting=9),
            alert(Cause.PRINTER, "tp-1", what="paper"),
        ),
    )
    found = what_to_do(seen)
    assert [one.act for one in found] == [Act.PAPER, Act.SILENT, Act.RATINGS]
    assert found[0].device == "tp-1"
    assert sum(one.counter == "1" for one in found) == 1, "a counter is named once: silent says more than its device"


def test_a_free_counter_helps_only_where_people_wait_too_long_and_nobody_waits_for_it() -> None:
    free = counter("5", "free", ("results",))
    busy = counter("1", "serving", ("land",))
    (one,) = what_to_do(office(busy, free, services=(LAND, service("results"))))
    assert (one.act, one.counter, one.service, one.calls) == (Act.HELP, "5", "land", ("results",))
    assert what_to_do(office(busy, free, services=(LAND, service("results", 1, 1)))) == ()
    assert what_to_do(office(busy, free, services=(service("land", 9, 14), service("results")))) == ()


def test_an_alert_that_calms_down_asks_for_nothing() -> None:
    calming = replace(alert(Cause.PRINTER, "tp-1", what="paper"), calming=True)
    assert what_to_do(office(alerts=(calming,))) == ()


STATES = st.sampled_from(["closed", "free", "serving", "paused"])
NAMES = st.lists(st.sampled_from(["land", "civil", "results"]), unique=True, max_size=3).map(tuple)
COUNTERS = st.lists(st.tuples(STATES, NAMES, NAMES, st.integers(0, 2)), max_size=7)
QUEUES = st.tuples(*(st.tuples(st.integers(0, 30), st.floats(0, 90)) for _ in range(3)))


@given(COUNTERS, QUEUES, st.lists(st.tuples(st.integers(0, 6), st.floats(0, 90), st.floats(0, 90)), max_size=3))
def test_the_list_is_short_in_order_and_names_no_counter_twice(
    made: list[tuple[str, tuple[str, ...], tuple[str, ...], int]],
    queues: tuple[tuple[int, float], ...],
    openings: list[tuple[int, float, float]],
) -> None:
    counters = [counter(str(at), *one[:3], lost=one[3]) for at, one in enumerate(made)]
    services = tuple(
        service(name, n, minutes if n else None)
        for name, (n, minutes) in zip(("land", "civil", "results"), queues, strict=True)
    )
    seen = office(*counters, services=services, openings=tuple(Opening("land", str(at), a, b) for at, a, b in openings))
    found = what_to_do(seen)
    assert len(found) <= MOST
    assert [URGENCY[one.act] for one in found] == sorted(URGENCY[one.act] for one in found)
    named = [one.counter for one in found if one.counter]
    assert len(named) == len(set(named))
    working = {one.id for one in counters if one.state in ("free", "serving")}
    for one in found:
        if one.act in (Act.OPEN, Act.RESUME, Act.OPEN_FOR_NOBODY):
            assert one.counter not in working and one.waiting > 0
            assert one.saves_min is None or one.saves_min % 5 == 0 < one.saves_min
    assert what_to_do(seen) == found
