"""Days that were linked are examined; what a supervisor decides is an event, and holds."""

import random
from collections.abc import Sequence

import pytest

from fleet.domain.rating_integrity import CONFIRM, RESTORE, Decision
from fleet.domain.retention import Kept
from fleet.flows.examine import NoReason, NothingExcluded, examine_day, examine_marked, review
from fleet.flows.link import link_marked
from fleet.flows.purge import purge
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.virtual_device import VirtualDevice
from fleet.flows.watch import office_now
from fleet.store import exclusions, visits
from fleet.store.database import Store
from fleet.store.exclusions import ExclusionRow
from fleet.store.rows import every, sql
from protocols import events
from protocols.events import Event
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000
HOUR = 60 * MIN
SEED = random.Random(1)


def at(ms: int) -> dict[str, int]:
    return {"up": ms - NINE, "at": ms}


def served(number: int, ms: int) -> list[Event]:
    return [
        events.NumberCalled(service="ho-tich", number=number, **at(ms)),
        events.VisitFinished(service="ho-tich", number=number, **at(ms + 9 * MIN)),
    ]


def a_morning(children_at: int | None = 49 * MIN + 20_000, score: int = 5) -> list[tuple[str, list[Event]]]:
    """Ten visits of ten minutes, each rated; and children who play with the buttons after the fifth."""
    keypad: list[Event] = []
    presses = []
    for n in range(10):
        begin = NINE + n * 10 * MIN
        keypad += served(n + 1, begin)
        presses.append((begin + 9 * MIN + 8_000, f"q-1/1/1/{2 * n + 1}"))
    if children_at is not None:
        presses += [(NINE + children_at + n * 2_500, None) for n in range(16)]
    pressed: list[Event] = [
        events.RatingGiven(score=score, scale=5, armed=armed, **at(ms))
        for ms, armed in sorted(presses, key=lambda press: press[0])
    ]
    return [("q-1", keypad), ("nut-1", pressed)]


def told(store: Store, morning: list[tuple[str, list[Event]]], shuffled: bool = False) -> None:
    arrivals = []
    for name, what in morning:
        speaker = Speaker(name)
        for event in what:
            speaker.does(event)
        arrivals += [Arrival(speaker.topic, speaker.batch(seq, oldest=0)) for seq in speaker.held]
    if shuffled:
        SEED.shuffle(arrivals)
    for arrival in arrivals:
        receive(store, [arrival], NINE + 3 * HOUR)
    link_marked(store, NINE + 3 * HOUR)


def found(store: Store) -> Sequence[ExclusionRow]:
    with store.reading() as connection:
        return exclusions.of_days(connection, OFFICE, DAY, DAY)


def published(store: Store) -> int:
    return office_now(store, OFFICE, NINE + 3 * HOUR).ratings.n


@pytest.fixture
def server(store: Store) -> VirtualDevice:
    return VirtualDevice(store, "pages", NINE)


def decided(press: str, decision: str = RESTORE, why: str = "Lớp học đến thăm") -> Decision:
    return Decision(press, DAY, decision, why, "lan")


def test_children_are_excluded_and_their_neighbours_are_not(store: Store) -> None:
    told(store, a_morning())
    assert published(store) == 10
    assert examine_marked(store) == [OFFICE]
    (one,) = found(store)
    assert (one.code, one.device, one.counter, one.presses, one.decision) == ("burst", "nut-1", "quay-1", 17, "")
    assert published(store) == 5, "the fifth visit's press lies in it: its group of five is not shown"
    assert examine_marked(store) == [], "once is enough"
    with store.reading() as connection:
        shown = visits.counted_ratings(connection, OFFICE, DAY)
    assert len(shown) == 5 and not set(shown) & {f"nut-1/1/1/{seq}" for seq in range(5)}, "nor are its reasons"
    with store.reading() as connection:
        assert len(every(connection, sql("SELECT id FROM ratings WHERE counted"))) == 10, "presses are never changed"


def test_a_calm_morning_is_left_alone(store: Store) -> None:
    told(store, a_morning(children_at=None))
    examine_marked(store)
    assert found(store) == []
    assert published(store) == 10


@pytest.mark.parametrize("turn", range(3))
def test_the_order_of_arrival_plays_no_part(store: Store, turn: int) -> None:
    told(store, a_morning(), shuffled=True)
    examine_marked(store)
    (one,) = found(store)
    assert (one.presses, one.from_ms, one.to_ms) == (17, NINE + 49 * MIN + 8_000, NINE + 49 * MIN + 57_500)


def test_a_supervisor_restores_and_confirms_and_the_last_word_holds(store: Store, server: VirtualDevice) -> None:
    told(store, a_morning())
    examine_marked(store)
    (one,) = found(store)
    review(store, server, OFFICE, decided(one.id), NINE + 4 * HOUR)
    (restored,) = found(store)
    assert (restored.decision, restored.why, restored.decided_by) == (RESTORE, "Lớp học đến thăm", "lan")
    assert published(store) == 10
    review(store, server, OFFICE, decided(one.id, CONFIRM, "Xem lại camera"), NINE + 5 * HOUR)
    (confirmed,) = found(store)
    assert (confirmed.decision, confirmed.decided_ms) == (CONFIRM, NINE + 5 * HOUR)
    assert published(store) == 5
    with store.reading() as connection:
        bodies = every(connection, sql("SELECT body, office FROM events WHERE kind = 'review' ORDER BY seq"))
    assert [(row.office, "camera" in row.body) for row in bodies] == [(OFFICE, False), (OFFICE, True)]


def test_all_of_it_can_be_made_again_from_events(store: Store, server: VirtualDevice) -> None:
    told(store, a_morning())
    examine_marked(store)
    review(store, server, OFFICE, decided(found(store)[0].id), NINE + 4 * HOUR)
    before = found(store)
    with store.writing() as connection:
        for table in ("rating_exclusions", "excluded_presses", "examinations"):
            connection.execute(sql(f"DELETE FROM {table}"))  # noqa: S608
    assert examine_marked(store) == [OFFICE]
    assert found(store) == before


def test_a_press_that_comes_late_makes_the_burst_longer_and_the_decision_holds(
    store: Store, server: VirtualDevice
) -> None:
    (keypad, (name, presses)) = a_morning()
    late = Speaker(name)
    for event in presses:
        late.does(event)
    children = [seq for seq, event in late.held.items() if getattr(event, "armed", None) is None]
    told(store, [keypad])
    now_ms = NINE + 3 * HOUR
    receive(store, [Arrival(late.topic, late.batch(seq, oldest=0)) for seq in children[1:]], now_ms)
    link_marked(store, now_ms)
    examine_marked(store)
    (one,) = found(store)
    review(store, server, OFFICE, decided(one.id), now_ms)
    receive(store, [Arrival(late.topic, late.batch(children[0], oldest=0))], now_ms)
    link_marked(store, now_ms)
    examine_marked(store)
    (longer,) = found(store)
    assert (longer.presses, longer.decision) == (one.presses + 1, RESTORE) and longer.id != one.id


@pytest.mark.parametrize("why", ["", "  \n ", "x" * 201])
def test_a_decision_needs_a_reason(store: Store, server: VirtualDevice, why: str) -> None:
    told(store, a_morning())
    examine_marked(store)
    with pytest.raises(NoReason, match="expected 1 to 200 characters"):
        review(store, server, OFFICE, decided(found(store)[0].id, why=why), NINE)
    assert found(store)[0].decision == ""


def test_nothing_else_can_be_decided_of(store: Store, server: VirtualDevice) -> None:
    told(store, a_morning())
    examine_marked(store)
    for press in ("nut-1/1/1/0", "nowhere", found(store)[0].id + "0"):
        with pytest.raises(NothingExcluded):
            review(store, server, OFFICE, decided(press), NINE)
    with pytest.raises(NothingExcluded):
        review(store, server, "nowhere", decided(found(store)[0].id), NINE)
    assert examine_day(store, "nowhere", DAY) is False


def test_a_device_cannot_decide_itself(store: Store) -> None:
    nut = Speaker("nut-1")
    nut.does(events.RatingsReviewed(press="nut-1/1/1/0", day=DAY, decision=RESTORE, why="x", by="lan", **at(NINE)))
    received = receive(store, [Arrival(nut.topic, nut.batch())], NINE)
    assert (received.new, received.unreadable) == ({}, {"event": 1})
    with store.reading() as connection:
        (row,) = every(connection, sql("SELECT reason FROM events WHERE device = 'nut-1'"))
    assert "a kind that a device may send" in row.reason


def test_exclusions_go_with_the_ratings(store: Store) -> None:
    told(store, a_morning())
    examine_marked(store)
    purge(store, dict.fromkeys(Kept, 30), NINE + 90 * 24 * HOUR)
    assert found(store) == []
    with store.reading() as connection:
        assert every(connection, sql("SELECT id FROM excluded_presses")) == []
