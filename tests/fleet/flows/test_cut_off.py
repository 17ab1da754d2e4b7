"""Nobody is called twice and nobody is forgotten, whatever happens to the wires of the keypads."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fleet.domain.reserve import HOLDS_MS, MARGIN_MS, NUMBERS
from fleet.store.database import Store
from fleet.store.rows import every, sql
from tests.examples import examples
from tests.fleet.flows.cut_off import COUNTERS, OPERATIONS, World
from tests.fleet.office import open_office_at_nine

Schedule = list[tuple[str, str]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office, before anything has happened."""
    file = tmp_path_factory.mktemp("template") / "motcua.sqlite"
    open_office_at_nine(f"sqlite:///{file}")
    return file


@contextmanager
def world_of(template: Path, late_ms: int = 0) -> Iterator[World]:
    """A world of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store("sqlite:///" + shutil.copy(template, folder))
        try:
            yield World(store, late_ms)
        finally:
            store.close()


def visited(world: World) -> list[int]:
    with world.store.reading() as connection:
        return sorted(row.number for row in every(connection, sql("SELECT number FROM visits")))


STEPS = st.lists(st.tuples(st.sampled_from(sorted(OPERATIONS)), st.sampled_from(sorted(COUNTERS))), max_size=70)
OPENING: Schedule = [("tickets", "q-1"), ("tickets", "q-1"), ("press and carry", "q-1"), ("press and carry", "q-2")]
LENT: Schedule = [
    ("link", "q-1"),
    ("tick and carry", "q-1"),
    ("carry", "q-2"),
    ("tick and carry", "q-1"),
    ("carry", "q-2"),
]


@given(STEPS, st.sampled_from([0, 2_000, 15_000]))
@example([("cut", "q-1"), *[("press", "q-1")] * 5, ("reboot", "q-1"), ("mend", "q-1"), ("press", "q-1")], 0)
@settings(max_examples=examples(12), deadline=None)
def test_two_clerks_and_a_keypad_that_is_cut_off_never_call_the_same_number(
    template: Path, steps: Schedule, late_ms: int
) -> None:
    with world_of(template, late_ms) as world:
        for operation, device in [*OPENING, *LENT, *steps]:
            OPERATIONS[operation](world, world.keypads[device])
        world.settle()
        assert {call.number for call in world.calls} == set(range(1, world.taken + 1)), "nobody is forgotten"
        assert set(visited(world)) == {call.number for call in world.calls}, "each call is of a visit"


def outage(world: World, device: str) -> None:
    for operation, one in [*OPENING, *LENT]:
        OPERATIONS[operation](world, world.keypads[one])
    world.cut(world.keypads[device], False)


def shows_after(world: World, device: str, presses: int) -> list[str]:
    seen = []
    for _ in range(presses):
        world.press(world.keypads[device])
        seen.append(world.keypads[device].role.text)
    return seen


def test_a_keypad_that_is_cut_off_calls_its_reserve_and_the_others_go_on_without_it(template: Path) -> None:
    with world_of(template) as world:
        outage(world, "q-1")
        assert shows_after(world, "q-1", NUMBERS + 1) == ["A003", "A005", "A007", "--"]
        for number in ("A004", "A006", "A008"):
            world.press(world.keypads["q-2"])
            world.carry(world.keypads["q-2"])
            world.wait(1)
            world.tell()
            world.carry(world.keypads["q-2"])
            assert world.keypads["q-2"].role.text == number
        world.settle()
        assert visited(world) == list(range(1, 9)) and world.excused == 0


def test_a_number_of_another_keypads_reserve_is_given_in_its_turn_once_that_keypad_has_let_go(template: Path) -> None:
    with world_of(template) as world:
        outage(world, "q-2")
        world.mend(world.keypads["q-2"])
        for _ in range(3):
            world.carry(world.keypads["q-2"])
            world.tick()
        for number in ("A003", "A004", "A005", "A006", "A007", "A008"):
            world.press(world.keypads["q-2"])
            while world.keypads["q-2"].role.text != number:
                before = world.now, world.keypads["q-2"].role.text
                world.carry(world.keypads["q-2"])
                world.carry(world.keypads["q-1"])
                world.tell()
                world.wait(1)
                assert world.now - before[0] < 5_000 and world.keypads["q-2"].role.text in (before[1], number)
        assert world.excused == 0


def test_the_numbers_of_a_dead_keypad_come_back_into_the_line_when_its_reserve_has_expired(template: Path) -> None:
    with world_of(template) as world:
        outage(world, "q-1")
        world.lost(world.keypads["q-1"])
        world.hear(world.keypads["q-1"])
        called = []
        for _ in range(4):
            world.press(world.keypads["q-2"])
            world.carry(world.keypads["q-2"])
            called.append(world.keypads["q-2"].role.text)
        assert called == ["A004", "A006", "A008", "----"]
        world.wait((HOLDS_MS + MARGIN_MS) // 1000)
        for number in ("A003", "A005", "A007"):
            world.press(world.keypads["q-2"])
            world.carry(world.keypads["q-2"])
            assert world.keypads["q-2"].role.text == number
            world.link()
        assert world.excused == 0 and shows_after(world, "q-1", 1) == ["--"]


def test_after_a_start_without_the_fleet_a_keypad_calls_nobody(template: Path) -> None:
    with world_of(template) as world:
        outage(world, "q-1")
        assert shows_after(world, "q-1", 1) == ["A003"]
        world.reboot(world.keypads["q-1"])
        assert shows_after(world, "q-1", 2) == ["--", "--"]
        world.settle()
        assert visited(world) == list(range(1, 9)) and world.excused == 0
