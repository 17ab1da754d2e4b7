"""Numbers after the fleet was restored from a backup: none is given twice, and nobody waits longer than needed."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.flows.enrol import revoke
from fleet.flows.instruct import more_leases, whole_state
from fleet.flows.presence import welcome
from fleet.flows.restored import restored, still_awaited, told
from fleet.store import devices
from fleet.store.database import Store
from protocols.held import LeaseHeld
from protocols.message import ProtocolError
from protocols.state import Lease
from tests.examples import examples
from tests.fleet.office import DAY, NINE, OFFICE, NewDatabase, hello, migrated, open_office, with_tables
from tests.postgresql import PostgreSQL

NUMBERS = 5
BOTH = ["tp-1", "tp-2"]


@dataclass
class Printer:
    """A printer as the firmware is one: it keeps leases and how far they are used, and tells them when asked."""

    id: str
    boot: int = 0
    epoch: int | None = None
    leases: list[Lease] = field(default_factory=list)
    next: dict[str, int] = field(default_factory=dict)

    def connect(self, store: Store, now_ms: int) -> None:
        self.boot += 1
        answer = welcome(store, self.id, hello(self.boot, self.epoch, nonce=f"{self.id}{self.boot}{now_ms}"), now_ms)
        self.epoch = answer.epoch
        if answer.report:
            for held in self.held(answer.generation):
                told(store, self.id, held, now_ms)
        self.take(whole_state(store, self.id, NUMBERS, now_ms))

    def held(self, generation: int) -> list[LeaseHeld]:
        of = len(self.leases)
        if not of:
            return [LeaseHeld(generation=generation, of=0)]
        return [
            LeaseHeld(generation=generation, of=of, lease=one, next=self.next.get(one.id, one.first))
            for one in self.leases
        ]

    def wish(self, store: Store, now_ms: int) -> None:
        self.take(more_leases(store, self.id, NUMBERS, now_ms))

    def take(self, state) -> None:  # type: ignore[no-untyped-def]
        if state is not None and state.leases is not None:
            self.leases = state.leases

    def press(self) -> int | None:
        for lease in sorted(self.leases, key=lambda one: one.first):
            number = self.next.get(lease.id, lease.first)
            if (lease.service, lease.day) == ("ho-tich", DAY) and number <= lease.last:
                self.next[lease.id] = number + 1
                return number
        return None

    def swapped(self) -> None:
        """Another board takes its place under its name."""
        self.epoch, self.boot, self.leases, self.next = None, 0, [], {}


def add_second_printer(store: Store) -> None:
    with store.writing() as connection:
        devices.add_device(connection, "tp-2", ["printer"], "", NINE - 1)
        devices.assign(connection, "tp-2", OFFICE, None, NINE - 1)


class Files:
    """A database in a file, and its copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = with_tables(folder)

    def save(self, store: Store) -> None:
        (self.folder / "backup.sqlite").unlink(missing_ok=True)
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.folder / "motcua.sqlite", self.folder / "backup.sqlite")

    def bring_back(self) -> None:
        for name in ("motcua.sqlite", "motcua.sqlite-wal", "motcua.sqlite-shm"):
            (self.folder / name).unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.sqlite", self.folder / "motcua.sqlite")


class Databases:
    """A database of PostgreSQL, and its copy."""

    def __init__(self, server: PostgreSQL, address: str) -> None:
        self.server = server
        self.address = address
        self.name = address.rpartition("/")[2]

    def save(self, store: Store) -> None:
        store.engine.dispose()
        self.copy(self.name, "backup")

    def bring_back(self) -> None:
        self.copy("backup", self.name)

    def copy(self, name: str, to: str) -> None:
        self.server.do(f"DROP DATABASE IF EXISTS {to} WITH (FORCE)")
        self.server.do(f"CREATE DATABASE {to} TEMPLATE {name}")


class House:
    """A fleet, its backup, and two printers."""

    def __init__(self, kept: Files | Databases) -> None:
        self.kept = kept
        self.store, _ = open_office(Path(), database=kept.address)
        add_second_printer(self.store)
        self.printers = {name: Printer(name) for name in BOTH}
        self.now_ms = NINE

    def tick(self) -> int:
        self.now_ms += 1_000
        return self.now_ms

    def connect(self, *names: str) -> None:
        for name in names:
            self.printers[name].connect(self.store, self.tick())

    def backup(self) -> None:
        self.kept.save(self.store)

    def restore(self) -> dict[str, list[str]]:
        self.store.close()
        self.kept.bring_back()
        self.store = Store(self.kept.address)
        return restored(self.store, self.tick())

    def ranges(self, name: str) -> list[tuple[int, int]]:
        leases = self.printers[name].leases
        return sorted((one.first, one.last) for one in leases if (one.service, one.day) == ("ho-tich", DAY))


@pytest.fixture
def house(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[House]:
    address = new_database("empty", migrated)
    on_files = address.startswith("sqlite")
    house = House(Files(tmp_path) if on_files else Databases(request.getfixturevalue("postgresql"), address))
    yield house
    house.store.close()


def test_what_was_granted_after_the_backup_is_taken_in_as_it_is(house: House) -> None:
    house.backup()
    house.connect(*BOTH)
    assert (house.ranges("tp-1"), house.ranges("tp-2")) == ([(1, 5)], [(6, 10)])
    assert [house.printers["tp-1"].press() for _ in range(5)] == [1, 2, 3, 4, 5]
    assert house.restore() == {OFFICE: BOTH}
    house.connect("tp-1")
    assert house.ranges("tp-1") == [(1, 5)], "the other has not told yet what it holds"
    assert still_awaited(house.store, house.now_ms) == {OFFICE: ["tp-2"]}
    house.connect("tp-2")
    house.printers["tp-1"].wish(house.store, house.tick())
    assert house.ranges("tp-1") == [(1, 5), (11, 15)], "how far the first is used was told too"
    assert house.ranges("tp-2") == [(6, 10)]
    assert still_awaited(house.store, house.now_ms) == {}


def test_the_last_to_tell_lets_all_be_told(house: House) -> None:
    house.connect(*BOTH)
    house.backup()
    house.restore()
    now_ms = house.tick()
    first, last = (house.printers[name] for name in BOTH)
    assert welcome(house.store, "tp-1", hello(2, 1, nonce="again"), now_ms).report
    state = whole_state(house.store, "tp-1", NUMBERS, now_ms)
    assert state is not None and state.leases is None, "it would forget what we do not know"
    *some, end = first.held(2)
    assert [told(house.store, "tp-1", held, now_ms) for held in some] == [[]] * len(some)
    assert told(house.store, "tp-1", end, now_ms) == ["tp-1"]
    assert told(house.store, "tp-1", end, now_ms) == [], "said again it means nothing"
    *some, end = last.held(2)
    for held in some:
        told(house.store, "tp-2", held, now_ms)
    assert set(BOTH) <= set(told(house.store, "tp-2", end, now_ms))


def test_a_printer_that_is_gone_is_revoked_by_a_person(house: House) -> None:
    house.connect(*BOTH)
    house.backup()
    house.restore()
    house.connect("tp-1")
    revoke(house.store, "tp-2", house.tick())
    assert still_awaited(house.store, house.now_ms) == {}


def test_a_board_without_memory_can_not_tell(house: House) -> None:
    house.connect(*BOTH)
    house.backup()
    house.restore()
    house.connect("tp-1")
    house.printers["tp-2"].swapped()
    house.connect("tp-2")
    house.connect("tp-2")
    assert house.ranges("tp-2") == [] and still_awaited(house.store, house.now_ms) == {OFFICE: ["tp-2"]}


def test_a_printer_that_was_enrolled_after_the_restore_waits_for_the_others_only(house: House) -> None:
    house.connect(*BOTH)
    house.backup()
    house.restore()
    with house.store.writing() as connection:
        devices.add_device(connection, "tp-3", ["printer"], "", house.tick())
        devices.assign(connection, "tp-3", OFFICE, None, house.now_ms)
    house.printers["tp-3"] = Printer("tp-3")
    house.connect("tp-3")
    assert house.ranges("tp-3") == []
    house.connect("tp-1", "tp-2", "tp-3")
    assert house.ranges("tp-3") == [(11, 15)]


def test_what_an_old_generation_asked_for_is_not_taken(house: House) -> None:
    house.connect(*BOTH)
    house.backup()
    house.restore()
    for held in house.printers["tp-1"].held(1):
        assert told(house.store, "tp-1", held, house.tick()) == []
    assert still_awaited(house.store, house.now_ms) == {OFFICE: BOTH}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from(BOTH)),
        st.tuples(st.just("press"), st.sampled_from(BOTH)),
        st.tuples(st.sampled_from(["connect", "wish", "swap"]), st.sampled_from(BOTH)),
        st.tuples(st.sampled_from(["backup", "restore"]), st.just("")),
    ),
    max_size=40,
)


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_number_is_printed_twice(tmp_path_factory, steps) -> None:  # type: ignore[no-untyped-def]
    house = House(Files(tmp_path_factory.mktemp("house")))
    house.backup()
    printed: list[int] = []
    for what, name in steps:
        if what == "press":
            number = house.printers[name].press()
            printed += [] if number is None else [number]
        elif what == "connect":
            house.connect(name)
        elif what == "wish" and house.printers[name].epoch is not None:
            house.printers[name].wish(house.store, house.tick())
        elif what == "swap":
            house.printers[name].swapped()
        elif what == "backup":
            house.backup()
        elif what == "restore":
            house.restore()
    house.store.close()
    assert len(printed) == len(set(printed)), printed


def test_a_lease_that_was_never_ours_is_refused(house: House) -> None:
    house.backup()
    house.connect("tp-1")
    house.restore()
    lease = Lease(
        id="x" * 41, service="ho-tich", prefix="A", day=DAY, first=1, last=5, secret="s", since=NINE, expires=NINE + 1
    )
    with pytest.raises(ProtocolError, match="at most 40 characters"):
        told(house.store, "tp-1", LeaseHeld(generation=2, of=1, lease=lease, next=1), house.tick())
