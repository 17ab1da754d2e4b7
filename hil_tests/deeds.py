"""What people do in every journey, each deed with what they see of it."""

import re
import time

from hil_tests.journey import Journey, hands_of

SERVICE = "service_1"
FACES = (1, 4, 5)
# Their lamps are those that an actor's eyes see beside a counter's board (hil_tests/actor/pins.py).
LABEL = re.compile(r"\b[A-D]\d{3}\b")


def take_number(journey: Journey) -> str:
    """A resident presses for a number and reads it from the paper."""
    hands_of(journey.lobby).press(SERVICE)
    slip = journey.paper_of(journey.lobby)
    label = LABEL.search(slip.text)
    assert label and not slip.complaints, f"expected a number on the paper, found {slip.text!r}, {slip.complaints}"
    journey.say(f"somebody takes {label.group()}")
    return label.group()


def press(journey: Journey, key: str, seen: str) -> None:
    """Press a key of the counter, and see what comes of it."""
    desk = hands_of(journey.counter)
    place = desk.seen.place
    desk.press(key)
    journey.sees(journey.counter, seen, place)
    journey.say(f"{key}: {seen}")


def scan(journey: Journey, code: str) -> None:
    """Hold a dossier before the reader, until its lamp has said so and is dark again."""
    desk = hands_of(journey.counter)
    place = desk.seen.place
    desk.scan(code)
    journey.sees(journey.counter, "lamp_ok on", place)
    journey.sees(journey.counter, "lamp_ok off", place)
    journey.say(f"scanned {code}")


def rate(journey: Journey, score: int) -> float:
    """Press a face whose lamp is dark, and see it light; seconds from when the key came up."""
    desk, lamp = hands_of(journey.counter), f"lamp_{score}"
    journey.office.until(f"{lamp} is dark", lambda: not desk.lamps().get(lamp))
    place = desk.seen.place
    desk.press(f"score_{score}")
    up_s = time.monotonic()
    lit_s = journey.sees(journey.counter, f"{lamp} on", place)
    journey.say(f"rated {score}")
    return lit_s - up_s
