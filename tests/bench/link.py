"""Linking: what an event costs while its day grows, and the same where each delivery links the whole day anew."""

import tempfile
import time
from pathlib import Path
from statistics import median

from fleet.flows.link import link_window
from fleet.flows.presence import welcome
from fleet.flows.receive import Arrival, receive
from fleet.store import windows
from fleet.store.database import Store
from protocols import events
from protocols.events import Event
from tests.bench.figures import figure, progress
from tests.fleet.office import DAY, NINE, OFFICE, PLAN, Speaker, hello, open_office

SIZES = (100, 1_000, 10_000, 100_000)
COMPARED = (1_000, 100_000)
EVENTS_OF_A_VISIT = 5
DELIVERIES = 60
VISITS_OF_A_DELIVERY = 2
# A delivery: what an office tells within a second or a minute, linked as soon as it is there.
WHOLE_ROUNDS = 3
DAY_MS = 8 * 3_600_000


def run() -> None:
    """Days of all sizes, each in a database of its own; the two ways in turn."""
    live, whole = {}, {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            progress(f"link: a day of {size} events")
            live[size], whole[size] = measure(Path(folder), size)
        for way, cost, n in (("touched", live, DELIVERIES), ("whole day", whole, WHOLE_ROUNDS)):
            figure("link_events_per_s", 1 / cost[size], "events/s", n, events_of_the_day=size, way=way)
    small, large = COMPARED
    for way, cost in (("touched", live), ("whole day", whole)):
        figure("link_growth_ratio", cost[large] / cost[small], "ratio", DELIVERIES, of=COMPARED, way=way)


def measure(folder: Path, size: int) -> tuple[float, float]:
    """Seconds for one event of a delivery to a day of so many events: only what was touched, and the whole day."""
    store, _ = open_office(folder)
    for device in PLAN.devices:
        welcome(store, device.id, hello(), NINE)
    people = People(store, DAY_MS // (size + DELIVERIES * VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT))
    people.come(size // EVENTS_OF_A_VISIT)
    link_window(store, OFFICE, DAY, NINE)
    touched = []
    for _ in range(DELIVERIES):
        people.come(VISITS_OF_A_DELIVERY)
        touched.append(linked_in(store, VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT))
    whole = []
    for _ in range(WHOLE_ROUNDS):
        with store.writing() as connection:
            windows.mark(connection, [(OFFICE, DAY)])
        whole.append(linked_in(store, size))
    store.close()
    of_a_delivery = VISITS_OF_A_DELIVERY * EVENTS_OF_A_VISIT
    return median(touched) / of_a_delivery, median(whole) / of_a_delivery


def linked_in(store: Store, at_least: int) -> float:
    """Seconds to link what is marked."""
    began = time.perf_counter()
    linked = link_window(store, OFFICE, DAY, NINE)
    took = time.perf_counter() - began
    assert linked is not None and linked.events >= at_least
    return took


class People:
    """Residents who come one after another, are served at one counter and rate; told in batches."""

    def __init__(self, store: Store, step_ms: int) -> None:
        self.store = store
        self.step_ms = step_ms
        self.came = 0
        self.printer, self.keypad, self.buttons = Speaker("tp-1"), Speaker("q-1"), Speaker("nut-1")

    def come(self, people: int) -> None:
        """So many more, whose events are stored."""
        speakers = (self.printer, self.keypad, self.buttons)
        before = [speaker.next for speaker in speakers]
        for _ in range(people):
            self.one()
        arrivals = [
            Arrival(speaker.topic, speaker.batch(*range(first, min(first + 8, speaker.next))))
            for speaker, begin in zip(speakers, before, strict=True)
            for first in range(begin, speaker.next, 8)
        ]
        for first in range(0, len(arrivals), 500):
            receive(self.store, arrivals[first : first + 500], NINE)

    def one(self) -> None:
        """A resident takes a number, is called, hands a dossier in, is done, and rates."""
        at = NINE + self.came * self.step_ms * EVENTS_OF_A_VISIT
        service = ("ho-tich", "dat-dai")[self.came // 9_999 % 2] if self.came < 19_998 else f"s{self.came // 9_999}"
        number = self.came % 9_999 + 1
        self.came += 1

        def told(event: type[Event], ms: int, **fields: object) -> Event:
            return event(up=ms - NINE, at=ms, **fields)  # type: ignore[arg-type]

        step = self.step_ms
        self.printer.does(told(events.TicketTaken, at, service=service, number=number, lease="l"))
        self.keypad.does(told(events.NumberCalled, at + step, service=service, number=number))
        code = f"H15.50.05.13-261008-{number:04d}"
        self.keypad.does(told(events.CodeScanned, at + 2 * step, what="dossier", code=code))
        seq = self.keypad.does(told(events.VisitFinished, at + 3 * step))
        armed = f"{self.keypad.device}/1/1/{seq}"
        self.buttons.does(told(events.RatingGiven, at + 4 * step, score=4, scale=5, armed=armed))
