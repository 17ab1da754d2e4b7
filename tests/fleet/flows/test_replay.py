"""A day is told to a fleet once more: what comes of it is what its events tell, and it can be recorded again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.domain.day import bounds
from fleet.domain.day_diff import differences
from fleet.domain.linked import Day
from fleet.domain.linking import link
from fleet.domain.recording import BadRecording, Recording, read, write
from fleet.flows import queue_rules
from fleet.flows.check_fairness import check_day
from fleet.flows.link import link_marked
from fleet.flows.made_day import TIMEZONE, made_day
from fleet.flows.placing import happened
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.record import NotRecorded, record
from fleet.flows.relink import relink
from fleet.flows.replay import replay
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import inbox, past_rules, places
from fleet.store.database import Store
from fleet.store.day_parts import day_of
from fleet.store.rows import run, sql
from protocols import events
from tests.fleet.office import DAY, NINE, OFFICE, NewDatabase, Speaker, migrated, with_tables

MADE = made_day(50, 1)
MIN = 60_000


def replayed(database: str) -> None:
    """A fleet to which the made day was told."""
    migrated(database)
    store = Store(database)
    replay(store, MADE)
    store.close()


@pytest.fixture
def first(new_database: NewDatabase) -> Iterator[Store]:
    store = Store(new_database("replayed", replayed))
    yield store
    store.close()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Store]:
    """Another fleet with nothing in it."""
    store = Store(with_tables(tmp_path / "second"))
    yield store
    store.close()


def linked(store: Store, office: str) -> Day:
    with store.reading() as connection:
        return day_of(connection, office, DAY)


def test_a_made_day_is_linked_as_its_events_tell_and_telling_it_twice_changes_nothing(
    empty_store: Store,
) -> None:
    store = empty_store
    waited: list[float] = []
    done = replay(store, MADE, waited.append)
    assert (done.new + done.repeated, done.unreadable) == (len(MADE.events), 0)
    assert sum(waited) == pytest.approx((MADE.events[-1].ms - MADE.events[0].ms) / 1000)
    day = linked(store, MADE.office)
    with store.reading() as connection:
        stored = inbox.events_of_office(connection, MADE.office, *bounds(DAY, TIMEZONE))
    assert differences(day, link([happened(one) for one in stored])) == []
    assert len(day.tickets) == 50 and sum(one.outcome == "done" for one in day.visits) > 30
    again = replay(store, MADE)
    assert (again.new, again.repeated) == (0, len(MADE.events))
    assert linked(store, MADE.office) == day


def test_what_was_replayed_and_recorded_and_replayed_again_is_the_same_day(first: Store, second: Store) -> None:
    lines = list(write(record(first, MADE.office, DAY)))
    replay(second, read(lines))
    assert differences(linked(first, MADE.office), linked(second, MADE.office)) == []
    assert list(write(record(second, MADE.office, DAY))) == lines


def test_the_turns_of_a_day_are_recorded_and_prove_it_where_it_is_replayed(first: Store, second: Store) -> None:
    looked = check_day(first, MADE.office, DAY)
    assert (looked.turns, looked.breaches) == (len(MADE.turns), [])
    assert any(one.priority for one in MADE.turns), "a day on which nobody went before others would prove nothing"
    unfair = [replace(one, priority=True, since_ms=one.assigned_ms) for one in MADE.turns]
    replay(second, replace(MADE, turns=tuple(unfair)))
    assert check_day(second, MADE.office, DAY).breaches, "a day that was not fair is not fair after it was replayed"
    assert record(second, MADE.office, DAY).turns == tuple(unfair)


def test_an_old_day_is_measured_by_its_own_rules_here_and_where_it_is_replayed(first: Store, second: Store) -> None:
    end_ms, office = bounds(DAY, TIMEZONE)[1], MADE.office
    looked = check_day(first, office, DAY)
    stricter = {"most_in_a_row": 0, "most_added_s": 0}
    queue_rules.set_numbers(first, office, end_ms + 1, **stricter)
    for counter, _, _ in MADE.counters:
        queue_rules.set_counter(first, counter, ["dat-dai"], ["ho-tich"], end_ms + 2)
    queue_rules.remove_class(first, office, "priority", end_ms + 3)
    assert check_day(first, office, DAY) == looked
    lines = list(write(record(first, office, DAY)))
    (held,) = json.loads(lines[0])["rules"]
    assert (held["until_ms"], held["queue"]["most_in_a_row"]) == (None, 2)
    replay(second, read(lines))
    queue_rules.set_numbers(second, office, end_ms + 1, **stricter)
    assert check_day(second, office, DAY) == looked
    assert list(write(record(second, office, DAY))) == lines
    with second.writing() as connection:
        run(connection, sql("DELETE FROM past_rules"))
    assert check_day(second, office, DAY).breaches, "as if the stricter ones had held that day"


def test_rules_that_changed_in_the_middle_of_a_day_are_recorded(store: Store, second: Store) -> None:
    queue_rules.set_numbers(store, OFFICE, NINE, most_in_a_row=1)
    queue_rules.set_numbers(store, OFFICE, NINE + MIN, most_in_a_row=3)
    queue_rules.set_numbers(store, OFFICE, NINE + MIN, most_in_a_row=3)
    lines = list(write(record(store, OFFICE, DAY)))
    found = [(one.until_ms, one.queue["most_in_a_row"]) for one in record(store, OFFICE, DAY).rules]
    assert found == [(NINE, 2), (NINE + MIN, 1), (None, 3)]
    replay(second, read(lines))
    assert record(second, OFFICE, DAY).rules == record(store, OFFICE, DAY).rules


def test_an_old_day_is_linked_by_what_its_office_did_then(store: Store) -> None:
    reader = Speaker("q-1")
    reader.does(events.CodeScanned(what="dossier", code="H15.50.05.13-261008-0001", up=0, at=NINE))
    receive(store, [Arrival(reader.topic, reader.batch())], NINE)
    link_marked(store, NINE)
    assert linked(store, OFFICE).visits == ()
    with store.writing() as connection, past_rules.changing(connection, OFFICE, bounds(DAY, TIMEZONE)[1] + 1):
        run(connection, sql("UPDATE offices SET scan_opens_visit = true"))
    reader.does(events.CodeScanned(what="dossier", code="H15.50.05.13-261008-0002", up=1, at=NINE + 1))
    receive(store, [Arrival(reader.topic, reader.batch())], NINE + 1)
    link_marked(store, NINE + 1)
    assert relink(store, OFFICE, DAY, NINE + 2).differs == ()
    assert (linked(store, OFFICE).visits, len(linked(store, OFFICE).unlinked)) == ((), 2)
    with store.writing() as connection:
        run(connection, sql("DELETE FROM past_rules"))  # as if it had been so that day
    relink(store, OFFICE, DAY, NINE + 3)
    assert len(linked(store, OFFICE).visits) == 1


def test_a_day_recorded_without_turns_is_told_and_proves_nothing(second: Store) -> None:
    lines = list(write(MADE))
    head = json.loads(lines[0])
    del head["turns"]
    replay(second, read([json.dumps(head), *lines[1:]]))
    looked = check_day(second, MADE.office, DAY)
    assert looked.turns == 0 and looked.called > 30
    with pytest.raises(BadRecording, match="line 1: turns: expected lists of assigned_ms, counter"):
        read([json.dumps(head | {"turns": [[1, 2]]})])


def test_nothing_that_stands_for_a_person_is_recorded_and_what_pages_said_is(store: Store, second: Store) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    hashed = {"holder": "0123456789abcdef"}
    printer.does(events.TicketTaken(service="ho-tich", number=1, lease="l", up=0, at=NINE, **hashed))
    keypad.does(events.CodeScanned(what="citizen", up=1, at=NINE + 1, **hashed))
    keypad.does(events.CodeScanned(what="badge", badge="staff", badge_hash="a" * 32, up=2, at=NINE + 2))
    receive(store, [Arrival(one.topic, one.batch()) for one in (printer, keypad)], NINE + 3)
    server = VirtualDevice(store, "page", NINE)
    with store.writing() as connection:
        office = places.office(connection, OFFICE)
        server.record(
            connection,
            events.NumberCalled(service="ho-tich", number=1, up=9, at=NINE + MIN),
            NINE + MIN,
            office,
            "quay-1",
        )
    link_marked(store, NINE + MIN)
    text = "\n".join(write(record(store, OFFICE, DAY)))
    assert "0123456789abcdef" not in text and "a" * 32 not in text
    assert "holder" not in text and "badge_hash" not in text
    replay(second, read(text.splitlines()))
    assert [(one.counter, one.wait_ms) for one in linked(second, OFFICE).visits] == [("quay-1", MIN)]
    with pytest.raises(NotRecorded, match="office: there is none of id 'x'"):
        record(store, "x", DAY)


def test_a_device_that_moved_is_replayed_where_it_stood(second: Store) -> None:
    noon = MADE.events[0].ms + 4 * 60 * MIN
    moved = next(one for one in MADE.stands if one.device == "q-1")
    stands = [one for one in MADE.stands if one is not moved]
    stands += [replace(moved, to_ms=noon), replace(moved, counter="quay-2", from_ms=noon)]
    replay(second, replace(MADE, stands=tuple(stands)))
    with second.reading() as connection:
        stored = inbox.events_of_office(connection, MADE.office, *bounds(DAY, TIMEZONE))
    there = {one.counter for one in stored if one.life.device == "q-1"}
    assert there == {"quay-1", "quay-2"}


HEAD, FIRST, *_ = write(MADE)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "line 1: expected a recorded day, found nothing"),
        (["{"], "line 1: expected JSON, found"),
        (["[]"], "line 1: line: expected an object"),
        (['{"format":"x"}'], 'line 1: format: expected motcua-day, v 1, found "x"'),
        ([json.dumps({**json.loads(HEAD), "v": 2})], "line 1: format: expected motcua-day, v 1"),
        ([json.dumps({**json.loads(HEAD), "office": 7})], "line 1: office: expected a text, found 7"),
        ([json.dumps({**json.loads(HEAD), "services": [["a"]]})], "line 1: head: expected services, counters, stands"),
        ([json.dumps({**json.loads(HEAD), "stands": [{"roles": []}]})], "line 1: device: expected a text"),
        ([json.dumps({**json.loads(HEAD), "boots": [{"epoch": "1"}]})], 'line 1: epoch: expected a number, found "1"'),
        ([HEAD, "", FIRST, '{"ms":1}'], "line 4: event: expected an object with its seq"),
        ([HEAD, '{"event":{"seq":1},"ms":"x"}'], 'line 2: ms: expected a number, found "x"'),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(BadRecording) as refused:
        read(lines)
    assert str(refused.value).startswith(said)


def test_a_recording_is_read_as_it_was_written() -> None:
    assert read(write(MADE)) == MADE
    assert isinstance(read([HEAD]), Recording)
