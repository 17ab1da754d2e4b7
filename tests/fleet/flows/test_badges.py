"""Badges of the staff: given once, taken back, and shown on the keypads of the counters where they were scanned."""

from collections.abc import Iterator

import pytest

from fleet.domain.clerk_sessions import TAKEN_BACK
from fleet.domain.rights import Role
from fleet.flows import badges
from fleet.flows.badges import BadgeError
from fleet.flows.instruct import whole_state
from fleet.flows.link import link_marked
from fleet.flows.office_marks import clerks_everywhere
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.show_clerks import tell_keypads
from fleet.flows.sign_in import add_person
from fleet.flows.watch import office_now, sessions_of_day, visits_of_day
from fleet.store import places
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, sql
from protocols import events
from protocols.signing import badge_hash
from protocols.state import Show
from tests.fleet.office import DAY, NINE, OFFICE, NewDatabase, Speaker, open_office_at_nine

MIN = 60_000
DAY_MS = 86_400_000


def staff(database: str) -> None:
    """The small office with two clerks, and somebody of no office; their passwords take their time."""
    open_office_at_nine(database)
    store = Store(database)
    for name, office in (("lan", OFFICE), ("minh", OFFICE), ("binh", None)):
        add_person(store, name, "a long password", Role.CLERK, NINE - DAY_MS, office)
    store.close()


@pytest.fixture
def staffed(new_database: NewDatabase) -> Iterator[Store]:
    store = Store(new_database("badges", staff))
    yield store
    store.close()


def scan(store: Store, reader: Speaker, code: str, ms: int) -> None:
    worn = badge_hash(code.removeprefix(badges.MARK).encode())
    reader.does(events.CodeScanned(what="badge", badge="staff", badge_hash=worn, up=ms - NINE, at=ms))
    receive(store, [Arrival(reader.topic, reader.batch())], ms)
    link_marked(store, ms)


def office(store: Store) -> OfficeRow:
    with store.reading() as connection:
        row = places.office(connection, OFFICE)
    assert row is not None
    return row


def test_a_badge_is_told_once_and_kept_as_a_hash(staffed: Store) -> None:
    given = badges.give_badge(staffed, "Lan ", NINE)
    assert given.number == 1 and given.code.startswith("MCB:") and len(given.code) == 20
    with staffed.reading() as connection:
        kept = str([tuple(row) for row in every(connection, sql("SELECT * FROM badges"))])
    assert given.code.removeprefix("MCB:") not in kept and badge_hash(given.code[4:].encode()) in kept


def test_a_number_is_one_persons_for_good(staffed: Store) -> None:
    assert badges.give_badge(staffed, "lan", NINE, number=7).number == 7
    assert badges.give_badge(staffed, "minh", NINE).number == 1
    badges.take_back(staffed, "lan", NINE + 1)
    assert badges.give_badge(staffed, "lan", NINE + 2).number == 7
    worn = [(one.number, one.name, one.to_ms) for one in badges.worn_badges(staffed)]
    assert worn == [(1, "minh", None), (7, "lan", NINE + 1), (7, "lan", None)]


@pytest.mark.parametrize(
    ("name", "number", "sentence"),
    [
        ("nobody", None, "nobody is called 'nobody'"),
        ("binh", None, "expected somebody of one office, found 'binh'"),
        ("lan", 7, "expected one that nobody ever had here, found 7"),
        ("lan", 1000, "number: expected 1 to 999, found 1000"),
        ("minh", 8, "number: minh has 7 for good, found 8"),
    ],
)
def test_what_cannot_be_given_is_said_in_a_sentence(
    staffed: Store, name: str, number: int | None, sentence: str
) -> None:
    badges.give_badge(staffed, "minh", NINE, number=7)
    with pytest.raises(BadgeError, match=sentence):
        badges.give_badge(staffed, name, NINE, number)
    assert len(badges.worn_badges(staffed)) == 1


def test_who_has_no_badge_has_none_to_be_taken_back(staffed: Store) -> None:
    with pytest.raises(BadgeError, match="expected somebody who has one, found 'lan'"):
        badges.take_back(staffed, "lan", NINE)


def test_a_new_badge_and_one_taken_back_end_the_session_of_the_old_one(staffed: Store) -> None:
    reader = Speaker("q-1")
    scan(staffed, reader, badges.give_badge(staffed, "lan", NINE - 1).code, NINE)
    assert clerks_everywhere(staffed, NINE)[OFFICE] == {"quay-1": 1}
    fresh = badges.give_badge(staffed, "lan", NINE + MIN)
    link_marked(staffed, NINE + MIN)
    assert clerks_everywhere(staffed, NINE + MIN)[OFFICE] == {}
    scan(staffed, reader, fresh.code, NINE + 2 * MIN)
    badges.take_back(staffed, "lan", NINE + 3 * MIN)
    link_marked(staffed, NINE + 3 * MIN)
    ended = [(one.began_ms, one.ended_ms, one.ended_by) for one in sessions_of_day(staffed, OFFICE, DAY)]
    assert ended == [(NINE, NINE + MIN, TAKEN_BACK), (NINE + 2 * MIN, NINE + 3 * MIN, TAKEN_BACK)]


def test_visits_and_counters_know_the_clerk_until_the_day_ends(staffed: Store) -> None:
    keypad = Speaker("q-1")
    scan(staffed, keypad, badges.give_badge(staffed, "lan", NINE - 1, number=7).code, NINE)
    keypad.does(events.NumberCalled(service="ho-tich", number=1, up=MIN, at=NINE + MIN))
    receive(staffed, [Arrival(keypad.topic, keypad.batch())], NINE + MIN)
    link_marked(staffed, NINE + MIN)
    assert [one.clerk for one in visits_of_day(staffed, OFFICE, DAY, 9)] == ["CB-07"]
    seen = {one.id: (one.staffed, one.clerk) for one in office_now(staffed, OFFICE, NINE + MIN).counters}
    assert seen == {"quay-1": (True, "CB-07"), "quay-2": (False, None)}
    (session,) = sessions_of_day(staffed, OFFICE, DAY)
    assert (session.clerk, session.counter, session.ended_ms, session.visits) == ("CB-07", "Quầy 1", None, 1)
    assert not any(one.staffed for one in office_now(staffed, OFFICE, NINE + DAY_MS).counters)


def test_keypads_are_told_who_is_there_and_only_where_it_changed(staffed: Store) -> None:
    scan(staffed, Speaker("q-1"), badges.give_badge(staffed, "lan", NINE - 1).code, NINE)
    place = office(staffed)
    clerks = clerks_everywhere(staffed, NINE)[place.id]
    told = {device: state.show for device, state in tell_keypads(staffed, place.id, {}, clerks, NINE)}
    assert told == {"q-1": Show(label="CB-01", expires=NINE + 15 * 60 * MIN)}
    everyone = {
        device: state.show.label for device, state in tell_keypads(staffed, place.id, None, clerks, NINE) if state.show
    }
    assert everyone == {"q-1": "CB-01", "q-2": ""}
    left = tell_keypads(staffed, place.id, clerks, clerks_everywhere(staffed, NINE + DAY_MS)[place.id], NINE + DAY_MS)
    assert [(device, state.show.label) for device, state in left if state.show] == [("q-1", "")]
    state = whole_state(staffed, "q-1", 10, NINE)
    assert state is not None and state.show is not None and state.show.label == "CB-01"


def test_a_badge_of_another_office_signs_nobody_in(staffed: Store) -> None:
    with staffed.writing() as connection:
        places.save_office(connection, OfficeRow("an-binh", "Phường An Bình", "1022"), NINE)
    add_person(staffed, "tu", "a long password", Role.CLERK, NINE, "an-binh")
    scan(staffed, Speaker("q-1"), badges.give_badge(staffed, "tu", NINE - 1).code, NINE)
    assert clerks_everywhere(staffed, NINE)[OFFICE] == {}
    with staffed.reading() as connection:
        (left,) = every(connection, sql("SELECT reason FROM unlinked"))
    assert left.reason == "it is no badge of this office"
