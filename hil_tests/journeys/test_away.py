"""The way to the fleet is gone, or the broker is: residents go on pressing, and all of it arrives once."""

from collections.abc import Callable

import pytest

from hil_tests.deeds import FACES, rate
from hil_tests.journey import Journey

pytestmark = pytest.mark.journey


def press_while(journey: Journey, switch: Callable[[bool], None], what: str) -> None:
    """While that is away each press is thanked for; once it is back, all are stored, each once."""
    with journey.without(switch):
        journey.say(f"{what} is gone")
        for score in FACES:
            rate(journey, score)
        assert not journey.events("rating"), "nothing gets through"
    journey.say(f"{what} is back")
    stored = journey.until_stored("rating", len(FACES))
    assert [one.body["score"] for one in stored] == [*FACES]
    journey.same_as_elsewhere("rating")


@pytest.mark.by_default("vm")
@pytest.mark.needs("hands", "counter")
def test_radio_is_gone(journey: Journey) -> None:
    """Nothing comes through to the broker and nothing is closed, as where the access point is away."""
    press_while(journey, journey.office.way, "the way to the broker")


@pytest.mark.by_default("vm")
@pytest.mark.needs("hands", "counter")
def test_broker_is_gone(journey: Journey) -> None:
    """The broker is killed, and started anew without what it knew."""
    press_while(journey, journey.office.broker, "the broker")
