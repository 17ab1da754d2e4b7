"""Several receivers store the same batches, and several linkers work on the same day, in the same moment."""

import json
import random
from collections.abc import Callable
from functools import partial

import pytest

from fleet.domain import linking
from fleet.flows.link import TAKEN_FOR_MS, Overtaken, link_marked, link_taken, link_window
from fleet.flows.presence import welcome
from fleet.flows.receive import receive
from fleet.flows.received import Arrival, Received
from fleet.store import places, windows
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from tests.fleet.at_once import at_once
from tests.fleet.office import DAY, NINE, OFFICE, NewDatabase, Speaker, hello, open_office_at_nine

PRESSES = 60
RECEIVERS = 4
MIN = 60_000
SEQS = sql("SELECT seq FROM events WHERE device = :device AND boot = :boot ORDER BY seq")
COVERED = sql("SELECT device, covered FROM boots WHERE device IN ('nut-1', 'nut-2') AND boot = 1 ORDER BY device")
COLLISIONS = sql("SELECT COUNT(*) FROM collisions")
UNTIMED = sql("SELECT device, boot FROM events WHERE happened_ms IS NULL")
MADE = {
    "tickets": sql("SELECT * FROM tickets ORDER BY service, number"),
    "visits": sql("SELECT * FROM visits ORDER BY id"),
    "ratings": sql("SELECT id, visit, score, counted, reason FROM ratings ORDER BY id"),
    "unlinked": sql("SELECT * FROM unlinked ORDER BY id"),
    "counter_days": sql("SELECT * FROM counter_days ORDER BY counter"),
}


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    return new_database("office", open_office_at_nine)


def presses(device: str) -> Speaker:
    """A device that has pressed for an hour and was heard by nobody."""
    speaker = Speaker(device)
    for number in range(PRESSES):
        at = NINE + (number + 1) * MIN
        speaker.does(events.RatingGiven(score=1 + number % 5, scale=5, up=at - NINE, at=at))
    return speaker


def stored(store: Store, device: str, boot: int = 1) -> list[int]:
    with store.reading() as connection:
        return [row.seq for row in every(connection, SEQS, device=device, boot=boot)]


def made(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {name: [tuple(row) for row in every(connection, select)] for name, select in MADE.items()}


def test_receivers_of_the_same_batches_store_each_event_once_and_receipt_what_is_stored(database: str) -> None:
    speakers = [presses("nut-1"), presses("nut-2")]
    batches = [
        Arrival(speaker.topic, speaker.batch(*range(first, min(first + 7, PRESSES)), oldest=0))
        for speaker in speakers
        for first in range(0, PRESSES, 5)
    ]

    def receiver(store: Store, seed: int) -> Callable[[], list[Received]]:
        chance = random.Random(seed)
        mine = chance.sample(batches, len(batches))
        return partial(take_all, store, [mine[at : at + 3] for at in range(0, len(mine), 3)])

    def take_all(store: Store, rounds: list[list[Arrival]]) -> list[Received]:
        done = []
        for arrivals in rounds:
            received = receive(store, arrivals, NINE + 90 * MIN)
            for device, receipt in received.receipts:
                held = set(range(receipt.through + 1))
                assert held <= set(stored(store, device)), "a receipt speaks of what is committed"
            done.append(received)
        return done

    received = [one for each in at_once(database, range(RECEIVERS), receiver) for one in each]
    assert sum(one.new.get("rating", 0) for one in received) == 2 * PRESSES, "each was new to one receiver"
    for device in ("nut-1", "nut-2"):
        through = [receipt.through for one in received for name, receipt in one.receipts if name == device]
        assert max(through) == PRESSES - 1
    store = Store(database)
    assert [stored(store, device) for device in ("nut-1", "nut-2")] == [list(range(PRESSES))] * 2
    with store.reading() as connection:
        assert connection.execute(COLLISIONS).scalar() == 0
        rows = [(row.device, json.loads(row.covered)) for row in every(connection, COVERED)]
    assert rows == [(device, [[0, PRESSES - 1]]) for device in ("nut-1", "nut-2")]
    link_marked(store, NINE + 91 * MIN)
    assert len(made(store)["ratings"]) == 2 * PRESSES
    store.close()


def test_a_boot_without_a_clock_is_timed_whoever_hears_of_its_neighbour_first(database: str) -> None:
    """One receiver stores what happened in a boot that never told its uptime; another hears of the next boot."""
    devices = ("tp-1", "q-1", "q-2", "nut-1", "nut-2")

    def one_of_two(store: Store, who: tuple[str, bool]) -> Callable[[], None]:
        device, is_neighbour = who

        def do() -> None:
            for boot in range(2, 12, 2):
                if is_neighbour:
                    welcome(store, device, hello(boot=boot + 1, epoch=1, up_ms=5, nonce=f"n{boot}"), NINE + boot * MIN)
                    continue
                speaker = Speaker(device, boot=boot)
                speaker.does(events.RatingGiven(score=5, scale=5, up=1_000))
                receive(store, [Arrival(speaker.topic, speaker.batch())], NINE + boot * MIN)

        return do

    at_once(database, [(device, neighbour) for device in devices for neighbour in (False, True)], one_of_two)
    store = Store(database)
    with store.reading() as connection:
        assert every(connection, UNTIMED) == []
    store.close()


def a_morning() -> list[Arrival]:
    """Tickets, visits and presses at both counters, each event in a batch of its own."""
    printer, keypads = Speaker("tp-1"), [Speaker("q-1"), Speaker("q-2")]
    buttons = [Speaker("nut-1"), Speaker("nut-2")]
    for number in range(1, 21):
        at = NINE + number * MIN
        printer.does(events.TicketTaken(service="ho-tich", number=number, lease="l", up=at - NINE, at=at))
        keypad, button = keypads[number % 2], buttons[number % 2]
        keypad.does(events.NumberCalled(service="ho-tich", number=number, up=at + 1 - NINE, at=at + 1))
        keypad.does(events.VisitFinished(up=at + 2 - NINE, at=at + 2))
        button.does(events.RatingGiven(score=4, scale=5, up=at + 3 - NINE, at=at + 3))
    return [Arrival(one.topic, one.batch(seq, oldest=seq)) for one in (printer, *keypads, *buttons) for seq in one.held]


def test_linkers_of_one_day_make_what_one_of_them_would_have_made(database: str) -> None:
    store = Store(database)
    arrivals = random.Random(1).sample(morning := a_morning(), len(morning))

    def worker(store: Store, number: int) -> Callable[[], None]:
        def work() -> None:
            for at in range(number, len(arrivals), RECEIVERS):
                receive(store, [arrivals[at]], NINE + 60 * MIN)
                link_marked(store, NINE + 60 * MIN)

        return work

    at_once(database, range(RECEIVERS), worker)
    link_marked(store, NINE + 61 * MIN)
    together = made(store)
    with store.writing() as connection:
        windows.mark(connection, [(OFFICE, DAY)])
    link_marked(store, NINE + 62 * MIN)
    assert made(store) == together
    assert (len(together["tickets"]), len(together["visits"]), len(together["unlinked"])) == (20, 20, 0)
    store.close()


def test_a_worker_that_wakes_up_beside_its_successor_leaves_the_day_as_it_is(database: str) -> None:
    """It took the day, was stopped for a minute, and goes on, while another has linked more."""
    store = Store(database)
    morning, now_ms = a_morning(), NINE + 60 * MIN
    receive(store, morning[:30], now_ms)
    with store.writing() as connection:
        office = places.office(connection, OFFICE)
        found = windows.found(connection, OFFICE, DAY, linking.RULES, now_ms)
        assert office is not None and found is not None
        taken = windows.take(connection, found, now_ms, TAKEN_FOR_MS)
    receive(store, morning[30:], now_ms)
    assert link_window(store, OFFICE, DAY, now_ms + TAKEN_FOR_MS + 1) is not None, "the successor"
    linked = made(store)
    with pytest.raises(Overtaken):
        link_taken(store, office, taken)
    assert made(store) == linked and len(linked["visits"]) == 20
    store.close()
