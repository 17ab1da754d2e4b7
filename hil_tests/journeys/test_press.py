"""From a resident's finger to the dossier."""

import time

import pytest

from hil_tests.deeds import press, rate, scan, take_number
from hil_tests.journey import Journey

pytestmark = pytest.mark.journey
CODE = "H15.50.05.13-261008-0001"
RATED = "SELECT v.rated FROM visits v JOIN visit_dossiers d ON d.visit = v.id WHERE d.code = :code AND v.rated"


@pytest.mark.needs("hands", "paper", "printer", "counter")
def test_press_reaches_dossier(journey: Journey) -> None:
    """A number is taken and printed, called, a dossier is scanned, the visit ends, and the resident rates it."""
    take_number(journey)
    journey.until_stored("ticket", 1)
    press(journey, "key_next", "lamp_serving on")
    scan(journey, CODE)
    press(journey, "key_finish", "lamp_armed on")
    began_s = time.monotonic()
    lamp_s = rate(journey, 4)
    device = journey.rig.device(journey.counter)
    heard = journey.rig.ear.first(lambda one: one.device == device and "rating" in kinds_of(one.body), began_s)
    journey.figures["press_to_lamp_ms"] = round(1000 * lamp_s, 1)
    journey.figures["press_to_broker_ms"] = round(1000 * (heard.at_s - began_s), 1)
    journey.until("the visit of the dossier is rated", lambda: journey.office.rows(RATED, code=CODE))
    journey.until_stored("rating", 1)
    journey.same_as_elsewhere("ticket", "printed", "call", "scan", "finish", "rating")


def kinds_of(body: dict[str, object]) -> list[object]:
    """The kinds of the events in a message, if it is a batch of them."""
    events = body.get("events")
    return [one["kind"] for one in events] if isinstance(events, list) else []
