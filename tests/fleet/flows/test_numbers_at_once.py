"""Many counters ask who is next, and many printers ask for numbers, in the same moment: threads, and processes."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from fleet.domain.queue_policy import QueuePolicy
from fleet.flows import instruct
from fleet.flows.desk import AtCounter, Wish, act
from fleet.flows.link import link_marked
from fleet.flows.next_number import give_next
from fleet.flows.once import Answer, once
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.flows.set_up_office import CounterPlan, DevicePlan, set_up_office
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import places
from fleet.store.database import Store
from fleet.store.rows import every, sql
from protocols import events
from protocols.commands import Want
from protocols.state import TicketNumber
from tests.fleet.at_once import at_once
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, NewDatabase, Speaker, open_office_at_nine
from tests.postgresql import PostgreSQL

COUNTERS = [f"quay-{n}" for n in range(1, 7)]
KEYPADS = [f"q-{n}" for n in range(1, 7)]
PRINTERS = [f"tp-{n}" for n in range(1, 7)]
TICKETS = 48
LEASE = 10
SIDE_BY_SIDE = 3
GIVEN = sql("SELECT body FROM events WHERE kind = 'assigned'")
TURNS = sql("SELECT number FROM turns ORDER BY number")
LEASED = sql("SELECT first, last FROM leases WHERE service = 'ho-tich' AND day = :day ORDER BY first")


def big_office(database: str) -> None:
    """Six counters that call for the same service, six printers, and a room full of people."""
    open_office_at_nine(database)
    store = Store(database)
    counters = [CounterPlan(counter, counter, ("ho-tich",)) for counter in COUNTERS]
    keypads = [DevicePlan(keypad, ("keypad",), at) for keypad, at in zip(KEYPADS, COUNTERS, strict=True)]
    printers = [DevicePlan(printer, ("printer",), None) for printer in PRINTERS]
    set_up_office(store, replace(PLAN, counters=counters, devices=[*keypads, *printers]), NINE - 1)
    printer = Speaker("tp-1")
    for number in range(1, TICKETS + 1):
        priority = "priority" if number % 2 else ""
        taken = {"service": "ho-tich", "number": number, "lease": "l", "priority": priority}
        printer.does(events.TicketTaken(**taken, up=number, at=NINE + number))
    receive(store, [Arrival(printer.topic, printer.batch())], NINE + 1_000)
    link_marked(store, NINE + 1_000)
    store.close()


@pytest.fixture
def database(new_database: NewDatabase) -> str:
    return new_database("big_office", big_office)


def clerk(store: Store, keypad: str) -> Callable[[], list[int]]:
    """A clerk who presses "next" until nobody waits, as fast as it goes, by a server of her own: the numbers."""
    return partial(ask_until_nobody_waits, store, VirtualDevice(store, f"send-{keypad}", NINE + 1_000), keypad)


def ask_until_nobody_waits(store: Store, server: VirtualDevice, keypad: str) -> list[int]:
    called: list[int] = []
    while True:
        before = TicketNumber(service="ho-tich", number=called[-1]) if called else None
        want = Want(id=len(called) + 1, want="next", called=before)
        show = give_next(store, server, keypad, want, NINE + 2_000)
        assert show is not None
        if show.number is None:
            return called
        called.append(show.number)


def program(store: Store, counter: str) -> Callable[[], list[int]]:
    """A program that calls and finishes at a counter until nobody waits, as fast as it goes: the numbers."""
    return partial(call_until_nobody_waits, store, VirtualDevice(store, f"serve-{counter}", NINE + 1_000), counter)


def call_until_nobody_waits(store: Store, server: VirtualDevice, counter: str) -> list[int]:
    called: list[int] = []
    while (number := does(store, server, counter, "next")) is not None:
        called.append(number)
        does(store, server, counter, "finish")
    return called


def does(store: Store, server: VirtualDevice, counter: str, verb: str) -> int | None:
    """What a program was answered: whom the counter serves then."""
    with store.reading() as connection:
        office = places.office(connection, OFFICE)
    assert office is not None
    doing = partial(act, server=server, office=office, counter=counter, wish=Wish(verb), now_ms=NINE + 2_000)

    def say(found: AtCounter) -> Answer:
        return Answer(200, json.dumps(found.number))

    number: int | None = json.loads(once(store, None, NINE + 2_000, doing, say, alone=False).body)
    return number


def each_was_given_once(database: str, called: Sequence[Sequence[int]]) -> None:
    assert sorted(number for one in called for number in one) == list(range(1, TICKETS + 1))
    store = Store(database)
    with store.reading() as connection:
        assert [row.number for row in every(connection, TURNS)] == list(range(1, TICKETS + 1))
        noted = [json.loads(row.body) for row in every(connection, GIVEN)]
    store.close()
    by_counter = {counter: numbers for counter, numbers in zip(COUNTERS, called, strict=False) if numbers}
    assert sorted((one["counter"], one["number"]) for one in noted) == sorted(
        (counter, number) for counter, numbers in by_counter.items() for number in numbers
    ), "what was decided is what was shown"
    for numbers in by_counter.values():
        priority_is_bounded(numbers)


def priority_is_bounded(numbers: Sequence[int]) -> None:
    """More priority calls in a row than the rule allows mean that nobody else waits: so nobody else follows, either."""
    most = QueuePolicy().most_in_a_row
    kinds = [number % 2 == 1 for number in numbers]
    for at in range(most, len(kinds)):
        if all(kinds[at - most : at + 1]):
            assert all(kinds[at:]), f"{numbers}: more than {most} priority calls in a row while others waited"


def test_counters_that_ask_at_once_never_get_the_same_number(database: str) -> None:
    called = at_once(database, KEYPADS, clerk)
    each_was_given_once(database, called)


def test_programs_and_keypads_that_ask_at_once_never_get_the_same_number(database: str) -> None:
    half = len(COUNTERS) // 2
    ways = [partial(clerk, keypad=one) for one in KEYPADS[:half]]
    ways += [partial(program, counter=one) for one in COUNTERS[half:]]
    each_was_given_once(database, at_once(database, ways, lambda store, way: way(store)))


def test_a_program_that_calls_waits_for_nobody_who_stores(postgresql: PostgreSQL) -> None:
    database = postgresql.copy("big_office", big_office)
    receiver, ours = Store(database), Store(database)
    calls = program(ours, COUNTERS[0])
    with receiver.writing(alone=False):
        assert len(calls()) == TICKETS
    receiver.close()
    ours.close()
    postgresql.leave(database)


def test_processes_that_are_asked_at_once_never_give_the_same_number(database: str) -> None:
    program = (
        "import sys; from fleet.store.database import Store; "
        "from tests.fleet.flows.test_numbers_at_once import clerk; "
        "press = clerk(Store(sys.argv[1]), sys.argv[2]); print('ready', flush=True); sys.stdin.readline(); "
        "print(press())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, database, keypad], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for keypad in KEYPADS[:SIDE_BY_SIDE]
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    called = [json.loads(process.communicate(timeout=100)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * SIDE_BY_SIDE
    each_was_given_once(database, called)


def test_a_clerk_who_presses_many_times_at_once_is_given_one_number(database: str) -> None:
    def finger(store: Store, want: int) -> Callable[[], int | None]:
        server = VirtualDevice(store, f"send-{want}", NINE + 1_000)

        def press() -> int | None:
            show = give_next(store, server, "q-1", Want(id=want, want="next"), NINE + 2_000)
            return None if show is None else show.number

        return press

    assert at_once(database, range(1, 7), finger) == [1] * 6
    store = Store(database)
    with store.reading() as connection:
        assert [row.number for row in every(connection, TURNS)] == [1]
    store.close()


def test_printers_that_ask_at_once_get_numbers_of_their_own(database: str) -> None:
    def asking(store: Store, printer: str) -> Callable[[], list[tuple[int, int]]]:
        return partial(ask, store, printer)

    def ask(store: Store, printer: str) -> list[tuple[int, int]]:
        state = instruct.more_leases(store, printer, LEASE, NINE + 2_000)
        assert state is not None and state.leases is not None
        return [(one.first, one.last) for one in state.leases if (one.service, one.day) == ("ho-tich", DAY)]

    granted = at_once(database, PRINTERS, asking)
    assert sorted(lease for leases in granted for lease in leases) == [
        (first, first + LEASE - 1) for first in range(1, LEASE * len(PRINTERS), LEASE)
    ]
    store = Store(database)
    with store.reading() as connection:
        kept = [(row.first, row.last) for row in every(connection, LEASED, day=DAY)]
    store.close()
    assert kept == sorted(lease for leases in granted for lease in leases)
