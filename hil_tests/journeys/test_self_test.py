"""What a board says of itself: at its cable as a bare board, and to the fleet as a device."""

import pytest

from fleet.clock import now_ms
from fleet.domain.commands import CommandState, Verb
from fleet.flows.command import answer_of, ask
from hil_tests.journey import Journey

SOUND = {"flash", "memory", "chip", "broker"}
pytestmark = pytest.mark.journey


@pytest.mark.by_default("cable")
@pytest.mark.needs("cable")
def test_bare_board_tests_itself(journey: Journey) -> None:
    """It did when it was enrolled at its cable; nobody stood there, so what needs hands was not tested."""
    for stand in journey.rig.target.stands:
        if "cable" in stand.board.has:
            parts = {part: result for part, result, _ in stand.board.tested}  # type: ignore[attr-defined]
            journey.say(f"{stand.board.name}: {parts}")
            assert {part for part in SOUND if parts.get(part) == "pass"} == SOUND, stand.board
            assert "fail" not in parts.values()


@pytest.mark.by_default("vm")
@pytest.mark.needs("counter")
def test_device_says_how_it_is(journey: Journey) -> None:
    """The fleet asks for a snapshot, and the device answers."""
    device = journey.rig.device(journey.counter)
    assert ordered(journey, device, Verb.SNAPSHOT).report is not None
    health = journey.rig.ear.first(lambda one: one.device == device and one.name == "health", 0)
    journey.figures["heap_free_bytes"] = health.body["heap_free"]


@pytest.mark.by_default("vm")
@pytest.mark.needs("printer", "paper")
def test_printer_prints_a_page(journey: Journey) -> None:
    """The fleet asks for a page; it comes out whole."""
    ordered(journey, journey.rig.device(journey.lobby), Verb.TEST_PRINT)
    slip = journey.paper_of(journey.lobby)
    assert journey.rig.device(journey.lobby) in slip.text and not slip.complaints


def ordered(journey: Journey, device: str, verb: Verb):  # type: ignore[no-untyped-def]
    """The answer to an order."""
    store = journey.office.house.store
    given = ask(store, device, verb, "rig", now_ms())

    def answer():  # type: ignore[no-untyped-def]
        found = answer_of(store, given.id, now_ms())
        return found if found is not None and found.state is not CommandState.WAITING else None

    found = journey.until(f"{device} answers to {verb.value}", answer)
    assert found.state is CommandState.DONE, found
    return found
