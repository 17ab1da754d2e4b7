"""What a supervisor and a technician see of the presses of four weeks."""

import pytest

from fleet.domain.integrity_now import Cell, cells
from fleet.domain.peers import Signal
from fleet.flows.enrol import enrol
from fleet.flows.examine import examine_marked
from fleet.flows.integrity import UnknownOffice, buttons_now, integrity_now
from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.fleet.flows.test_examine import a_morning, at, told
from tests.fleet.office import NINE, OFFICE, Speaker, hello

MIN = 60_000
DAY_MS = 86_400_000
TOMORROW = NINE + DAY_MS
SERVED = 60


def say(store: Store, device: str, what: list[Event]) -> None:
    speaker = Speaker(device)
    for event in what:
        speaker.does(event)
    receive(store, [Arrival(speaker.topic, speaker.batch(seq, oldest=0)) for seq in speaker.held], NINE + 8 * 60 * MIN)


def a_day_at(
    store: Store, keypad: str, buttons: str, press_after_ms: int, scores: list[int], unfinished: int = 0
) -> None:
    """Visits of five minutes, each rated so long after its finish; some of them are never finished."""
    did: list[Event] = []
    presses: list[Event] = []
    seq = 0
    for n in range(SERVED):
        begin = NINE + n * 5 * MIN
        did.append(events.NumberCalled(service="ho-tich", number=n + 1, **at(begin)))
        seq += 1
        if n < unfinished:
            continue
        did.append(events.VisitFinished(service="ho-tich", number=n + 1, **at(begin + 4 * MIN)))
        armed = f"{keypad}/1/1/{seq}"
        seq += 1
        ms = begin + 4 * MIN + press_after_ms
        presses.append(events.RatingGiven(score=scores[n % len(scores)], scale=3, armed=armed, **at(ms)))
    say(store, keypad, did)
    say(store, buttons, presses)


def test_one_counter_whose_presses_come_too_soon_is_flagged_and_nothing_is_excluded(store: Store) -> None:
    a_day_at(store, "q-1", "nut-1", 20_000, [3, 2, 3, 1])
    a_day_at(store, "q-2", "nut-2", 1_000, [3])
    link_marked(store, NINE)
    examine_marked(store)
    now = integrity_now(store, OFFICE, TOMORROW)
    assert (now.served, now.rated, now.counted, now.not_counted, now.exclusions) == (120, 120, 120, (), ())
    flagged = {(one.who, one.flag.signal): (one.flag.k, one.flag.n) for one in now.flags}
    assert flagged["Quầy 2", Signal.SOON] == (60, 60)
    assert flagged["Quầy 2", Signal.TOP] == (60, 60)
    assert {who for who, _ in flagged} == {"Quầy 2"}
    assert [(one.device, one.presses, one.orphans) for one in now.devices] == [("nut-1", 60, 0), ("nut-2", 60, 0)]


def test_visits_that_are_never_finished_and_presses_after_the_next_call_stand_out(store: Store) -> None:
    a_day_at(store, "q-1", "nut-1", 20_000, [3, 2, 3, 1])
    a_day_at(store, "q-2", "nut-2", 90_000, [3, 2, 3, 1], unfinished=30)
    link_marked(store, NINE)
    flagged = {(one.who, one.flag.signal): one.flag for one in integrity_now(store, OFFICE, TOMORROW).flags}
    assert (flagged["Quầy 2", Signal.ARMED].k, flagged["Quầy 2", Signal.ARMED].n) == (30, 60)
    assert not flagged["Quầy 2", Signal.ARMED].is_high
    assert flagged["Quầy 2", Signal.NEXT_CALLED].k == 29, "the last one had nobody behind him"


def test_today_is_not_told_before_it_is_over_but_its_exclusions_are(store: Store) -> None:
    told(store, a_morning())
    examine_marked(store)
    now = integrity_now(store, OFFICE, NINE + 4 * 60 * MIN)
    assert (now.served, now.counted, now.not_counted, now.devices) == (0, 0, (), ())
    (one,) = now.exclusions
    assert (one.counter, one.presses, one.decision) == ("Quầy 1", 17, "")
    later = integrity_now(store, OFFICE, TOMORROW)
    assert (later.served, later.rated, later.counted) == (10, 10, 5), "nine count; told in fives"
    assert later.not_counted == (Cell("burst", 17),)
    assert "score" not in str(later)
    with pytest.raises(UnknownOffice):
        integrity_now(store, "nowhere", NINE)


def test_a_dead_button_and_what_a_device_says_of_its_keys_are_for_a_technician(store: Store) -> None:
    a_day_at(store, "q-1", "nut-1", 20_000, [3, 2, 3, 1])
    a_day_at(store, "q-2", "nut-2", 20_000, [3, 2, 3])
    enrol(store, "nut-3", ("rating",), OFFICE, "quay-1", NINE - MIN)
    welcome(store, "nut-3", hello(), NINE)
    reason = "down for 42 s: stuck, or something leans on it"
    say(
        store,
        "nut-3",
        [
            events.FaultSeen(part="key 5", reason=reason, **at(NINE + MIN)),
            events.FaultSeen(part="printer", reason="no answer", **at(NINE + MIN)),
        ],
    )
    link_marked(store, NINE)
    (office,) = buttons_now(store, TOMORROW)
    dead, stuck = office.notes
    assert (dead.device, dead.place, dead.level, dead.scale, dead.presses) == ("nut-2", "Quầy 2", 1, 3, 60)
    assert (stuck.device, stuck.key, stuck.is_stuck, stuck.told_ms) == ("nut-3", "5", True, NINE + MIN)
    assert not dead.is_stuck


@pytest.mark.parametrize(
    ("counts", "told_cells"),
    [
        ({"": 40}, ()),
        ({"": 40, "burst": 17, "after the quiet time": 5}, (Cell("burst", 17), Cell("late", 5))),
        ({"burst": 17, "after the quiet time": 4}, (Cell("other", 21),)),
        (
            {"burst": 17, "after the quiet time": 4, "replaced by a later press": 2},
            (Cell("burst", 17), Cell("other", 6)),
        ),
        ({"after the quiet time": 4}, (Cell("other", None),)),
        ({"something new": 9}, (Cell("other", 9),)),
    ],
)
def test_what_is_rare_is_never_told_apart(counts: dict[str, int], told_cells: tuple[Cell, ...]) -> None:
    assert cells(counts) == told_cells
