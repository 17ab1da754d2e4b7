"""Clerks at counters, out of scanned badges: one clerk at one counter, the same in any order of arrival."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain import clerk_sessions, linking
from fleet.domain.clerk_sessions import Badge
from fleet.domain.linking import Day, Happened, link
from protocols import events
from tests.fleet.domain.test_linking import FINISH, MIN, Teller, call, scan, ticket

LAN, MINH, OLD = (Badge(letter * 32, person, person, 0) for letter, person in (("a", 7), ("b", 8), ("c", 7)))
OLD = Badge("c" * 32, 7, 7, 0, to_ms=20 * MIN)
BADGES = (LAN, MINH, OLD)


def badge(one: Badge) -> events.CodeScanned:
    return events.CodeScanned(what="badge", badge="staff", badge_hash=one.hash, up=0)


def told(*scans: tuple[int, Badge, str | None]) -> Day:
    tell = Teller()
    for minute, one, counter in scans:
        tell(f"q-{counter}", minute * MIN, badge(one), counter)
    return link(tell.told, badges=BADGES)


def sessions(day: Day) -> list[tuple[int, str, int, int | None, str | None]]:
    """(clerk, counter, from, to, why), in minutes."""
    return [
        (
            one.number,
            one.counter,
            one.began_ms // MIN,
            None if one.ended_ms is None else one.ended_ms // MIN,
            one.ended_by,
        )
        for one in day.sessions
    ]


def test_a_badge_signs_in_and_scanned_again_out() -> None:
    day = told((1, LAN, "quay-1"), (5, LAN, "quay-1"), (9, LAN, "quay-1"))
    assert sessions(day) == [
        (7, "quay-1", 1, 5, clerk_sessions.BADGE_AGAIN),
        (7, "quay-1", 9, None, None),
    ]


def test_who_signs_in_elsewhere_is_no_longer_here_and_a_counter_has_one_clerk() -> None:
    day = told((1, LAN, "quay-1"), (2, MINH, "quay-2"), (5, LAN, "quay-2"))
    assert sessions(day) == [
        (7, "quay-1", 1, 5, clerk_sessions.ELSEWHERE),
        (8, "quay-2", 2, 5, clerk_sessions.RELIEVED),
        (7, "quay-2", 5, None, None),
    ]


def test_a_badge_that_nobody_knows_or_that_holds_no_longer_signs_nobody_in() -> None:
    stranger = Badge("d" * 32, 1, 1, 0)
    day = told((1, stranger, "quay-1"), (20, OLD, "quay-1"), (21, LAN, None))
    assert sessions(day) == []
    assert sorted(one.reason for one in day.unlinked) == sorted(
        [clerk_sessions.UNKNOWN_BADGE, clerk_sessions.NO_LONGER, linking.NO_COUNTER]
    )


def test_a_badge_that_is_taken_back_ends_its_session_at_that_moment_and_no_other() -> None:
    assert sessions(told((1, OLD, "quay-1"))) == [(7, "quay-1", 1, 20, clerk_sessions.TAKEN_BACK)]
    day = told((1, OLD, "quay-1"), (25, LAN, "quay-1"))
    assert sessions(day) == [(7, "quay-1", 1, 20, clerk_sessions.TAKEN_BACK), (7, "quay-1", 25, None, None)]


def test_a_badge_of_a_helper_and_one_of_an_older_reader_sign_nobody_in_and_are_no_fault() -> None:
    tell = Teller()
    for one in ("helper", "staff"):
        tell("q-1", 0, events.CodeScanned(what="badge", badge=one, up=0), "quay-1")
    day = link(tell.told, badges=BADGES)
    assert (day.sessions, day.unlinked) == ((), ())


def test_a_visit_knows_who_called_it_or_else_who_first_signed_in_while_it_lasted() -> None:
    tell = Teller()
    tell("q-1", 0, call(1), "quay-1")
    first = tell("q-1", MIN, badge(LAN), "quay-1")
    second = tell("q-1", 2 * MIN, badge(MINH), "quay-1")
    tell("q-1", 3 * MIN, FINISH, "quay-1")
    tell("q-1", 4 * MIN, call(2), "quay-1")
    tell("q-1", 5 * MIN, badge(MINH), "quay-1")
    tell("q-1", 6 * MIN, FINISH, "quay-1")
    tell("q-1", 7 * MIN, call(3), "quay-1")
    tell("q-2", 7 * MIN, call(4), "quay-2")
    assert [one.session for one in link(tell.told, badges=BADGES).visits] == [first.id, second.id, None, None]


def test_a_visit_after_the_badge_was_taken_back_is_nobodys() -> None:
    tell = Teller()
    tell("q-1", 19 * MIN, badge(OLD), "quay-1")
    tell("q-1", 20 * MIN, call(1), "quay-1")
    (visit,) = link(tell.told, badges=BADGES).visits
    assert visit.session is None


COUNTERS = ("quay-1", "quay-2", "quay-3")
SCANS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(BADGES), st.sampled_from(COUNTERS)), max_size=25)


@settings(max_examples=150)
@given(SCANS)
def test_a_clerk_is_at_one_counter_and_a_counter_has_one_clerk(scans: list[tuple[int, Badge, str]]) -> None:
    spans = [
        (one.counter, one.person, one.began_ms, one.ended_ms if one.ended_ms is not None else 10**9)
        for one in told(*scans).sessions
    ]
    for place, (counter, person, began, ended) in enumerate(spans):
        assert began <= ended
        for other_counter, other_person, other_began, other_ended in spans[place + 1 :]:
            apart = ended <= other_began or other_ended <= began
            assert apart or (counter != other_counter and person != other_person)


def a_shift() -> list[Happened]:
    """Two counters, three clerks' badges, visits and a stranger's badge."""
    tell = Teller()
    for number in range(1, 6):
        tell("tp-1", number * 1_000, ticket(number))
    for turn, (one, counter) in enumerate(
        [(LAN, "quay-1"), (MINH, "quay-2"), (LAN, "quay-2"), (OLD, "quay-1"), (Badge("d" * 32, 1, 1, 0), "quay-1")]
    ):
        device, start = counter.replace("quay", "q"), turn * 5 * MIN
        tell(counter.replace("quay", "doc"), start + 10_000, badge(one), counter)
        tell(device, start + 20_000, call(turn + 1), counter)
        tell(device, start + 30_000, scan(f"H15.50.05.13-261008-{turn:04d}"), counter)
        finish = tell(device, start + 60_000, FINISH, counter)
        press = tell(
            "nut-" + counter, start + 62_000, events.RatingGiven(score=1, scale=5, armed=finish.id, up=0), counter
        )
        tell("nut-" + counter, start + 64_000, events.RatingReason(reason="long_wait", rating=press.id, up=0), counter)
    return tell.told


SHIFT = a_shift()
TOLD = link(SHIFT, badges=BADGES)


@settings(max_examples=200)
@given(st.permutations(SHIFT), st.lists(st.sampled_from(SHIFT), max_size=20), st.permutations(BADGES))
def test_a_shift_is_the_same_in_any_order_and_with_any_repetition(
    order: list[Happened], again: list[Happened], badges: list[Badge]
) -> None:
    assert link(order + again, badges=badges) == TOLD


def test_the_shift_has_something_of_everything() -> None:
    assert {one.ended_by for one in TOLD.sessions} == {
        clerk_sessions.ELSEWHERE,
        clerk_sessions.RELIEVED,
        clerk_sessions.TAKEN_BACK,
    } | {None for one in TOLD.sessions if one.ended_by is None}
    assert [one.counted for one in TOLD.reasons] == [True] * 5
    assert any(one.session for one in TOLD.visits)
