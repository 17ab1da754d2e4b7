"""Days are linked: what differs is written, and nothing else; by one worker at a time."""

import subprocess
import sys
import threading

import pytest
from sqlalchemy import Connection

from fleet.domain.clerk_sessions import TAKEN_BACK, Badge
from fleet.domain.rights import Role
from fleet.flows import link as flow
from fleet.flows.link import TAKEN_FOR_MS, LinkFailed, Overtaken, link_marked, link_window
from fleet.flows.link_day import WholeDay
from fleet.flows.link_touched import TouchedDay
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.sign_in import add_person
from fleet.store import badges, devices, places, windows
from fleet.store.database import Store
from fleet.store.places import OfficeRow
from fleet.store.rows import every, one, run, sql
from protocols import events
from protocols.events import Event
from tests.fleet.office import DAY, NINE, OFFICE, Speaker

MIN = 60_000
DAY_MS = 86_400_000
NEXT_DAY = "2026-11-10"
PARTS = (
    "tickets",
    "visits",
    "counter_days",
    "ratings",
    "unlinked",
    "visit_dossiers",
    "clerk_sessions",
    "rating_reasons",
    "question_answers",
)


def say(store: Store, speaker: Speaker, *what: Event) -> None:
    seqs = [speaker.does(event) for event in what]
    receive(store, [Arrival(speaker.topic, speaker.batch(*seqs))], NINE)


def ticket(number: int, ms: int = NINE) -> Event:
    return events.TicketTaken(service="ho-tich", number=number, lease="l", up=ms - NINE + number, at=ms + number)


def call(number: int, ms: int) -> Event:
    return events.NumberCalled(service="ho-tich", number=number, up=ms - NINE, at=ms)


def finish(ms: int) -> Event:
    return events.VisitFinished(up=ms - NINE, at=ms)


def watched(store: Store) -> None:
    """From now on the database itself notes each row that is written to the day's tables."""
    with store.writing() as connection:
        run(connection, sql("CREATE TABLE written (part TEXT, how TEXT, day TEXT)"))
        for part in PARTS:
            for how, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                note = f"BEGIN INSERT INTO written VALUES ('{part}', '{how}', {row}.day);"  # noqa: S608 (our own names)
                does = f"{note} END"
                if store.is_postgresql:
                    named = f"note_{part}_{how}()"
                    body = f"$${note} RETURN NULL; END$$"
                    run(connection, sql(f"CREATE FUNCTION {named} RETURNS TRIGGER LANGUAGE plpgsql AS {body}"))
                    does = f"FOR EACH ROW EXECUTE FUNCTION {named}"
                run(connection, sql(f"CREATE TRIGGER {part}_{how} AFTER {how} ON {part} {does}"))


def written(store: Store) -> list[tuple[str, str, str]]:
    """What was written since the last look."""
    with store.writing() as connection:
        found = [tuple(row) for row in every(connection, sql("SELECT part, how, day FROM written ORDER BY 1, 2"))]
        run(connection, sql("DELETE FROM written"))
    return found  # type: ignore[return-value]


def test_only_what_differs_is_written(store: Store) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    say(store, printer, *(ticket(number) for number in range(1, 21)))
    watched(store)
    (linked,) = link_marked(store, NINE)
    assert (linked.office, linked.day, linked.events, linked.changed) == (OFFICE, DAY, 20, 20)
    assert written(store) == [("tickets", "INSERT", DAY)] * 20
    say(store, keypad, call(1, NINE + MIN))
    (linked,) = link_marked(store, NINE)
    assert (linked.events, linked.changed) == (1, 3)
    assert written(store) == [
        ("counter_days", "INSERT", DAY),
        ("tickets", "UPDATE", DAY),
        ("visits", "INSERT", DAY),
    ]


def test_telling_the_same_again_writes_nothing(store: Store) -> None:
    printer = Speaker("tp-1")
    say(store, printer, ticket(1))
    link_marked(store, NINE)
    watched(store)
    receive(store, [Arrival(printer.topic, printer.batch())], NINE)
    assert link_marked(store, NINE) == []
    with store.writing() as connection:
        windows.mark(connection, [(OFFICE, DAY)])
    (linked,) = link_marked(store, NINE)
    assert (linked.changed, written(store)) == (0, [])


def test_a_late_event_changes_only_its_day_and_takes_away_what_was_wrong(store: Store) -> None:
    keypad = Speaker("q-1")
    say(store, keypad, finish(NINE + 2 * MIN))
    other = Speaker("q-2")
    say(store, other, call(1, NINE + DAY_MS), finish(NINE + DAY_MS + MIN))
    assert {one.day for one in link_marked(store, NINE + DAY_MS)} == {DAY, NEXT_DAY}
    watched(store)
    late = Speaker("q-1", boot=0)
    say(store, late, call(1, NINE + MIN))
    linked = link_marked(store, NINE + DAY_MS)
    assert [(one.day, one.events) for one in linked] == [(DAY, 1)]
    assert written(store) == [
        ("counter_days", "INSERT", DAY),
        ("unlinked", "DELETE", DAY),
        ("visits", "INSERT", DAY),
    ]


def test_what_arrives_while_a_window_is_linked_is_linked_next(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = Speaker("tp-1")
    say(store, printer, ticket(1))
    real = flow.read_day

    def slow(connection: Connection, place: OfficeRow, day: str) -> WholeDay:
        whole = real(connection, place, day)
        say(store, printer, ticket(2))
        return whole

    monkeypatch.setattr(flow, "read_day", slow)
    assert [one.events for one in link_marked(store, NINE)] == [1]
    assert [one.events for one in link_marked(store, NINE)] == [1], "only what came"
    assert link_marked(store, NINE) == []


def test_two_linkers_never_have_one_window(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    say(store, Speaker("tp-1"), ticket(1))
    inside, go_on = threading.Event(), threading.Event()
    real = flow.read_day
    results: list[object] = []

    def slow(connection: Connection, place: OfficeRow, day: str) -> WholeDay:
        inside.set()
        assert go_on.wait(60)
        return real(connection, place, day)

    monkeypatch.setattr(flow, "read_day", slow)
    first = threading.Thread(target=lambda: results.append(link_window(store, OFFICE, DAY, NINE)))
    first.start()
    assert inside.wait(60)
    other = Store(store.url)
    assert link_window(other, OFFICE, DAY, NINE) is None
    assert link_marked(other, NINE) == []
    go_on.set()
    first.join(60)
    assert results == [flow.Linked(OFFICE, DAY, 1, 1)]
    assert link_marked(other, NINE) == [], "it is done"
    other.close()


def test_a_whole_day_that_a_dead_linker_took_is_free_after_a_minute_and_on_postgresql_sooner(store: Store) -> None:
    say(store, Speaker("tp-1"), ticket(1))
    with store.writing() as connection:
        found = windows.found(connection, OFFICE, DAY, flow.linking.RULES, NINE)
        assert found is not None
        windows.take(connection, found, NINE, TAKEN_FOR_MS)
    taken_ms = windows.BRIDGED_MS if store.is_postgresql else TAKEN_FOR_MS
    assert link_marked(store, NINE + taken_ms) == []
    assert [one.events for one in link_marked(store, NINE + taken_ms + 1)] == [1]


HANGS = """
import sys, time
from fleet.flows.link import link_marked
from fleet.flows.link_touched import TouchedDay
from fleet.store.database import Store

def hang(*_):
    print("it links", flush=True)
    time.sleep(600)

TouchedDay.link = hang
link_marked(Store(sys.argv[1]), int(sys.argv[2]))
"""


def test_a_linker_that_is_killed_lets_its_office_go_at_once(store: Store) -> None:
    """A process of its own, which dies in the transaction in which it links."""
    printer = Speaker("tp-1")
    say(store, printer, ticket(1))
    link_marked(store, NINE)
    say(store, printer, ticket(2))
    command = [sys.executable, "-c", HANGS, store.engine.url.render_as_string(hide_password=False), str(NINE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as linker:
        assert linker.stdout is not None and linker.stdout.readline() == "it links\n"
        if store.is_postgresql:
            assert link_marked(store, NINE) == [], "another has it, and nobody waits for that"
        linker.kill()
    if store.is_postgresql:
        with store.writing(alone=False) as connection:  # its server's process has to notice
            places.hold(connection, OFFICE)
    assert [one.events for one in link_marked(store, NINE)] == [1]


def test_linkers_begin_with_the_newest_day_each_at_another_office() -> None:
    days = ("2026-11-10", "2026-11-09")
    waiting = [(f"p{office}", day) for day in days for office in range(20)]
    ways = {tuple(flow.apart(waiting)) for _ in range(4)}
    assert len(ways) > 1
    for way in ways:
        assert sorted(way) == sorted(waiting) and [day for _, day in way] == [day for _, day in waiting]


def test_who_took_longer_than_a_minute_saves_nothing_over_what_another_linked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer, keypad = Speaker("tp-1"), Speaker("q-1")
    say(store, printer, ticket(1))
    real = flow.read_day
    late = NINE + TAKEN_FOR_MS + 1

    def slow(connection: Connection, place: OfficeRow, day: str) -> WholeDay:
        whole = real(connection, place, day)
        monkeypatch.setattr(flow, "read_day", real)
        say(store, keypad, call(1, NINE + MIN))
        if store.is_postgresql:
            connection.rollback()  # as the server does with one that stands still
        assert link_window(store, OFFICE, DAY, late) == flow.Linked(OFFICE, DAY, 2, 3)
        return whole

    monkeypatch.setattr(flow, "read_day", slow)
    with pytest.raises(Overtaken, match="tan-an 2026-11-09"):
        link_window(store, OFFICE, DAY, NINE)
    with store.reading() as connection:
        assert len(every(connection, sql("SELECT id FROM visits"))) == 1
    assert link_marked(store, late) == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_window_that_fails_is_given_back(store: Store, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    """The whole day, and then the part of it that was touched."""
    printer = Speaker("tp-1")
    say(store, printer, *(ticket(number + 1) for number in range(first)))
    link_marked(store, NINE)
    say(store, printer, ticket(7))

    def broken(*_: object) -> None:
        raise RuntimeError("a rule fails")

    with monkeypatch.context() as patched:
        patched.setattr(flow, "read_day", broken)
        patched.setattr(TouchedDay, "link", broken)
        with pytest.raises(RuntimeError, match="a rule fails"):
            link_window(store, OFFICE, DAY, NINE)
    assert [one.events for one in link_marked(store, NINE)] == [1], "at once, not after a minute"


def test_a_day_that_fails_does_not_keep_the_others_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("an-binh", "Phường An Bình", "1022"), NINE)
        devices.add_device(connection, "q-9", ["keypad"], "", NINE)
        devices.next_epoch(connection, "q-9")
        devices.assign(connection, "q-9", "an-binh", None, NINE - MIN)
    say(store, Speaker("tp-1"), ticket(1))
    say(store, Speaker("q-9"), finish(NINE + MIN))
    real = flow.read_day

    def broken(connection: Connection, place: OfficeRow, day: str) -> WholeDay:
        if place.id == "an-binh":
            raise RuntimeError("this office only")
        return real(connection, place, day)

    monkeypatch.setattr(flow, "read_day", broken)
    with pytest.raises(LinkFailed, match="linked 1 days") as failed:
        link_marked(store, NINE)
    assert [linked.office for linked in failed.value.linked] == [OFFICE]
    assert str(failed.value.__cause__) == "this office only"


def test_new_rules_link_every_day_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    say(store, Speaker("tp-1"), ticket(1))
    link_marked(store, NINE)
    monkeypatch.setattr(flow.linking, "RULES", flow.linking.RULES + 1)
    assert [(linked.day, linked.changed) for linked in link_marked(store, NINE)] == [(DAY, 0)]
    assert link_marked(store, NINE) == []


def test_a_device_that_moved_leaves_its_past_where_it_happened(store: Store) -> None:
    with store.writing() as connection:
        places.save_office(connection, OfficeRow("an-binh", "Phường An Bình", "1022"), NINE)
    printer = Speaker("tp-1")
    say(store, printer, ticket(1))
    with store.writing() as connection:
        devices.assign(connection, "tp-1", "an-binh", None, NINE + MIN)
    say(store, printer, ticket(2, NINE + 2 * MIN))
    link_marked(store, NINE)
    with store.reading() as connection:
        found = every(connection, sql("SELECT office, number FROM tickets ORDER BY number"))
        mark = one(connection, sql("SELECT COUNT(*) AS n FROM windows WHERE marked > linked"))
    assert [tuple(row) for row in found] == [(OFFICE, 1), ("an-binh", 2)]
    assert mark.n == 0


def test_clerks_and_reasons_are_kept_with_the_day_and_a_badge_taken_back_links_it_anew(store: Store) -> None:
    lan = add_person(store, "lan", "a long password", Role.CLERK, NINE, OFFICE)
    with store.writing() as connection:
        badges.add(connection, OFFICE, Badge("a" * 32, lan.id, 7, NINE - MIN))
    keypad, buttons = Speaker("q-1"), Speaker("nut-1")
    scan = events.CodeScanned(what="badge", badge="staff", badge_hash="a" * 32, up=0, at=NINE)
    say(store, keypad, scan, call(1, NINE + MIN), finish(NINE + 2 * MIN))
    press = events.RatingGiven(score=1, scale=5, armed="q-1/1/1/2", up=0, at=NINE + 2 * MIN)
    say(store, buttons, press, events.RatingReason(reason="long_wait", rating="nut-1/1/1/0", up=1, at=NINE + 2 * MIN))
    link_marked(store, NINE)
    with store.reading() as connection:
        (visit,) = every(connection, sql("SELECT session FROM visits"))
        (session,) = every(connection, sql("SELECT id, counter, number, ended_ms FROM clerk_sessions"))
        (reason,) = every(connection, sql("SELECT rating, said, counted FROM rating_reasons"))
    assert (visit.session, tuple(session)) == ("q-1/1/1/0", ("q-1/1/1/0", "quay-1", 7, None))
    assert (reason.rating, reason.said, bool(reason.counted)) == ("nut-1/1/1/0", "long_wait", True)
    with store.writing() as connection:
        badges.end(connection, OFFICE, lan.id, NINE + 30_000)
        windows.mark(connection, [(OFFICE, DAY)])
    link_marked(store, NINE)
    with store.reading() as connection:
        (visit,) = every(connection, sql("SELECT session FROM visits"))
        (session,) = every(connection, sql("SELECT ended_ms, ended_by FROM clerk_sessions"))
    assert (visit.session, tuple(session)) == (None, (NINE + 30_000, TAKEN_BACK))
