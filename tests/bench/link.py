"""Linking: events a second, and how the cost of an event grows with the day."""

import tempfile
import time
from pathlib import Path

from fleet.flows.link import link_window
from fleet.flows.presence import welcome
from fleet.flows.receive import Arrival, receive
from fleet.store import windows
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.bench.figures import figure, progress
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, Speaker, hello, open_office

SIZES = (1_000, 5_000)
EVENTS_OF_A_VISIT = 5
ROUNDS = 3
BATCH = 8


def run() -> None:
    """Link days of two sizes."""
    cost = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            progress(f"link: a day of {size} events")
            cost[size] = measure(Path(folder), size)
        figure("link_events_per_s", 1 / cost[size], "events/s", ROUNDS, events_of_the_day=size)
    figure("link_growth_ratio", cost[SIZES[1]] / cost[SIZES[0]], "ratio", ROUNDS, of=SIZES)


def measure(folder: Path, size: int) -> float:
    """Seconds for one event when the whole day is linked from nothing changed: reading, linking, comparing."""
    store, _ = open_office(folder)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), NINE)
    a_day(store, size)
    link_window(store, OFFICE, DAY, NINE)
    took = []
    for _ in range(ROUNDS):
        with store.writing() as connection:
            windows.mark(connection, [(OFFICE, DAY)])
        began = time.perf_counter()
        linked = link_window(store, OFFICE, DAY, NINE)
        took.append(time.perf_counter() - began)
        assert linked is not None and linked.events >= size
    store.close()
    return sorted(took)[ROUNDS // 2] / size


def a_day(store: Store, size: int) -> None:
    """A day of visits at one counter, stored."""
    printer, keypad, buttons = Speaker("tp-1"), Speaker("q-1"), Speaker("nut-1")
    step = 8 * 3_600_000 // size
    for number in range(1, size // EVENTS_OF_A_VISIT + 1):
        at = NINE + number * step * EVENTS_OF_A_VISIT

        def told(event: type[Event], ms: int, **fields: object) -> Event:
            return event(up=ms - NINE, at=ms, **fields)  # type: ignore[arg-type]

        printer.does(told(events.TicketTaken, at, service="ho-tich", number=number, lease="l"))
        keypad.does(told(events.NumberCalled, at + step, service="ho-tich", number=number))
        keypad.does(told(events.CodeScanned, at + 2 * step, what="dossier", code=f"H15.50.05.13-261008-{number:04d}"))
        seq = keypad.does(told(events.VisitFinished, at + 3 * step))
        buttons.does(told(events.RatingGiven, at + 4 * step, score=4, scale=5, armed=f"q-1/1/1/{seq}"))
    for speaker in (printer, keypad, buttons):
        seqs = list(speaker.held)
        arrivals = [Arrival(speaker.topic, speaker.batch(*seqs[at : at + BATCH])) for at in range(0, len(seqs), BATCH)]
        for first in range(0, len(arrivals), 500):
            receive(store, arrivals[first : first + 500], NINE)
